#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include <ergon/telemetry.hpp>

#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/memory_session.hpp"

// Starts, flushes and shutdowns that meet each other.
namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Connections are made, and nothing is ever answered.
class MuteServer {
 public:
  MuteServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) throw std::runtime_error("no socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 16), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  MuteServer(const MuteServer&) = delete;
  MuteServer& operator=(const MuteServer&) = delete;
  ~MuteServer() { ::close(socket_); }

  [[nodiscard]] std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_;
  int port_{0};
};

TelemetryConfig to(const MuteServer& server) {
  TelemetryConfig config;
  config.tracing = TracingConfig{
      .processors = {BatchSpanProcessor{.exporter = OtlpGrpcExporter{.endpoint = server.endpoint()}}}};
  return config;
}

void record_a_span() { const auto span = get_tracer("shutdown").scoped_span("s"); }

void wait_for_stop_of_recording() {
  while (g_recording.phase.load() != Phase::stopped) std::this_thread::yield();
}

TEST(Shutdown, RefusesANewSessionUntilItIsOver) {
  const MuteServer server;
  Session session = start(to(server));
  record_a_span();
  auto first = std::async(std::launch::async, [&] { return session.shutdown(500ms); });
  wait_for_stop_of_recording();
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(start(to(server)));
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("still being shut down"), std::string::npos);
  EXPECT_FALSE(first.get());
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.dropped[static_cast<std::size_t>(DropReason::shutdown)], 1U);
  EXPECT_TRUE(counts.closes());
  EXPECT_TRUE(start(to(server)));
}

TEST(Shutdown, ASecondCallerWaitsForTheFirst) {
  const MuteServer server;
  Session session = start(to(server));
  record_a_span();
  auto first = std::async(std::launch::async, [&] { return session.shutdown(400ms); });
  wait_for_stop_of_recording();
  const auto begun = Clock::now();
  EXPECT_FALSE(session.shutdown(20ms)) << "its own deadline comes first";
  EXPECT_FALSE(session.shutdown(20s));
  EXPECT_LT(Clock::now() - begun, 10s);
  EXPECT_FALSE(first.get());
}

TEST(Shutdown, AnswersFlushesAndQuestionsThatComeWithIt) {
  const MuteServer server;
  for (int round = 0; round < 20; ++round) {
    Session session = start(to(server));
    record_a_span();
    auto flush = std::async(std::launch::async, [&] { return session.flush(20s); });
    auto books = std::async(std::launch::async, [&] { return session.statistics().spans.total.closes(); });
    const auto begun = Clock::now();
    session.shutdown(1ms);
    flush.get();
    EXPECT_TRUE(books.get());
    EXPECT_LT(Clock::now() - begun, 10s);
  }
}

// A recording thread may have read its number just before.
TEST(Shutdown, LeavesTheWakeDescriptorOpen) {
  Session session = start();
  const int descriptor = g_recording.wake_descriptor.load();
  session.shutdown(1s);
  EXPECT_GE(::fcntl(descriptor, F_GETFD), 0);
  Session next = start();
  EXPECT_EQ(g_recording.wake_descriptor.load(), descriptor);
}

TEST(SimpleProcessor, WaitsForNoOtherDestination) {
  const MuteServer server;
  TelemetryConfig config = to(server);
  config.logging = LoggingConfig{
      .handlers = {OtlpHandler{.processors = {SimpleLogProcessor{.exporter = ConsoleExporter{}}}}}};
  ::testing::internal::CaptureStdout();
  Session session = start(config, {.shutdown_timeout = 1ms});
  record_a_span();
  const auto begun = Clock::now();
  get_logger("simple").info("shown at once");
  EXPECT_LT(Clock::now() - begun, 5s);
  EXPECT_EQ(session.statistics().logs.total.delivered, 1U);
  EXPECT_NE(::testing::internal::GetCapturedStdout().find("shown at once"), std::string::npos);
}

TEST(Session, BooksOfEachCloseWhileThreadsRecordAcrossThem) {
  std::atomic<bool> is_over{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!is_over) {
        record_a_span();
        get_logger("across").info("l {}", 1);
      }
    });
  }
  for (int round = 0; round < 30; ++round) {
    ergon::test::MemorySession session;
    record_a_span();
    session.stop();
    const Statistics books = session.statistics();
    EXPECT_EQ(books.spans.total.queued, 0U);
    EXPECT_EQ(books.logs.total.queued, 0U);
    EXPECT_LE(books.spans.total.delivered, books.spans.total.created);
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace ergon::telemetry
