#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include <ergon/task/transaction.hpp>
#include <ergon/telemetry/span_context.hpp>

namespace ergon::inline v0::detail {

/// A call whose time was over and that went on.
struct Overdue {
  std::string transaction_id;
  std::string_view stage;
  SpanContext span;
};

class AttemptWatch;

/// The attempts of one loop thread, one after another. Its thread alone calls it.
class AttemptSlot {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit AttemptSlot(AttemptWatch& watch) noexcept : watch_(watch) {}

  /// Begins an attempt that ends by `deadline`. The id and the stage must stay until `end`.
  [[nodiscard]] AttemptLimits begin(std::int64_t attempt, TimePoint deadline, std::string_view transaction_id,
                                    std::string_view stage, const SpanContext& span);
  /// Ends it, and says whether it was asked to stop before.
  bool end() noexcept;

 private:
  friend class AttemptWatch;
  static constexpr std::int64_t kNone = 0;
  static constexpr std::int64_t kOver = -1;

  AttemptWatch& watch_;
  // Nanoseconds of the steady clock. Set by the loop, taken by the watch when it is over: whoever takes it by
  // compare-exchange decides what happens. Sequentially consistent with the watch's `wakes_at_`.
  std::atomic<std::int64_t> deadline_{kNone};
  std::mutex mutex_;  // held by the watch while it looks at what follows, after it has taken the deadline
  std::string_view transaction_id_;
  std::string_view stage_;
  SpanContext span_;
  std::stop_source stop_;
};

/// Asks attempts to stop when their time is over, and tells of them: one thread of the worker process, which
/// sleeps until the nearest deadline. It also keeps an eye on a descriptor: its end says that the process
/// that started this one is gone.
class AttemptWatch {
 public:
  struct Calls {
    std::function<void(const Overdue&)> is_overdue{};
    /// When the lifeline has ended; once.
    std::function<void()> is_orphaned{};
    /// Every `period`, if there is one.
    std::function<void()> tick{};
    std::chrono::milliseconds period{0};
  };

  /// `lifeline` is -1 where there is none. Throws std::system_error when the kernel has no descriptor or
  /// thread left.
  AttemptWatch(Calls calls, int lifeline = -1);
  AttemptWatch(const AttemptWatch&) = delete;
  AttemptWatch& operator=(const AttemptWatch&) = delete;
  ~AttemptWatch();

  /// A slot for one more loop; it lives as long as the watch.
  [[nodiscard]] AttemptSlot& add_slot();

 private:
  friend class AttemptSlot;
  using TimePoint = std::chrono::steady_clock::time_point;

  void run();
  void wait(std::int64_t until);
  struct Expired {
    std::stop_source stop;
    Overdue overdue;
  };
  [[nodiscard]] std::int64_t look();
  [[nodiscard]] static std::optional<Expired> take_expired(AttemptSlot& slot);
  void wake_for(std::int64_t deadline) noexcept;

  Calls calls_;
  int lifeline_;
  int event_;
  std::atomic<bool> is_over_{false};       // by the destructor, for the thread
  std::atomic<std::int64_t> wakes_at_{0};  // by the thread; read by loops, who wake it for what is earlier
  std::mutex slots_mutex_;
  std::deque<AttemptSlot> slots_;  // grows only, under the mutex
  std::thread thread_;
};

}  // namespace ergon::inline v0::detail
