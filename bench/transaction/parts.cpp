#include "parts.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "orders.hpp"
#include "task/attempt_watch.hpp"

namespace ergon::bench {

namespace {

template <class Call>
double best_of(std::size_t bursts, const Call& call) {
  double best = 1e18;
  for (std::size_t burst = 0; burst < bursts; ++burst) {
    const double begin = clock_ns(CLOCK_MONOTONIC);
    for (std::size_t i = 0; i < kBurst; ++i) call();
    best = std::min(best, (clock_ns(CLOCK_MONOTONIC) - begin) / kBurst);
  }
  return best;
}

}  // namespace

double decode_alone(std::size_t bursts) {
  const RawTransaction raw = make_order(42, Sender::unknown);
  std::optional<Transaction<Order>> transaction;
  return best_of(bursts, [&] { transaction.emplace(raw.id, from_json<Order>(raw.payload), raw.metadata); });
}

double watch_alone(std::size_t bursts) {
  detail::AttemptWatch watch{{}};
  detail::AttemptSlot& slot = watch.add_slot();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  detail::AttemptLimits limits;
  return best_of(bursts, [&] {
    for (const char* stage : {"process", "handle_success"}) {
      limits = slot.begin(1, deadline, "order-000042", stage, {});
      slot.end();
    }
  });
}

double connector_alone(std::size_t bursts) {
  Load load{.bursts = bursts * kBurst / kBurstBatches};  // a fetch is a call, and none may find the end
  BatchSource::use(load);
  BatchSource source;
  return best_of(bursts,
                 [&] {
                   for (const RawTransaction& raw : source.fetch(kBatch)) source.ack(raw);
                 }) /
         kBatch;
}

}  // namespace ergon::bench
