#include "telemetry/export/otlp_json.hpp"

#include <protozero/pbf_reader.hpp>

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "base/pbf_view.hpp"
#include "base/utf8.hpp"
#include "telemetry/export/otlp_json_fields.hpp"
#include "telemetry/record/any_value_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::view_of;
using otlp_json::Field;
using otlp_json::Form;
using otlp_json::Message;
using otlp_json::Times;
using protozero::pbf_reader;
using protozero::pbf_wire_type;

// As deep as protobuf's own parsers go by default; attributes of ours need a little less. It bounds the
// stack.
constexpr int kMostDepth = 100;

// Where a field is within the bytes of its message, tags and all; other fields may be in between.
struct Occurrences {
  const char* first{nullptr};
  const char* last{nullptr};
  const char* end{nullptr};  // of the last

  [[nodiscard]] bool is_there() const { return first != nullptr; }
  [[nodiscard]] pbf_reader all() const { return {first, static_cast<std::size_t>(end - first)}; }
  [[nodiscard]] pbf_reader last_one() const { return {last, static_cast<std::size_t>(end - last)}; }
};
using Found = std::array<Occurrences, Message::kMostFields>;

// Goes over the message once. All that it has found can be read without an exception: that ended the search.
Found find_fields(const Message& message, std::string_view bytes) {
  Found found{};
  std::size_t chosen = Message::kNone;  // of a oneof
  pbf_reader reader(bytes.data(), bytes.size());
  try {
    for (const char* at = bytes.data(); reader.next(); at = reader.data().data()) {
      const std::size_t place = message.place_of(reader.tag(), reader.wire_type());
      reader.skip();
      if (place == Message::kNone) continue;
      if (message.fields[place].times == Times::one_of) {
        if (chosen != place && chosen != Message::kNone) found[chosen] = {};
        chosen = place;
      }
      Occurrences& field = found[place];
      if (!field.is_there()) field.first = at;
      field.last = at;
      field.end = reader.data().data();
    }
  } catch (const protozero::exception&) {  // what comes behind can't be told apart
  }
  return found;
}

// Takes a number as it is on the wire, in the lower bits.
std::uint64_t take_number(const char*& at, const char* end, pbf_wire_type wire) {
  static_assert(std::endian::native == std::endian::little, "the wire is little-endian");
  if (wire == pbf_wire_type::varint) return protozero::decode_varint(&at, end);
  const std::size_t size = wire == pbf_wire_type::fixed64 ? 8 : 4;
  if (static_cast<std::size_t>(end - at) < size) throw protozero::end_of_buffer_exception{};
  std::uint64_t number = 0;
  std::memcpy(&number, at, size);
  at += size;
  return number;
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end);
}

template <class Integer>
void append_quoted_integer(std::string& out, Integer value) {
  out.push_back('"');
  append_integer(out, value);
  out.push_back('"');
}

void append_number(std::string& out, Form form, std::uint64_t number) {
  switch (form) {
    case Form::boolean:
      out.append(number != 0 ? "true" : "false");
      return;
    case Form::int32:
      return append_integer(out, static_cast<std::int32_t>(number));
    case Form::sint32:
      return append_integer(out, protozero::decode_zigzag32(static_cast<std::uint32_t>(number)));
    case Form::uint32:
      return append_integer(out, static_cast<std::uint32_t>(number));
    case Form::int64:
      return append_quoted_integer(out, static_cast<std::int64_t>(number));
    case Form::uint64:
      return append_quoted_integer(out, number);
    default:
      return base::append_json_double(out, std::bit_cast<double>(number));
  }
}

void append_text(std::string& out, std::string_view text) {
  if (base::is_valid_utf8(text)) {
    base::append_json_string(out, text);
  } else {
    base::append_json_string(out, base::repair_utf8(text));
  }
}

void append_hex(std::string& out, std::string_view bytes) {
  const std::size_t at = out.size();
  out.resize(at + 2 * bytes.size());
  base::write_hex(out.data() + at, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

void append_message(std::string& out, const Message& message, std::string_view bytes, int depth);

// The value of a length-delimited field.
void append_bytes(std::string& out, const Field& field, std::string_view bytes, int depth) {
  if (field.form == Form::message) return append_message(out, *field.message, bytes, depth + 1);
  if (field.form == Form::text) return append_text(out, bytes);
  out.push_back('"');
  if (field.form == Form::id) {
    append_hex(out, bytes);
  } else {
    append_base64(out, bytes);
  }
  out.push_back('"');
}

// The value that the reader stands at, of the field's own wire type.
void append_value(std::string& out, const Field& field, pbf_reader& reader, int depth) {
  if (field.wire == pbf_wire_type::length_delimited) {
    return append_bytes(out, field, view_of(reader.get_view()), depth);
  }
  const char* at = reader.data().data();
  append_number(out, field.form, take_number(at, at + reader.length(), field.wire));
  reader.skip();
}

// Each number with what is to stand before it.
void append_packed(std::string& out, const Field& field, std::string_view numbers, char& before) try {
  const char* at = numbers.data();
  for (const char* end = at + numbers.size(); at != end; before = ',') {
    const std::uint64_t number = take_number(at, end, field.wire);
    out.push_back(before);
    append_number(out, field.form, number);
  }
} catch (const protozero::exception&) {  // the last is not whole
}

void append_array(std::string& out, const Field& field, const Occurrences& found, int depth) {
  char before = '[';
  for (pbf_reader reader = found.all(); reader.next();) {
    if (reader.tag() != field.number || !field.accepts(reader.wire_type())) {
      reader.skip();
    } else if (reader.wire_type() != field.wire) {
      append_packed(out, field, view_of(reader.get_view()), before);
    } else {
      out.push_back(before);
      append_value(out, field, reader, depth);
      before = ',';
    }
  }
  if (before == '[') out.push_back('[');
  out.push_back(']');
}

// A message that is on the wire in parts: they are merged, and that is what their bytes one after the other
// mean (encoding.md#last-one-wins of protobuf's documentation).
void append_merged(std::string& out, const Field& field, const Occurrences& found, int depth) {
  std::string merged;
  for (pbf_reader reader = found.all(); reader.next();) {
    if (reader.tag() == field.number && reader.wire_type() == field.wire) {
      merged.append(view_of(reader.get_view()));
    } else {
      reader.skip();
    }
  }
  append_message(out, *field.message, merged, depth + 1);
}

void append_field(std::string& out, const Field& field, const Occurrences& found, int depth) {
  if (field.times == Times::repeated) return append_array(out, field, found, depth);
  if (field.form == Form::message && found.first != found.last) {
    return append_merged(out, field, found, depth);
  }
  pbf_reader reader = found.last_one();
  reader.next();
  append_value(out, field, reader, depth);
}

void append_message(std::string& out, const Message& message, std::string_view bytes, int depth) {
  if (depth > kMostDepth) bytes = {};
  const Found found = find_fields(message, bytes);
  char before = '{';
  for (std::size_t place = 0; place < message.fields.size(); ++place) {
    if (!found[place].is_there()) continue;
    const Field& field = message.fields[place];
    out.push_back(before);
    out.push_back('"');
    out.append(field.name);
    out.append("\":");
    append_field(out, field, found[place], depth);
    before = ',';
  }
  if (before == '{') out.push_back('{');
  out.push_back('}');
}

}  // namespace

void append_otlp_json(std::string& out, Signal signal, std::string_view request) {
  append_message(out, otlp_json::request_of(signal), request, 0);
}

}  // namespace ergon::inline v0::telemetry
