#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ergon/ergon.hpp>

#include "bursts.hpp"

namespace ergon::bench {

inline constexpr std::size_t kBatch = 100;        // what `policies.consumer.fetch.batch.size` is by default
inline constexpr std::size_t kBurstBatches = 10;  // so that a burst is done before the kernel looks elsewhere
inline constexpr std::size_t kBurst = kBatch * kBurstBatches;

struct Order {
  std::string id;
  std::string currency;
  double amount{0};
};
ERGON_PAYLOAD(Order, id, currency, amount);

/// Does nothing, and logs a line when that has succeeded.
class NoopOrders : public Consumer<Order> {
 public:
  void process(const Transaction<Order>& /*transaction*/) override {}
  void handle_success(const Transaction<Order>& transaction) override {
    log_.info("order {} done", transaction.payload().id);
  }

 private:
  Logger log_ = get_logger("orders");
};

/// Whether orders come as another Ergon task dispatches them: with its trace and the time of the dispatch.
enum class Sender : std::uint8_t { unknown, task };
[[nodiscard]] RawTransaction make_order(std::uint64_t number, Sender sender);

/// What a run of orders is measured with.
struct Load {
  std::size_t bursts{0};
  Sender sender{Sender::unknown};
  /// Sends what there is, between two bursts.
  std::function<void()> settle{[] {}};
  /// The results.
  Cost best{};
  std::uint64_t fetches{0};
  std::uint64_t acks{0};
};

/// Hands out copies of a batch in memory, and counts what is acknowledged. Its fetches divide the run into
/// bursts: one of a new burst settles first, which is not timed.
class BatchSource : public Connector {
 public:
  /// The load of the next one to be made: connectors are made from their options alone.
  static void use(Load& load) noexcept { s_load = &load; }

  BatchSource();

  [[nodiscard]] std::vector<RawTransaction> fetch(std::size_t limit) override;
  void ack(const RawTransaction& /*transaction*/) override { ++load_.acks; }
  void nack(const RawTransaction& transaction, Requeue requeue) override;

 private:
  void end_burst();

  static inline Load* s_load = nullptr;

  Load& load_{*s_load};
  std::vector<RawTransaction> batch_;
  BurstTimer timer_;
};

}  // namespace ergon::bench
