#pragma once

#include <string>

#include <ergon/extend/span_data.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::telemetry {

/// Whether a string that is a value of its own is shown as it is, or as JSON like all other values.
enum class Strings { plain, json };

[[nodiscard]] std::string text_of(const DataValue& value, Strings strings = Strings::plain);
[[nodiscard]] testing::RecordedAttributes text_of(const DataAttributes& attributes,
                                                  Strings strings = Strings::plain);

}  // namespace ergon::telemetry
