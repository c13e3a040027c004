#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "receiver/signal.hpp"

namespace ergon::receiver {

/// What a test orders for requests to come. No signal means any signal.
struct Failure {
  std::optional<Signal> signal{};
  int times = 1;
  int code = 14;
  std::string message{};
  std::optional<std::chrono::milliseconds> retry_after{};
};

struct PartialSuccess {
  std::optional<Signal> signal{};
  int times = 1;
  std::size_t rejected = 0;
  std::string message{};
};

struct Delay {
  std::optional<Signal> signal{};
  int times = 1;
  std::chrono::milliseconds duration{0};
};

/// The orders that apply to one request.
struct Faults {
  std::optional<Failure> failure{};
  std::optional<PartialSuccess> partial{};
  std::chrono::milliseconds delay{0};
};

/// Orders wait here, first come first served for each kind. The command thread adds, gRPC's threads take.
class FaultPlan {
 public:
  void add(Failure order);
  void add(PartialSuccess order);
  void add(Delay order);

  /// Takes what applies to the next request of this signal. A request that fails uses up no partial success.
  Faults next(Signal signal);

  void clear();

 private:
  std::mutex mutex_;
  std::deque<Failure> failures_;
  std::deque<PartialSuccess> partials_;
  std::deque<Delay> delays_;
};

}  // namespace ergon::receiver
