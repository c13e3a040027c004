#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "receiver/signal.hpp"

namespace ergon::receiver {

/// Items that were accepted, and all requests, accepted or not.
struct Counts {
  std::uint64_t spans = 0;
  std::uint64_t logs = 0;
  std::uint64_t metric_points = 0;
  std::uint64_t requests = 0;

  std::uint64_t& of(Signal signal);
  bool covers(const Counts& wanted) const;
};

/// What is known about one request beside its items.
struct RequestNote {
  Signal signal = Signal::traces;
  std::size_t items = 0;
  std::size_t accepted = 0;
  std::size_t bytes = 0;          // after decompression
  std::size_t unknown_bytes = 0;  // in fields that the official protos do not know
  std::multimap<std::string, std::string> metadata{};
  std::optional<std::chrono::milliseconds> time_left{};  // until the client's deadline, at arrival
  std::string encoding{};
  std::string status{};
};

/// The first `accepted` items of these bytes are what the receiver took.
struct AcceptedRequest {
  Signal signal = Signal::traces;
  std::size_t accepted = 0;
  std::string bytes{};
};

/// Everything since the last clear(). gRPC's threads add, the command thread reads. A sink only counts.
class ReceivedRequests {
 public:
  explicit ReceivedRequests(bool is_sink) : is_sink_(is_sink) {}

  void add(RequestNote note, std::string bytes);

  Counts counts() const;
  std::vector<RequestNote> notes() const;
  std::vector<std::shared_ptr<const AcceptedRequest>> accepted() const;

  /// Returns as soon as the counts reach `wanted`, false at the timeout.
  bool wait_for(const Counts& wanted, std::chrono::milliseconds timeout) const;

  void clear();

 private:
  const bool is_sink_;
  mutable std::mutex mutex_;
  mutable std::condition_variable added_;
  Counts counts_;
  std::vector<RequestNote> notes_;
  std::vector<std::shared_ptr<const AcceptedRequest>> accepted_;
};

}  // namespace ergon::receiver
