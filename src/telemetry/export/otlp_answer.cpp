#include "telemetry/export/otlp_answer.hpp"

#include <protozero/pbf_reader.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/pbf_view.hpp"
#include "base/utf8.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::view_of;
using nlohmann::json;
using protozero::pbf_reader;
using protozero::pbf_wire_type;
using protozero::tag_and_type;

constexpr std::string_view kRetryInfoType = "google.rpc.RetryInfo";
constexpr std::array<std::string_view, 3> kRejected{"rejectedSpans", "rejectedLogRecords",
                                                    "rejectedDataPoints"};

std::string as_message(std::string_view text) { return base::repair_utf8(text.substr(0, kMostMessage)); }

pbf_reader reader_of(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

// A server's bytes may have any wire type anywhere, and the reader's accessors rely on theirs: each field is
// taken by number and type.

// google.protobuf.Duration {seconds = 1, nanos = 2}
std::chrono::nanoseconds read_duration(pbf_reader duration) {
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  while (duration.next()) {
    switch (duration.tag_and_type()) {
      case tag_and_type(1, pbf_wire_type::varint):
        seconds = duration.get_int64();
        break;
      case tag_and_type(2, pbf_wire_type::varint):
        nanos = duration.get_int32();
        break;
      default:
        duration.skip();
    }
  }
  constexpr std::int64_t kMostSeconds = 25L * 3'600;  // a longer wish exceeds any retry budget
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kMostSeconds)) +
         std::chrono::nanoseconds(std::clamp<std::int64_t>(nanos, 0, 999'999'999));
}

// google.protobuf.Any {type_url = 1, value = 2} holding RetryInfo {retry_delay = 1}
std::optional<std::chrono::nanoseconds> read_retry_info(pbf_reader any) {
  std::string_view type;
  std::string_view value;
  while (any.next()) {
    switch (any.tag_and_type()) {
      case tag_and_type(1, pbf_wire_type::length_delimited):
        type = view_of(any.get_view());
        break;
      case tag_and_type(2, pbf_wire_type::length_delimited):
        value = view_of(any.get_view());
        break;
      default:
        any.skip();
    }
  }
  if (!type.ends_with(kRetryInfoType)) return std::nullopt;
  pbf_reader info = reader_of(value);
  if (info.next(1, pbf_wire_type::length_delimited)) return read_duration(info.get_message());
  return std::chrono::nanoseconds{0};
}

// Export…ServiceResponse {partial_success = 1 {rejected_… = 1, error_message = 2}}
void read_protobuf(std::string_view body, Verdict& verdict) try {
  pbf_reader response = reader_of(body);
  while (response.next(1, pbf_wire_type::length_delimited)) {
    pbf_reader partial = response.get_message();
    while (partial.next()) {
      switch (partial.tag_and_type()) {
        case tag_and_type(1, pbf_wire_type::varint):
          verdict.rejected = static_cast<std::uint64_t>(std::max<std::int64_t>(0, partial.get_int64()));
          break;
        case tag_and_type(2, pbf_wire_type::length_delimited):
          verdict.message = as_message(view_of(partial.get_view()));
          break;
        default:
          partial.skip();
      }
    }
  }
} catch (const protozero::exception&) {
  verdict.rejected = 0;
  verdict.message = "the response is not a protobuf message";
}

// Keeps what is read here and lets the rest go as it is parsed: an answer may be large, and nested deeply.
json parse(std::string_view body) {
  constexpr std::array<std::string_view, 3> kOthers{"partialSuccess", "errorMessage", "message"};
  const auto is_among = [](const auto& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  const auto is_kept = [&](int depth, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::array_start) return false;
    if (event == json::parse_event_t::object_start) return depth < 2;
    if (event != json::parse_event_t::key) return true;
    const auto& name = parsed.get_ref<const std::string&>();
    return is_among(kOthers, name) || is_among(kRejected, name);
  };
  return json::parse(body, is_kept, /*allow_exceptions=*/false);
}

// A 64-bit integer is a string in protobuf's JSON, but a number is taken, too.
std::uint64_t count_of(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  std::uint64_t count = 0;
  if (!value.is_string()) return count;
  const auto& digits = value.get_ref<const std::string&>();
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, count);
  return error == std::errc{} && at == end ? count : 0;
}

std::string text_of(const json& object, std::string_view name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return as_message(found->get_ref<const std::string&>());
}

void read_json(std::string_view body, Verdict& verdict) {
  const json response = parse(body);
  if (!response.is_object()) {
    verdict.message = "the response is not a JSON object";
    return;
  }
  const auto partial = response.find("partialSuccess");
  if (partial == response.end()) return;
  for (const std::string_view name : kRejected) {
    if (const auto found = partial->find(name); found != partial->end()) verdict.rejected = count_of(*found);
  }
  verdict.message = text_of(*partial, "errorMessage");
}

// google.rpc.Status {code = 1, message = 2, details = 3}
std::string read_status_message(std::string_view body) try {
  std::string message;
  pbf_reader status = reader_of(body);
  while (status.next(2, pbf_wire_type::length_delimited)) message = as_message(view_of(status.get_view()));
  return message;
} catch (const protozero::exception&) {
  return {};
}

}  // namespace

void read_partial_success(Encoding encoding, std::string_view response, Verdict& verdict) {
  if (encoding == Encoding::protobuf) {
    read_protobuf(response, verdict);
  } else {
    read_json(response, verdict);
  }
}

std::string status_message(Encoding encoding, std::string_view status) {
  if (encoding == Encoding::protobuf) return read_status_message(status);
  return text_of(parse(status), "message");
}

std::chrono::nanoseconds retry_delay(std::string_view status) try {
  pbf_reader reader = reader_of(status);
  while (reader.next(3, pbf_wire_type::length_delimited)) {
    if (const auto delay = read_retry_info(reader.get_message())) return *delay;
  }
  return std::chrono::nanoseconds{0};
} catch (const protozero::exception&) {
  return std::chrono::nanoseconds{0};
}

}  // namespace ergon::inline v0::telemetry
