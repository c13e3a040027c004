#include "telemetry/export/grpc_verdict.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <protozero/pbf_reader.hpp>

#include "base/utf8.hpp"

namespace ergon::telemetry {

namespace {

using protozero::pbf_wire_type;
using protozero::tag_and_type;

constexpr std::size_t kFramePrefix = 5;
constexpr std::string_view kRetryInfoType = "google.rpc.RetryInfo";
constexpr std::size_t kMostMessage = 1'024;

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_code =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (is_code) {
      decoded.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return base::repair_utf8(std::string_view(decoded).substr(0, kMostMessage));
}

// The value of a base64 character, of either alphabet; -1 for any other.
int base64_digit(char c) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (c == '-') return 62;
  if (c == '_') return 63;
  const std::size_t at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// Base64 as gRPC sends it: padding may be missing. Stops at the first character that is none of its own.
std::string base64_decoded(std::string_view text) {
  std::string decoded;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = base64_digit(c);
    if (value < 0) break;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded.push_back(static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU));
  }
  return decoded;
}

// A server's bytes may have any wire type anywhere, and the reader's accessors rely on theirs: each field is
// taken by number and type.

// google.protobuf.Duration {seconds = 1, nanos = 2}
std::chrono::nanoseconds read_duration(protozero::pbf_reader duration) {
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
  constexpr std::int64_t kMostSeconds = 3'600;  // a longer wish exceeds any retry budget
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kMostSeconds)) +
         std::chrono::nanoseconds(std::clamp<std::int64_t>(nanos, 0, 999'999'999));
}

// google.protobuf.Any {type_url = 1, value = 2} holding RetryInfo {retry_delay = 1}
std::optional<std::chrono::nanoseconds> read_retry_info(protozero::pbf_reader any) {
  std::string type;
  std::string value;
  while (any.next()) {
    switch (any.tag_and_type()) {
      case tag_and_type(1, pbf_wire_type::length_delimited):
        type = any.get_string();
        break;
      case tag_and_type(2, pbf_wire_type::length_delimited):
        value = any.get_bytes();
        break;
      default:
        any.skip();
    }
  }
  if (!std::string_view(type).ends_with(kRetryInfoType)) return std::nullopt;
  protozero::pbf_reader info(value);
  if (info.next(1, pbf_wire_type::length_delimited)) return read_duration(info.get_message());
  return std::chrono::nanoseconds{0};
}

std::chrono::nanoseconds server_delay(const std::string& details) try {
  protozero::pbf_reader status(details);
  while (status.next(3, pbf_wire_type::length_delimited)) {
    if (const auto delay = read_retry_info(status.get_message())) return *delay;
  }
  return std::chrono::nanoseconds{0};
} catch (const protozero::exception&) {
  return std::chrono::nanoseconds{0};
}

// Export…ServiceResponse {partial_success = 1 {rejected_… = 1, error_message = 2}}
void read_partial_success(std::string_view body, Verdict& verdict) try {
  if (body.size() <= kFramePrefix) return;
  body.remove_prefix(kFramePrefix);
  protozero::pbf_reader response(body.data(), body.size());
  while (response.next(1, pbf_wire_type::length_delimited)) {
    protozero::pbf_reader partial = response.get_message();
    while (partial.next()) {
      switch (partial.tag_and_type()) {
        case tag_and_type(1, pbf_wire_type::varint):
          verdict.rejected = static_cast<std::uint64_t>(std::max<std::int64_t>(0, partial.get_int64()));
          break;
        case tag_and_type(2, pbf_wire_type::length_delimited):
          verdict.message = base::repair_utf8(partial.get_string());
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

// A number that is none of gRPC's codes means UNKNOWN (gRPC: doc/statuscodes.md).
GrpcStatus status_of_code(int code) {
  constexpr int kLastCode = 16;
  return code >= 0 && code <= kLastCode ? static_cast<GrpcStatus>(code) : GrpcStatus::unknown;
}

// For answers that are not gRPC's (gRPC: doc/http-grpc-status-mapping.md).
GrpcStatus status_of_http(long http_status) {
  switch (http_status) {
    case 400:
      return GrpcStatus::internal;
    case 401:
      return GrpcStatus::unauthenticated;
    case 403:
      return GrpcStatus::permission_denied;
    case 404:
      return GrpcStatus::unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return GrpcStatus::unavailable;
    default:
      return GrpcStatus::unknown;
  }
}

bool is_retryable(GrpcStatus status) {
  constexpr std::array kRetryable{GrpcStatus::cancelled,         GrpcStatus::deadline_exceeded,
                                  GrpcStatus::aborted,           GrpcStatus::out_of_range,
                                  GrpcStatus::unavailable,       GrpcStatus::data_loss,
                                  GrpcStatus::resource_exhausted};
  return std::ranges::find(kRetryable, status) != kRetryable.end();
}

// In the words of grpc-go and gRPC core, of grpc-java, and of grpc-dotnet.
bool says_too_large(std::string_view message) {
  const auto has = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
  return has("larger than max") || (has("exceeds") && has("maximum"));
}

}  // namespace

void take_header(GrpcAnswer& answer, std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = trimmed(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (equals_ignoring_case(name, "grpc-status")) {
    int code = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), code);
    const bool is_code = error == std::errc{} && end == value.data() + value.size() && code >= 0;
    answer.status = is_code ? code : static_cast<int>(GrpcStatus::unknown);
  } else if (equals_ignoring_case(name, "grpc-message")) {
    answer.message = percent_decoded(value);
  } else if (equals_ignoring_case(name, "grpc-status-details-bin")) {
    answer.details = base64_decoded(value);
  } else if (equals_ignoring_case(name, "content-type")) {
    answer.is_grpc = value.starts_with("application/grpc");
  }
}

Verdict judge(const GrpcAnswer& answer) {
  const bool is_mapped = !answer.status.has_value() && (answer.http_status != 200 || !answer.is_grpc);
  const GrpcStatus status =
      is_mapped ? status_of_http(answer.http_status)
                : status_of_code(answer.status.value_or(static_cast<int>(GrpcStatus::unknown)));
  Verdict verdict;
  verdict.message = answer.message;
  if (status == GrpcStatus::ok) {
    verdict.kind = Verdict::Kind::delivered;
    read_partial_success(answer.body, verdict);
    return verdict;
  }
  if (verdict.message.empty()) {
    verdict.message = "gRPC status " + std::to_string(static_cast<int>(status)) + ", HTTP status " +
                      std::to_string(answer.http_status);
  }
  if (status == GrpcStatus::resource_exhausted && says_too_large(answer.message)) {
    verdict.kind = Verdict::Kind::split;
  } else if (is_retryable(status)) {
    verdict.kind = Verdict::Kind::retry;
    verdict.server_delay = server_delay(answer.details);
  }
  return verdict;
}

}  // namespace ergon::telemetry
