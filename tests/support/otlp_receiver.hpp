#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/reserved_port.hpp"
#include "support/test_certificate.hpp"

namespace ergon::test {

enum class OtlpSignal { any, traces, logs, metrics };

struct OtlpReceiverOptions {
  bool is_sink = false;                  // counts only: nothing to show, any speed
  std::optional<TestCertificate> tls{};  // https with this server certificate
  bool needs_client_certificate = false;
};

/// Accepted items and all requests since the start or the last clear().
struct ReceivedCounts {
  std::uint64_t spans = 0;
  std::uint64_t logs = 0;
  std::uint64_t metric_points = 0;
  std::uint64_t requests = 0;

  bool operator==(const ReceivedCounts&) const = default;
};

std::ostream& operator<<(std::ostream& out, const ReceivedCounts& counts);

/// The next `times` requests get this gRPC status and are not stored.
struct OrderedFailure {
  OtlpSignal signal = OtlpSignal::any;
  int code = 14;  // UNAVAILABLE
  std::string message = "ordered by a test";
  int times = 1;
  std::optional<std::chrono::milliseconds> retry_after{};  // sent as google.rpc.RetryInfo
};

/// The next `times` requests are answered with partial_success; their last `rejected` items are not stored.
struct OrderedPartialSuccess {
  OtlpSignal signal = OtlpSignal::any;
  std::uint64_t rejected = 0;
  std::string message{};
  int times = 1;
};

/// The next `times` requests are stored at once and answered late.
struct OrderedDelay {
  OtlpSignal signal = OtlpSignal::any;
  std::chrono::milliseconds duration{0};
  int times = 1;
};

/// An OTLP/gRPC backend on 127.0.0.1: grpc++ with the official protos, in a process of its own, so that
/// nothing of it meets the sanitizers or the libraries of the test. The forms of the JSON items are in
/// tests/receiver/README.md.
///
/// Use it from one thread, and start it from one that lives as long as it (the receiver is killed with the
/// thread that started it). In a process forked from the test it is inert. Whatever goes wrong throws
/// std::runtime_error with what the receiver wrote to stderr.
class OtlpReceiver {
 public:
  explicit OtlpReceiver(OtlpReceiverOptions options = {});
  ~OtlpReceiver();

  std::string endpoint() const;  // "http://127.0.0.1:PORT", with TLS "https://…"
  std::uint16_t port() const { return port_.number(); }
  pid_t pid() const;

  std::vector<nlohmann::json> spans() { return dump("traces"); }
  std::vector<nlohmann::json> logs() { return dump("logs"); }
  std::vector<nlohmann::json> metrics() { return dump("metrics"); }
  std::vector<nlohmann::json> requests();
  ReceivedCounts count();

  /// True as soon as all counts are at least these, false at the timeout. The receiver waits, not the test.
  bool wait_for(const ReceivedCounts& wanted, std::chrono::milliseconds timeout);

  void fail_next(const OrderedFailure& order);
  void partial_next(const OrderedPartialSuccess& order);
  void delay_next(const OrderedDelay& order);

  /// Forgets items, requests, counts and orders.
  void clear();

  /// Asks it to quit, and kills it if it does not within 5 s. What it had received is lost; the port stays
  /// reserved and refuses connections. Harmless when it is stopped already.
  void stop();

  /// SIGKILL: the outage that gives no notice.
  void kill();

  /// Empty again, on the same port with the same options. Stops it first if it runs.
  void restart();

 private:
  void start();
  std::vector<nlohmann::json> dump(const char* signal);
  nlohmann::json ask(const std::string& command, const nlohmann::json& arguments = nlohmann::json::object());
  nlohmann::json ask_within(std::chrono::milliseconds timeout, const std::string& command,
                            const nlohmann::json& arguments);
  nlohmann::json next_answer(std::chrono::milliseconds timeout);

  OtlpReceiverOptions options_;
  ReservedPort port_;
  std::optional<ChildProcess> child_;
};

}  // namespace ergon::test
