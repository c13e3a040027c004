#include "telemetry/export/grpc_verdict.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/utf8.hpp"
#include "telemetry/export/header_line.hpp"
#include "telemetry/export/otlp_answer.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::size_t kFramePrefix = 5;  // of the response message

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

// In the words of grpc-go and gRPC core, of grpc-java and grpc-dotnet, and of tonic.
bool says_too_large(std::string_view message) {
  const auto has = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
  return has("larger than max") || (has("exceeds") && has("maximum")) || has("message length too large");
}

}  // namespace

void take_header(GrpcAnswer& answer, std::string_view line) {
  const HeaderLine header = read_header_line(line);
  const std::string_view value = header.value;
  if (header.is("grpc-status")) {
    int code = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), code);
    const bool is_code = error == std::errc{} && end == value.data() + value.size() && code >= 0;
    answer.status = is_code ? code : static_cast<int>(GrpcStatus::unknown);
  } else if (header.is("grpc-message")) {
    answer.message = percent_decoded(value);
  } else if (header.is("grpc-status-details-bin")) {
    answer.details = base64_decoded(value);
  } else if (header.is("content-type")) {
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
    if (answer.body.size() > kFramePrefix) {
      read_partial_success(Encoding::protobuf, std::string_view(answer.body).substr(kFramePrefix), verdict);
    }
    return verdict;
  }
  if (verdict.message.empty()) {
    verdict.message = "gRPC status " + std::to_string(static_cast<int>(status)) + ", HTTP status " +
                      std::to_string(answer.http_status);
  }
  const bool may_be_too_large =
      status == GrpcStatus::resource_exhausted || status == GrpcStatus::out_of_range;
  if (may_be_too_large && says_too_large(answer.message)) {
    verdict.kind = Verdict::Kind::split;
  } else if (is_retryable(status)) {
    verdict.kind = Verdict::Kind::retry;
    verdict.server_delay = retry_delay(answer.details);
  }
  return verdict;
}

}  // namespace ergon::inline v0::telemetry
