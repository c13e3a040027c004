// The receiver as a process: TLS, outages, forks, its end.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "receiver/otlp_test_client.hpp"
#include "receiver/sample_requests.hpp"
#include "support/child_process.hpp"
#include "support/otlp_receiver.hpp"
#include "support/test_certificate.hpp"

namespace ergon::receiver {
namespace {

using namespace std::chrono_literals;
using test::ChildProcess;
using test::ExitStatus;
using test::OtlpReceiver;
using test::ReceivedCounts;

constexpr int kOk = 0;
constexpr int kUnavailable = 14;

int send_one_span(const ClientOptions& options) { return OtlpTestClient(options).send(plain_spans(1)).code; }

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "otlp_receiver_test_XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(OtlpReceiverTls, ServesItsCertificateToThoseWhoTrustIt) {
  const TemporaryDirectory directory;
  const auto own = test::make_test_certificate(directory.path() / "own");
  const auto other = test::make_test_certificate(directory.path() / "other");
  OtlpReceiver receiver({.tls = own});
  EXPECT_EQ(receiver.endpoint(), "https://127.0.0.1:" + std::to_string(receiver.port()));
  EXPECT_EQ(send_one_span({.port = receiver.port(), .ca_file = own.ca_file}), kOk);
  EXPECT_EQ(send_one_span({.port = receiver.port(), .ca_file = other.ca_file}), kUnavailable);
  EXPECT_EQ(send_one_span({.port = receiver.port()}), kUnavailable);
  EXPECT_EQ(receiver.count().spans, 1u);
}

TEST(OtlpReceiverTls, AsksForAClientCertificate) {
  const TemporaryDirectory directory;
  const auto own = test::make_test_certificate(directory.path());
  OtlpReceiver receiver({.tls = own, .needs_client_certificate = true});
  EXPECT_EQ(send_one_span({.port = receiver.port(), .ca_file = own.ca_file}), kUnavailable);
  EXPECT_EQ(send_one_span({.port = receiver.port(),
                           .ca_file = own.ca_file,
                           .certificate_file = own.client_certificate_file,
                           .key_file = own.client_key_file}),
            kOk);
}

TEST(OtlpReceiverProcess, ComesBackEmptyOnTheSamePort) {
  OtlpReceiver receiver;
  const auto endpoint = receiver.endpoint();
  ASSERT_EQ(send_one_span({.port = receiver.port()}), kOk);
  receiver.kill();
  EXPECT_EQ(send_one_span({.port = receiver.port()}), kUnavailable);
  EXPECT_THROW(receiver.count(), std::runtime_error);
  receiver.restart();
  EXPECT_EQ(receiver.endpoint(), endpoint);
  EXPECT_EQ(receiver.count(), ReceivedCounts{});
  EXPECT_EQ(send_one_span({.port = receiver.port()}), kOk);
  receiver.stop();
  EXPECT_EQ(send_one_span({.port = receiver.port()}), kUnavailable);
  for (int i = 0; i < 5; ++i) {
    receiver.restart();
    ASSERT_EQ(send_one_span({.port = receiver.port()}), kOk);
  }
}

TEST(OtlpReceiverProcess, StaysWhenAForkedProcessEnds) {
  std::optional<OtlpReceiver> receiver(std::in_place);
  const pid_t forked = ::fork();
  if (forked == 0) {
    receiver.reset();
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(forked, &status, 0), forked);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(receiver->count(), ReceivedCounts{});
}

TEST(OtlpReceiverProcess, EndsThoughAForkedProcessHoldsItsInput) {
  std::optional<OtlpReceiver> receiver(std::in_place);
  const pid_t forked = ::fork();
  if (forked == 0) {
    ::pause();
    ::_exit(0);
  }
  const pid_t pid = receiver->pid();
  const auto start = std::chrono::steady_clock::now();
  receiver.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 4s) << "it had to be killed";
  EXPECT_EQ(::kill(pid, 0), -1);
  ::kill(forked, SIGKILL);
  ::waitpid(forked, nullptr, 0);
}

TEST(OtlpReceiverProcess, EndsWithItsInputEvenWhileAnswersAreDelayed) {
  ChildProcess receiver({.arguments = {ERGON_OTLP_RECEIVER}});
  const auto ready = nlohmann::json::parse(receiver.next_output_line(20s).value_or("{}"));
  receiver.write_input("delay {\"ms\": 3600000}\n");
  ASSERT_EQ(receiver.next_output_line(20s), R"({"ok":true})");
  OtlpTestClient client({.port = ready.at("port"), .timeout = 100ms});
  client.send(plain_spans(1));
  receiver.close_input();
  EXPECT_EQ(receiver.wait(20s), ExitStatus{.code = 0});
}

TEST(OtlpReceiverProcess, RefusesATakenPortAndBadArguments) {
  OtlpReceiver receiver;
  ChildProcess second({.arguments = {ERGON_OTLP_RECEIVER, "--port", std::to_string(receiver.port())}});
  EXPECT_EQ(second.wait(20s), ExitStatus{.code = 1});
  ChildProcess third({.arguments = {ERGON_OTLP_RECEIVER, "--tls-cert", "x"}});
  EXPECT_EQ(third.wait(20s), ExitStatus{.code = 2});
}

TEST(OtlpReceiverProcess, UnknownAndMalformedCommandsAreAnsweredWithAnError) {
  ChildProcess receiver({.arguments = {ERGON_OTLP_RECEIVER}});
  ASSERT_TRUE(receiver.next_output_line(20s));
  for (const char* const command : {"dance\n", "wait {\n", "fail {\"signal\":\"smoke\"}\n"}) {
    receiver.write_input(command);
    const auto answer = nlohmann::json::parse(receiver.next_output_line(20s).value_or("{}"));
    EXPECT_TRUE(answer.contains("error")) << command << answer;
  }
}

}  // namespace
}  // namespace ergon::receiver
