#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include "sides.hpp"

namespace ergon::bench {

namespace {

// Its thread formats nothing, which is to its advantage.
class CountingSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  [[nodiscard]] std::uint64_t taken() const { return taken_.load(std::memory_order_acquire); }

 private:
  void sink_it_(const spdlog::details::log_msg& /*message*/) override {
    taken_.fetch_add(1, std::memory_order_release);
  }
  void flush_() override {}

  std::atomic<std::uint64_t> taken_{0};
};

class AsyncLogs : public Side {
 public:
  explicit AsyncLogs(spdlog::level::level_enum level) { logger_->set_level(level); }

  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) logger_->info("charged {} to {}", i, values_.customer);
    called_ += kBurstCalls;
  }
  void settle() override {
    while (logger_->should_log(spdlog::level::info) && sink_->taken() < called_)
      std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  bool has_delivered(std::uint64_t calls) override {
    return sink_->taken() == (logger_->should_log(spdlog::level::info) ? calls : 0);
  }

 private:
  static constexpr std::size_t kQueue = 8'192;

  CallValues values_;
  std::uint64_t called_{0};
  std::shared_ptr<CountingSink> sink_ = std::make_shared<CountingSink>();
  std::shared_ptr<spdlog::details::thread_pool> threads_ =
      std::make_shared<spdlog::details::thread_pool>(kQueue, 1);
  std::shared_ptr<spdlog::async_logger> logger_ =
      std::make_shared<spdlog::async_logger>("bench", sink_, threads_, spdlog::async_overflow_policy::block);
};

}  // namespace

std::unique_ptr<Side> spdlog_logs() { return std::make_unique<AsyncLogs>(spdlog::level::info); }
std::unique_ptr<Side> spdlog_disabled_logs() { return std::make_unique<AsyncLogs>(spdlog::level::warn); }

}  // namespace ergon::bench
