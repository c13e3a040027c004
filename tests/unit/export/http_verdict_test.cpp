#include "telemetry/export/http_verdict.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "base/wire.hpp"

namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;
using Kind = Verdict::Kind;
using Clock = std::chrono::system_clock;

namespace wire = base::wire;

constexpr std::string_view kProtobuf = "application/x-protobuf";
constexpr std::string_view kJson = "application/json";

// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
constexpr Clock::time_point kDate{784'111'777s};

HttpAnswer answer_of(long status, std::string_view type = {}, std::string_view body = {}) {
  HttpAnswer answer;
  answer.status = status;
  answer.content_type = type;
  answer.body = body;
  return answer;
}

Verdict judge(const HttpAnswer& answer) { return telemetry::judge(answer, kDate); }

std::string partial_success(std::uint64_t rejected, std::string_view message) {
  std::string partial;
  if (rejected > 0) wire::append_number(partial, 1, rejected);
  if (!message.empty()) wire::append_field(partial, 2, message);
  std::string response;
  wire::append_field(response, 1, partial);
  return response;
}

TEST(HttpVerdict, TellsStatusesApart) {
  std::map<long, Kind> expected{{413, Kind::split},     {429, Kind::retry},     {502, Kind::retry},
                                {503, Kind::retry},     {504, Kind::retry},     {200, Kind::delivered},
                                {202, Kind::delivered}, {204, Kind::delivered}, {299, Kind::delivered}};
  for (const long status :
       {0, 100, 101, 199, 300, 301, 302, 307, 400, 401, 403, 404, 408, 415, 500, 501, 505, 599})
    expected.emplace(status, Kind::refused);
  for (const auto& [status, kind] : expected) {
    EXPECT_EQ(judge(answer_of(status)).kind, kind) << status;
    const std::string message = kind == Kind::delivered ? "" : "HTTP status " + std::to_string(status);
    EXPECT_EQ(judge(answer_of(status)).message, message);
  }
}

TEST(HttpVerdict, ReadsHeadersWhateverTheirCase) {
  HttpAnswer answer;
  take_header(answer, "HTTP/1.1 503 Service Unavailable\r\n");
  take_header(answer, "CONTENT-TYPE:  Application/JSON ; charset=utf-8\r\n");
  take_header(answer, "retry-After: \t120 \r\n");
  take_header(answer, "x-other: 5\r\n");
  take_header(answer, "\r\n");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.retry_after, "120");
}

// As after "100 Continue", or the answer of a proxy to CONNECT.
TEST(HttpVerdict, BeginsAnewAtEachStatusLine) {
  HttpAnswer answer;
  for (const std::string_view line :
       {"HTTP/1.1 429 Busy\r\n", "content-type: text/html\r\n", "retry-after: 9\r\n"})
    take_header(answer, line);
  answer.body = "of the first";
  take_header(answer, "HTTP/2 200 \r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type + answer.retry_after + answer.body, "");
  for (const std::string_view line :
       {"HTTP/2", "HTTP/2 ", "HTTP/2 x", "HTTP/2 -10", "HTTP/1.1 2x0", "HTTP/ "}) {
    take_header(answer, line);
    EXPECT_EQ(answer.status, 0) << line;
  }
}

TEST(HttpVerdict, ReadsPartialSuccessInProtobuf) {
  const Verdict verdict = judge(answer_of(200, kProtobuf, partial_success(3, "three were bad \xE9")));
  EXPECT_EQ(verdict.kind, Kind::delivered);
  EXPECT_EQ(verdict.rejected, 3U);
  EXPECT_EQ(verdict.message, "three were bad \xEF\xBF\xBD");
  EXPECT_EQ(judge(answer_of(200, kProtobuf, partial_success(0, "old"))).message, "old");
  EXPECT_EQ(judge(answer_of(200, kProtobuf, partial_success(UINT64_MAX, ""))).rejected, 0U) << "negative";
  EXPECT_EQ(judge(answer_of(200, kProtobuf, partial_success(0, std::string(5'000, 'm')))).message.size(),
            1'024U);
}

TEST(HttpVerdict, ReadsPartialSuccessInJson) {
  const std::map<std::string_view, std::uint64_t> rejected{
      {R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"bad"}})", 3},
      {R"({"partialSuccess":{"rejectedLogRecords":4,"errorMessage":"bad"}})", 4},
      {R"( {"other":[{"partialSuccess":1}],"partialSuccess":{"errorMessage":"bad","rejectedDataPoints":"05"}} )",
       5},
      {R"({"partialSuccess":{"x":[1,[2]],"y":{"errorMessage":"no"},"errorMessage":"bad"}})", 0},
      {R"({"partialSuccess":{"rejectedSpans":"-3","errorMessage":"bad"}})", 0},
      {R"({"partialSuccess":{"rejectedSpans":-3,"errorMessage":"bad"}})", 0},
      {R"({"partialSuccess":{"rejectedSpans":"3x","errorMessage":"bad"}})", 0},
      {R"({"partialSuccess":{"rejectedSpans":"99999999999999999999","errorMessage":"bad"}})", 0},
      {R"({"partialSuccess":{"rejectedSpans":[3],"errorMessage":"bad"}})", 0},
      {R"({"partialSuccess":{"rejectedSpans":null,"errorMessage":"bad"}})", 0}};
  for (const auto& [body, count] : rejected) {
    const Verdict verdict = judge(answer_of(200, kJson, body));
    EXPECT_EQ(verdict.kind, Kind::delivered);
    EXPECT_EQ(verdict.rejected, count) << body;
    EXPECT_EQ(verdict.message, "bad") << body;
  }
}

TEST(HttpVerdict, TakesASuccessForDeliveredWhateverItsBody) {
  for (const std::string_view body :
       {"{}", R"({"partialSuccess":{}})", R"({"partialSuccess":null})", R"({"partialSuccess":5})",
        R"({"partialSuccess":{"errorMessage":7}})"}) {
    EXPECT_EQ(judge(answer_of(200, kJson, body)).message, "") << body;
    EXPECT_EQ(judge(answer_of(200, kJson, body)).rejected, 0U) << body;
  }
  for (const std::string_view body :
       {"[]", "5", "null", "{", "OK", R"({"partialSuccess":{"rejectedSpans":1})"}) {
    const Verdict verdict = judge(answer_of(200, kJson, body));
    EXPECT_EQ(verdict.kind, Kind::delivered);
    EXPECT_EQ(verdict.rejected, 0U);
    EXPECT_NE(verdict.message.find("not a JSON object"), std::string::npos) << body;
  }
  const std::string cut = partial_success(3, "bad").substr(0, 6);
  EXPECT_EQ(judge(answer_of(200, kProtobuf, cut)).message, "the response is not a protobuf message");
  EXPECT_EQ(judge(answer_of(200, kProtobuf, cut)).rejected, 0U);
  EXPECT_NE(judge(answer_of(200, "text/html", "<html>")).message.find("text/html"), std::string::npos);
  EXPECT_NE(judge(answer_of(200, "", "OK")).message, "");
  EXPECT_EQ(judge(answer_of(200, "text/html")).message, "");
}

TEST(HttpVerdict, TellsWhatTheServerSaysOfAFailure) {
  std::string status;
  wire::append_number(status, 1, 3);
  wire::append_field(status, 2, "no such tenant \xFF");
  EXPECT_EQ(judge(answer_of(400, kProtobuf, status)).message, "no such tenant \xEF\xBF\xBD");
  EXPECT_EQ(judge(answer_of(503, kProtobuf, status)).message, "no such tenant \xEF\xBF\xBD");
  const std::string_view json = R"({"code":3,"message":"no such tenant","details":[{"message":"no"}]})";
  EXPECT_EQ(judge(answer_of(400, kJson, json)).message, "no such tenant");
  for (const std::string_view body : {"{", "[]", "{}", R"({"message":5})", R"({"message":""})"})
    EXPECT_EQ(judge(answer_of(400, kJson, body)).message, "HTTP status 400") << body;
  for (const std::string_view body : {"\x12\x7F", "\x10\x05", "\x12", "\xFF"})
    EXPECT_EQ(judge(answer_of(400, kProtobuf, body)).message, "HTTP status 400") << body;
  EXPECT_EQ(judge(answer_of(404, "text/plain", "not here")).message, "HTTP status 404");
}

// What is not asked for is let go as it is read: a tree of it all would take far more memory than the answer.
TEST(HttpVerdict, DoesWithoutWhatIsNestedDeeply) {
  constexpr std::size_t kSize = 1'000'000;
  EXPECT_NE(judge(answer_of(200, kJson, std::string(kSize, '['))).message, "");
  const std::string arrays = std::string(kSize, '[') + std::string(kSize, ']');
  const std::string body =
      R"({"message":"bad","partialSuccess":{"rejectedSpans":2},"details":)" + arrays + "}";
  EXPECT_EQ(judge(answer_of(200, kJson, body)).rejected, 2U);
  EXPECT_EQ(judge(answer_of(400, kJson, body)).message, "bad");
  std::string objects;
  for (std::size_t i = 0; i < kSize / 10; ++i) objects += R"({"message":)";
  EXPECT_EQ(judge(answer_of(400, kJson, objects)).message, "HTTP status 400");
}

std::chrono::nanoseconds delay_of(std::string_view retry_after, Clock::time_point now = kDate,
                                  long status = 503) {
  HttpAnswer answer = answer_of(status);
  take_header(answer, "Retry-After: " + std::string(retry_after) + "\r\n");
  return telemetry::judge(answer, now).server_delay;
}

TEST(HttpVerdict, WaitsSoManySeconds) {
  for (const long status : {429, 502, 503, 504}) EXPECT_EQ(delay_of("120", kDate, status), 120s);
  for (const long status : {200, 400, 413, 500}) EXPECT_EQ(delay_of("120", kDate, status), 0s);
  EXPECT_EQ(delay_of("0"), 0s);
  EXPECT_EQ(delay_of("007"), 7s);
  for (const std::string_view long_time :
       {"90000", "90001", "9223372036854775807", "99999999999999999999999"})
    EXPECT_EQ(delay_of(long_time), 25h) << long_time;
}

TEST(HttpVerdict, WaitsUntilADateInAnyForm) {
  for (const std::string_view date :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(delay_of(date, kDate - 90s), 90s) << date;
    EXPECT_EQ(delay_of(date, kDate - 1500ms), 1500ms) << date;
    EXPECT_EQ(delay_of(date, kDate - 1h), 1h) << date;
    EXPECT_EQ(delay_of(date, kDate - 48h), 25h) << date;
    for (const auto passed : {0s, 1s, 1'000'000'000s}) EXPECT_EQ(delay_of(date, kDate + passed), 0s) << date;
  }
  EXPECT_EQ(delay_of("Fri, 31 Dec 9999 23:59:59 GMT"), 25h);
  EXPECT_EQ(delay_of("Thu, 01 Jan 1970 00:00:00 GMT"), 0s);
}

TEST(HttpVerdict, WaitsNotForWhatIsNoTime) {
  for (const std::string_view garbage :
       {"", "-5", "+5", "1.5", "5s", "5 seconds", "0x10", "soon", "Sun", "GMT", "12:00:00", "1e3",
        "Sun, 99 Nov 2094 08:49:37 GMT", "Sun, 06 Xyz 2094 08:49:37 GMT", "\xFF\xFF", "Sun, 06 Nov"}) {
    EXPECT_EQ(delay_of(garbage), 0s) << garbage;
  }
}

TEST(HttpVerdict, ReadsDatesWhateverLocaleAndTimeZone) {
  const char* const before = std::getenv("TZ");
  const std::string zone = before == nullptr ? "" : before;
  const std::string locale = std::setlocale(LC_ALL, nullptr);
  setenv("TZ", "Asia/Kathmandu", 1);
  tzset();
  for (const char* name : {"de_DE.UTF-8", "tr_TR.UTF-8", "C.UTF-8"})
    std::setlocale(LC_ALL, name);  // if there
  EXPECT_EQ(delay_of("Sun, 06 Nov 1994 08:49:37 GMT", kDate - 90s), 90s);
  EXPECT_EQ(delay_of("Sun Nov  6 08:49:37 1994", kDate - 90s), 90s);
  std::setlocale(LC_ALL, locale.c_str());
  if (before == nullptr) {
    unsetenv("TZ");
  } else {
    setenv("TZ", zone.c_str(), 1);
  }
  tzset();
}

}  // namespace
}  // namespace ergon::telemetry
