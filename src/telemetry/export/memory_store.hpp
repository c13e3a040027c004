#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/telemetry/statistics.hpp>

#include "telemetry/buffer/memory_budget.hpp"

namespace ergon::inline v0::telemetry {

/// Requests that are kept in memory, for tests, and outlive the session that they come from. Any thread, by
/// one lock for all stores.
class MemoryStore {
 public:
  /// Of all stores together.
  static constexpr std::size_t kMostBytes = 64U << 20U;

  using Requests = std::vector<std::pair<Signal, std::string>>;

  MemoryStore() = default;
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;
  ~MemoryStore();

  /// The one of this name, for as long as the process lives.
  [[nodiscard]] static std::shared_ptr<MemoryStore> named(std::string_view name);

  /// False when all is full.
  [[nodiscard]] bool try_add(Signal signal, std::string_view request);
  [[nodiscard]] Requests requests() const;
  /// The same, which then are gone.
  [[nodiscard]] Requests take();

  // Around a fork: the child finds what its parent had kept.
  static void lock_for_fork();
  static void unlock_after_fork();

 private:
  Requests requests_;
  std::size_t bytes_{0};
};

}  // namespace ergon::inline v0::telemetry
