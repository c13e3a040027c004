#pragma once

#include <protozero/types.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>

#include <ergon/telemetry/statistics.hpp>

namespace ergon::inline v0::telemetry::otlp_json {

/// What a field's value is, and so how OTLP's JSON has it.
enum class Form : std::uint8_t {
  boolean,
  int32,  // enums, too
  sint32,
  uint32,
  int64,  // as any 64-bit integer, in decimal digits in a string
  uint64,
  real,
  text,
  id,     // of a trace or span: hex
  bytes,  // base64
  message,
};

enum class Times : std::uint8_t {
  singular,  // the last on the wire counts
  repeated,  // all on the wire count, in their order
  one_of,    // the last of all such fields of the message counts; no message has two oneofs
};

struct Message;

/// A field of a message as the .proto files declare it.
struct Field {
  std::uint32_t number;
  protozero::pbf_wire_type wire;
  Form form;
  std::string_view name;  // as in JSON
  const Message* message{nullptr};
  Times times{Times::singular};

  /// Repeated numbers may be packed into one length-delimited field, whatever the .proto file says.
  [[nodiscard]] constexpr bool accepts(protozero::pbf_wire_type on_wire) const noexcept {
    const bool is_packed = times == Times::repeated && on_wire == protozero::pbf_wire_type::length_delimited;
    return on_wire == wire || is_packed;
  }
};

/// The fields of a message in the order in which JSON has them, and where each number's is.
struct Message {
  static constexpr std::size_t kMostFields = 16;
  static constexpr std::uint32_t kLargestNumber = 16;
  static constexpr std::size_t kNone = kMostFields;

  std::span<const Field> fields;
  std::array<std::uint8_t, kLargestNumber + 1> places{};

  /// A table that does not fit does not compile.
  consteval explicit Message(std::span<const Field> all) : fields(all) {
    if (all.size() > kMostFields) throw std::length_error("more fields than kMostFields");
    places.fill(kNone);
    for (std::size_t place = 0; place < all.size(); ++place)
      places.at(all[place].number) = static_cast<std::uint8_t>(place);
  }

  /// The place of the field of that number in `fields`; kNone if there is none, or not of that wire type.
  [[nodiscard]] constexpr std::size_t place_of(std::uint32_t number,
                                               protozero::pbf_wire_type on_wire) const noexcept {
    if (number > kLargestNumber) return kNone;
    const std::size_t place = places[number];
    return place != kNone && fields[place].accepts(on_wire) ? place : kNone;
  }
};

/// Export…ServiceRequest of the signal.
[[nodiscard]] const Message& request_of(Signal signal) noexcept;

}  // namespace ergon::inline v0::telemetry::otlp_json
