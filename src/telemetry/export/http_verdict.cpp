#include "telemetry/export/http_verdict.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/utf8.hpp"
#include "telemetry/export/header_line.hpp"
#include "telemetry/export/otlp_answer.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

constexpr seconds kMostDelay{25 * 3'600};  // a longer wish exceeds any retry budget

// Of "HTTP/1.1 200 OK"; 0 if there is none.
long status_in(std::string_view status_line) {
  const std::size_t space = status_line.find(' ');
  if (space == std::string_view::npos) return 0;
  const std::string_view code = status_line.substr(space + 1, 3);
  long status = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), status);
  return error == std::errc{} && end == code.data() + code.size() && status >= 0 ? status : 0;
}

// "Application/JSON; charset=utf-8" is "application/json".
std::string type_in(std::string_view content_type) {
  std::string type(trimmed(content_type.substr(0, content_type.find(';'))));
  std::ranges::transform(type, type.begin(), lower_case);
  return type;
}

std::optional<Encoding> encoding_of(std::string_view content_type) {
  if (content_type == "application/x-protobuf" || content_type == "application/protobuf")
    return Encoding::protobuf;
  if (content_type == "application/json") return Encoding::json;
  return std::nullopt;
}

// Until the date that the server named, if it is one. curl's parser takes all three forms of HTTP's dates
// (RFC 9110, section 5.6.7) and depends neither on the locale nor on the time zone.
std::chrono::nanoseconds delay_until(const std::string& date, system_clock::time_point now) {
  const std::time_t at = curl_getdate(date.c_str(), nullptr);
  const auto since_epoch = std::chrono::nanoseconds(now.time_since_epoch());
  const std::int64_t now_seconds = std::chrono::floor<seconds>(since_epoch).count();
  if (at == -1 || at <= now_seconds) return std::chrono::nanoseconds{0};
  if (at - now_seconds > kMostDelay.count()) return kMostDelay;
  return seconds(at) - since_epoch;
}

// Retry-After: seconds or a date (RFC 9110, section 10.2.3).
std::chrono::nanoseconds delay_in(const std::string& retry_after, system_clock::time_point now) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::ranges::all_of(retry_after, is_digit)) return delay_until(retry_after, now);
  std::int64_t wish = 0;
  const auto [end, error] =
      std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), wish);
  if (error == std::errc::result_out_of_range) return kMostDelay;
  return std::min(seconds(wish), kMostDelay);
}

Verdict judge_delivered(const HttpAnswer& answer, std::optional<Encoding> encoding) {
  Verdict verdict;
  verdict.kind = Verdict::Kind::delivered;
  if (answer.body.empty()) return verdict;
  if (encoding) {
    read_partial_success(*encoding, answer.body, verdict);
  } else {
    const std::string_view type = std::string_view(answer.content_type).substr(0, kMostMessage);
    verdict.message = "the response is not OTLP's: its content type is \"" + base::repair_utf8(type) + "\"";
  }
  return verdict;
}

Verdict::Kind kind_of_failure(long status) {
  switch (status) {
    case 413:
      return Verdict::Kind::split;
    case 429:
    case 502:
    case 503:
    case 504:
      return Verdict::Kind::retry;
    default:
      return Verdict::Kind::refused;
  }
}

}  // namespace

void take_header(HttpAnswer& answer, std::string_view line) {
  if (line.starts_with("HTTP/")) {
    answer = {};
    answer.status = status_in(line);
    return;
  }
  const HeaderLine header = read_header_line(line);
  if (header.is("content-type")) {
    answer.content_type = type_in(header.value);
  } else if (header.is("retry-after")) {
    answer.retry_after = header.value;
  }
}

Verdict judge(const HttpAnswer& answer, system_clock::time_point now) {
  const std::optional<Encoding> encoding = encoding_of(answer.content_type);
  if (answer.status >= 200 && answer.status < 300) return judge_delivered(answer, encoding);
  Verdict verdict;
  verdict.kind = kind_of_failure(answer.status);
  if (encoding) verdict.message = status_message(*encoding, answer.body);
  if (verdict.message.empty()) verdict.message = "HTTP status " + std::to_string(answer.status);
  if (verdict.kind == Verdict::Kind::retry) verdict.server_delay = delay_in(answer.retry_after, now);
  return verdict;
}

}  // namespace ergon::inline v0::telemetry
