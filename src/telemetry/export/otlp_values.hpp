#pragma once

#include <protozero/pbf_reader.hpp>

#include <string>
#include <string_view>

#include <ergon/testing/recording.hpp>

namespace ergon::telemetry {

[[nodiscard]] inline std::string_view view_of(const protozero::data_view& data) {
  return {data.data(), data.size()};
}

/// An AnyValue as text: JSON, but a string as it is where `strings_are_plain`. Throws protozero's exceptions.
[[nodiscard]] std::string read_value(std::string_view any, bool strings_are_plain);

/// Reads a KeyValue message and adds it.
void add_attribute(testing::RecordedAttributes& attributes, protozero::pbf_reader pair,
                   bool strings_are_plain = true);

}  // namespace ergon::telemetry
