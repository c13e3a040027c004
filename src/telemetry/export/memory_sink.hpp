#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::telemetry {

/// Keeps the requests it is given, for tests. Any thread.
class MemorySink final : public Sink {
 public:
  /// Where results go; to be set before the first batch.
  void answer_to(std::shared_ptr<ResultInbox> results) { results_ = std::move(results); }

  void submit(ExportBatch batch) override {
    const ExportResult result{batch.id, batch.pipeline, batch.count, 0, 0, {}};
    {
      const std::lock_guard guard(mutex_);
      requests_.emplace_back(batch.signal, std::string(batch.request()));
    }
    results_->post(result);
  }
  void stop() override {}

  using Requests = std::vector<std::pair<Signal, std::string>>;
  [[nodiscard]] Requests take() {
    const std::lock_guard guard(mutex_);
    return std::exchange(requests_, {});
  }

 private:
  std::shared_ptr<ResultInbox> results_;
  std::mutex mutex_;
  Requests requests_;
};

}  // namespace ergon::telemetry
