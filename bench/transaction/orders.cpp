#include "orders.hpp"

#include <fmt/core.h>

#include <stdexcept>

namespace ergon::bench {

RawTransaction make_order(std::uint64_t number, Sender sender) {
  std::string id = fmt::format("order-{:06}", number);
  RawTransaction raw{.payload = fmt::format(R"({{"id":"{}","currency":"EUR","amount":129.5}})", id)};
  raw.id = std::move(id);
  if (sender == Sender::task) {
    raw.metadata = {
        {"ergon.enqueue_time", "2026-11-22T16:47:20.123Z"},
        {"traceparent", fmt::format("00-4bf92f3577b34da6a3ce929d{:08x}-00f067aa0ba902b7-03", number)}};
  }
  return raw;
}

BatchSource::BatchSource() {
  for (std::uint64_t i = 0; i < kBatch; ++i) batch_.push_back(make_order(i, load_.sender));
}

std::vector<RawTransaction> BatchSource::fetch(std::size_t limit) {
  if (limit != kBatch) throw std::logic_error("the bench is about batches of another size");
  if (load_.fetches % kBurstBatches == 0) {
    if (load_.fetches > 0) end_burst();
    if (load_.fetches == load_.bursts * kBurstBatches) return {};
    timer_.begin();
  }
  ++load_.fetches;
  return batch_;
}

void BatchSource::end_burst() {
  timer_.end();
  load_.settle();
  load_.best.keep_best(timer_.each_of(kBurst));
}

void BatchSource::nack(const RawTransaction& transaction, Requeue /*requeue*/) {
  throw std::logic_error(transaction.id + " failed");
}

}  // namespace ergon::bench
