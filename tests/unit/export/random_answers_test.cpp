#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

#include "base/utf8.hpp"
#include "telemetry/export/grpc_verdict.hpp"

// What a server says never crashes the program: bytes by chance, and bytes of almost the right form.
namespace ergon::telemetry {
namespace {

std::string random_bytes(std::mt19937_64& random, std::size_t most) {
  std::string bytes(random() % (most + 1), '\0');
  for (char& c : bytes) c = static_cast<char>(random() % 256);
  return bytes;
}

// Nested fields of low numbers and any wire type, lengths mostly right.
std::string random_message(std::mt19937_64& random, int depth = 0) {
  std::string message;
  for (std::size_t fields = random() % 5; fields > 0; --fields) {
    const auto type = static_cast<char>(random() % 6);
    message.push_back(static_cast<char>((1 + random() % 16) << 3U | static_cast<unsigned>(type)));
    if (type == 0) message += std::string(random() % 3, '\x81') + static_cast<char>(random() % 128);
    if (type == 1) message += random_bytes(random, 8);
    if (type == 5) message += random_bytes(random, 4);
    if (type != 2) continue;
    const std::string inner =
        depth < 5 && random() % 3 != 0 ? random_message(random, depth + 1) : random_bytes(random, 6);
    message.push_back(
        static_cast<char>(std::min<std::size_t>(127, inner.size() + (random() % 10 == 0 ? 1 : 0))));
    message += inner;
  }
  return message;
}

void expect_sound(const Verdict& verdict) {
  EXPECT_LE(verdict.kind, Verdict::Kind::refused);
  EXPECT_GE(verdict.server_delay.count(), 0);
  EXPECT_LE(verdict.server_delay, std::chrono::hours(24));
  EXPECT_TRUE(base::is_valid_utf8(verdict.message));
}

TEST(RandomAnswers, AreJudgedWithoutHarm) {
  std::mt19937_64 random(21);
  for (int i = 0; i < 60'000; ++i) {
    GrpcAnswer answer;
    answer.http_status = static_cast<long>(random() % 3 == 0 ? 200 : random() % 700);
    answer.is_grpc = random() % 2 == 0;
    if (random() % 4 != 0) answer.status = static_cast<int>(random() % 18);
    answer.details = random() % 2 == 0 ? random_bytes(random, 60) : random_message(random);
    answer.body = random_bytes(random, 5) + random_message(random);
    expect_sound(judge(answer));
  }
}

TEST(RandomAnswers, GiveHeadersWithoutHarm) {
  constexpr std::string_view kNames[] = {"grpc-status", "grpc-message", "grpc-status-details-bin",
                                         "content-type", ""};
  std::mt19937_64 random(22);
  for (int i = 0; i < 60'000; ++i) {
    GrpcAnswer answer;
    answer.http_status = 200;
    for (int lines = 0; lines < 4; ++lines) {
      std::string line(kNames[random() % 5]);
      line += random() % 8 == 0 ? "" : ": ";
      line += random_bytes(random, 40);
      take_header(answer, line);
    }
    expect_sound(judge(answer));
  }
}

}  // namespace
}  // namespace ergon::telemetry
