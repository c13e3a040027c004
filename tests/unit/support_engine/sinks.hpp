#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::telemetry::test {

inline ExportResult delivered(const ExportBatch& batch) {
  return {batch.id, batch.pipeline, batch.count, 0, 0, {}};
}

inline ExportResult dropped(const ExportBatch& batch, DropReason reason) {
  return {batch.id, batch.pipeline, 0, 0, batch.count, reason};
}

/// Delivers every batch at once and keeps it.
class DeliveringSink final : public Sink {
 public:
  explicit DeliveringSink(std::shared_ptr<ResultInbox> results) : results_(std::move(results)) {}

  void submit(ExportBatch batch) override {
    const ExportResult result = delivered(batch);
    {
      const std::lock_guard guard(mutex_);
      batches_.push_back(std::move(batch));
    }
    results_->post(result);
  }
  void stop() override {}

  [[nodiscard]] std::vector<ExportBatch> take() {
    const std::lock_guard guard(mutex_);
    return std::exchange(batches_, {});
  }

 private:
  std::shared_ptr<ResultInbox> results_;
  std::mutex mutex_;
  std::vector<ExportBatch> batches_;
};

/// Answers nothing until it is told to or stopped.
class StuckSink final : public Sink {
 public:
  explicit StuckSink(std::shared_ptr<ResultInbox> results) : results_(std::move(results)) {}

  void submit(ExportBatch batch) override {
    {
      const std::lock_guard guard(mutex_);
      if (!is_stopped_) {
        batches_.push_back(std::move(batch));
        arrived_.notify_all();
        return;
      }
    }
    results_->post(dropped(batch, DropReason::shutdown));
  }
  void stop() override {
    const std::lock_guard guard(mutex_);
    is_stopped_ = true;
    for (const ExportBatch& batch : batches_) results_->post(dropped(batch, DropReason::shutdown));
    batches_.clear();
  }

  /// The batches that it holds, when there are so many; they are the caller's to answer for.
  [[nodiscard]] std::vector<ExportBatch> take(std::size_t at_least) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return batches_.size() >= at_least; });
    return std::exchange(batches_, {});
  }
  void post(const ExportResult& result) { results_->post(result); }

 private:
  std::shared_ptr<ResultInbox> results_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<ExportBatch> batches_;
  bool is_stopped_{false};
};

/// Keeps results until a test asks for them.
class KeepingInbox final : public ResultInbox {
 public:
  void post(const ExportResult& result) override {
    const std::lock_guard guard(mutex_);
    results_.push_back(result);
    arrived_.notify_all();
  }
  /// Waits for so many results in all and answers them.
  [[nodiscard]] std::vector<ExportResult> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return results_.size() >= count; });
    return results_;
  }
  [[nodiscard]] std::size_t count() {
    const std::lock_guard guard(mutex_);
    return results_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<ExportResult> results_;
};

}  // namespace ergon::telemetry::test
