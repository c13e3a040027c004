#pragma once

#include <memory>
#include <utility>

#include "telemetry/export/memory_store.hpp"
#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

/// Puts the requests it is given into a store. Any thread.
class MemorySink final : public Sink {
 public:
  explicit MemorySink(std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>())
      : store_(std::move(store)) {}

  /// Where results go; to be set before the first batch.
  void answer_to(std::shared_ptr<ResultInbox> results) { results_ = std::move(results); }

  void submit(ExportBatch batch) override {
    ExportResult result{batch.id, batch.pipeline, batch.count, 0, 0, DropReason::queue_full};
    if (!store_->try_add(batch.signal, batch.request())) std::swap(result.delivered, result.dropped);
    results_->post(result);
  }
  void stop() override {}

  [[nodiscard]] MemoryStore::Requests take() { return store_->take(); }

 private:
  std::shared_ptr<MemoryStore> store_;
  std::shared_ptr<ResultInbox> results_;
};

}  // namespace ergon::inline v0::telemetry
