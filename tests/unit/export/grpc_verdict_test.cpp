#include "telemetry/export/grpc_verdict.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/wire.hpp"

namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;
using Kind = Verdict::Kind;

namespace wire = base::wire;

GrpcAnswer answer_of(std::initializer_list<std::string_view> lines, long http_status = 200) {
  GrpcAnswer answer;
  answer.http_status = http_status;
  take_header(answer, "HTTP/2 200 \r\n");
  for (const std::string_view line : lines) take_header(answer, line);
  return answer;
}

GrpcAnswer grpc_answer(int status, std::string_view message = {}) {
  return answer_of({"content-type: application/grpc\r\n", "grpc-status: " + std::to_string(status) + "\r\n",
                    "grpc-message: " + std::string(message) + "\r\n"});
}

std::string in_base64(std::string_view bytes, bool is_padded) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (at + i < bytes.size() ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    }
    const std::size_t digits = std::min<std::size_t>(4, bytes.size() - at + 1);
    for (std::size_t i = 0; i < digits; ++i) out.push_back(kDigits[(bits >> (18 - 6 * i)) & 0x3FU]);
    if (is_padded) out.append(4 - digits, '=');
  }
  return out;
}

// google.rpc.Status with a detail of another type in front.
std::string retry_info(std::int64_t seconds, std::int64_t nanos) {
  std::string duration;
  if (seconds != 0) wire::append_number(duration, 1, static_cast<std::uint64_t>(seconds));
  if (nanos != 0) wire::append_number(duration, 2, static_cast<std::uint64_t>(nanos));
  std::string info;
  wire::append_field(info, 1, duration);
  std::string other;
  wire::append_field(other, 1, "type.googleapis.com/google.rpc.DebugInfo");
  wire::append_field(other, 2, "whatever");
  std::string any;
  wire::append_field(any, 1, "type.googleapis.com/google.rpc.RetryInfo");
  wire::append_field(any, 2, info);
  std::string status;
  wire::append_number(status, 1, 14);
  wire::append_field(status, 2, "busy");
  wire::append_field(status, 3, other);
  wire::append_field(status, 3, any);
  return status;
}

TEST(GrpcVerdict, RetriesWhatTheSpecificationSaysAndResourceExhausted) {
  const std::map<int, Kind> expected{
      {0, Kind::delivered}, {1, Kind::retry},   {2, Kind::refused},  {3, Kind::refused},  {4, Kind::retry},
      {5, Kind::refused},   {6, Kind::refused}, {7, Kind::refused},  {8, Kind::retry},    {9, Kind::refused},
      {10, Kind::retry},    {11, Kind::retry},  {12, Kind::refused}, {13, Kind::refused}, {14, Kind::retry},
      {15, Kind::retry},    {16, Kind::refused}};
  for (const auto& [status, kind] : expected) EXPECT_EQ(judge(grpc_answer(status)).kind, kind) << status;
}

// A status that fits no byte must not be cut to one that means success.
TEST(GrpcVerdict, RefusesStatusesThatAreNone) {
  for (const int status : {17, 99, 255, 256, 270, 512, 65'536, 2'147'483'647}) {
    EXPECT_EQ(judge(grpc_answer(status)).kind, Kind::refused) << status;
  }
  for (const std::string_view text : {"", "-1", "0x0", "0.0", "zero", "99999999999999999999", "+0", "0 1"}) {
    const auto answer =
        answer_of({"content-type: application/grpc\r\n", "grpc-status: " + std::string(text) + "\r\n"});
    EXPECT_EQ(judge(answer).kind, Kind::refused) << text;
  }
}

TEST(GrpcVerdict, TakesAMissingStatusForUnknown) {
  EXPECT_EQ(judge(answer_of({"content-type: application/grpc\r\n"})).kind, Kind::refused);
}

TEST(GrpcVerdict, ReadsHeadersWhateverTheirCase) {
  EXPECT_EQ(judge(answer_of({"Content-Type: application/grpc+proto\r\n", "GRPC-Status:14\r\n"})).kind,
            Kind::retry);
  EXPECT_EQ(judge(answer_of({"content-type:application/grpc", "grpc-status:  0  "})).kind, Kind::delivered);
}

TEST(GrpcVerdict, MapsHttpStatusesOfAnswersThatAreNotGrpc) {
  const std::map<long, Kind> expected{{400, Kind::refused}, {401, Kind::refused}, {403, Kind::refused},
                                      {404, Kind::refused}, {429, Kind::retry},   {500, Kind::refused},
                                      {502, Kind::retry},   {503, Kind::retry},   {504, Kind::retry},
                                      {200, Kind::refused}, {0, Kind::refused}};
  for (const auto& [status, kind] : expected) {
    EXPECT_EQ(judge(answer_of({"content-type: text/html\r\n"}, status)).kind, kind) << status;
  }
  EXPECT_EQ(judge(answer_of({"content-type: application/grpc\r\n"}, 503)).kind, Kind::retry);
}

TEST(GrpcVerdict, BelievesTheGrpcStatusMoreThanTheHttpStatus) {
  EXPECT_EQ(judge(answer_of({"content-type: application/grpc\r\n", "grpc-status: 3\r\n"}, 503)).kind,
            Kind::refused);
}

TEST(GrpcVerdict, DecodesTheMessage) {
  EXPECT_EQ(judge(grpc_answer(3, "50%25 of caf%C3%A9 %E2%82%AC")).message, "50% of café €");
  EXPECT_EQ(judge(grpc_answer(3, "100% %4 %zz %")).message, "100% %4 %zz %");
  EXPECT_EQ(judge(grpc_answer(3, "bad %E9 end")).message, "bad \xEF\xBF\xBD end");
  EXPECT_LE(judge(grpc_answer(3, std::string(100'000, 'm'))).message.size(), 4'096U);
  EXPECT_NE(judge(grpc_answer(3)).message.find('3'), std::string::npos) << "without a message, the status";
}

TEST(GrpcVerdict, SplitsWhatIsLargerThanTheServerTakes) {
  EXPECT_EQ(judge(grpc_answer(8, "grpc: received message larger than max (5000000 vs. 4194304)")).kind,
            Kind::split);
  EXPECT_EQ(judge(grpc_answer(8, "gRPC message exceeds maximum size 4194304: 5000000")).kind, Kind::split);
  EXPECT_EQ(judge(grpc_answer(8, "Received message exceeds the maximum configured message size.")).kind,
            Kind::split);
  constexpr const char* kTonic =
      "Error, decoded message length too large: found 5000000 bytes, the limit is: 4194304";
  EXPECT_EQ(judge(grpc_answer(11, kTonic)).kind, Kind::split);
  EXPECT_EQ(judge(grpc_answer(11, "out of range")).kind, Kind::retry);
  EXPECT_EQ(judge(grpc_answer(8, "memory limit")).kind, Kind::retry);
  EXPECT_EQ(judge(grpc_answer(3, "larger than max")).kind, Kind::refused);
}

std::chrono::nanoseconds delay_of(int status, const std::string& details, bool is_padded = false) {
  GrpcAnswer answer = grpc_answer(status);
  take_header(answer, "grpc-status-details-bin: " + in_base64(details, is_padded) + "\r\n");
  return judge(answer).server_delay;
}

TEST(GrpcVerdict, WaitsAsLongAsTheServerWishes) {
  EXPECT_EQ(delay_of(14, retry_info(3, 500'000'000)), 3'500ms);
  EXPECT_EQ(delay_of(14, retry_info(3, 500'000'000), true), 3'500ms);
  EXPECT_EQ(delay_of(8, retry_info(0, 20'000'000)), 20ms);
  EXPECT_EQ(delay_of(14, retry_info(0, 0)), 0ns);
  EXPECT_EQ(delay_of(14, retry_info(-5, 0)), 0ns);
  EXPECT_EQ(delay_of(14, retry_info(0, -5)), 0ns);
  EXPECT_LE(delay_of(14, retry_info(INT64_MAX, 999'999'999)), 26h) << "no overflow";
  EXPECT_EQ(delay_of(3, retry_info(3, 0)), 0ns) << "nothing to wait for";
}

TEST(GrpcVerdict, DoesWithoutDetailsThatItCannotRead) {
  GrpcAnswer answer = grpc_answer(14);
  take_header(answer, "grpc-status-details-bin: !!! not base64 !!!\r\n");
  EXPECT_EQ(judge(answer).kind, Kind::retry);
  EXPECT_EQ(judge(answer).server_delay, 0ns);
  const std::string whole = retry_info(3, 0);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_LE(delay_of(14, whole.substr(0, size)), 3s) << size;
  }
}

// Each field with a wire type that is not its own.
TEST(GrpcVerdict, DoesWithoutDetailsOfTheWrongKind) {
  std::string status;
  wire::append_number(status, 3, 5);
  EXPECT_EQ(delay_of(14, status), 0ns);
  std::string any;
  wire::append_number(any, 1, 7);
  wire::append_number(any, 2, 7);
  status.clear();
  wire::append_field(status, 3, any);
  EXPECT_EQ(delay_of(14, status), 0ns);
  std::string duration;
  wire::append_field(duration, 1, "not a number");
  wire::append_fixed(duration, 2, 1.5);
  std::string info;
  wire::append_field(info, 1, duration);
  any.clear();
  wire::append_field(any, 1, "google.rpc.RetryInfo");
  wire::append_field(any, 2, info);
  status.clear();
  wire::append_field(status, 3, any);
  EXPECT_EQ(delay_of(14, status), 0ns);
}

Verdict judge_body(const std::string& message) {
  GrpcAnswer answer = grpc_answer(0);
  answer.body = std::string("\0\0\0\0\0", 5) + message;
  return judge(answer);
}

TEST(GrpcVerdict, ReadsPartialSuccess) {
  std::string partial;
  wire::append_number(partial, 1, 3);
  wire::append_field(partial, 2, "three were bad \xE9");
  std::string response;
  wire::append_field(response, 1, partial);
  const Verdict verdict = judge_body(response);
  EXPECT_EQ(verdict.kind, Kind::delivered);
  EXPECT_EQ(verdict.rejected, 3U);
  EXPECT_EQ(verdict.message, "three were bad \xEF\xBF\xBD");
  EXPECT_EQ(judge_body("").rejected, 0U);
  EXPECT_EQ(judge_body("").message, "");
}

TEST(GrpcVerdict, TakesNoNegativeRejections) {
  std::string partial;
  wire::append_number(partial, 1, static_cast<std::uint64_t>(-3));
  std::string response;
  wire::append_field(response, 1, partial);
  EXPECT_EQ(judge_body(response).rejected, 0U);
}

TEST(GrpcVerdict, TakesAnOkForDeliveredWhateverItsBody) {
  for (const std::string& body :
       {std::string("garbage"), std::string(100, '\xFF'), std::string("\x08\x05"), std::string("\x0A\x7F")}) {
    EXPECT_EQ(judge_body(body).kind, Kind::delivered);
    EXPECT_EQ(judge_body(body).rejected, 0U);
  }
}

}  // namespace
}  // namespace ergon::telemetry
