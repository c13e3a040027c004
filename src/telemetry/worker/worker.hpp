#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/ticks.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/logging/log_view.hpp"
#include "telemetry/logging/redactor.hpp"
#include "telemetry/record/records.hpp"
#include "telemetry/worker/books.hpp"
#include "telemetry/worker/drain.hpp"
#include "telemetry/worker/in_flight.hpp"
#include "telemetry/worker/ledger.hpp"
#include "telemetry/worker/mailbox.hpp"
#include "telemetry/worker/metric_readers.hpp"
#include "telemetry/worker/pipeline.hpp"
#include "telemetry/worker/prestart_sampling.hpp"
#include "telemetry/worker/replay_buffer.hpp"
#include "telemetry/worker/ring_mark.hpp"
#include "telemetry/worker/sdk_metrics.hpp"
#include "telemetry/worker/tail_decision.hpp"

namespace ergon::inline v0::telemetry {

/// What the worker is to do, fixed for its life.
struct WorkerOptions {
  std::vector<PipelineOptions> pipelines;
  std::vector<ReaderOptions> readers;
  std::optional<RedactConfig> redact{};
  // For spans of the time before the session, which were kept whatever they were; null: all are recorded.
  std::shared_ptr<const SpanSampler> sampler{};
  std::optional<KeepOptions> keep{};  // none: what was sampled is exported
  Level flush_on{Level::error};       // logs of this level and above don't wait for their batch to fill
  bool has_log_sources{false};        // log records say where in the program they were made
  bool has_own_filters{false};        // pipelines have log filters of the program's own
  // So many logs below their levels are held of each local root, to be replayed if it fails; 0: they are
  // none.
  std::size_t replay_keep{0};
  bool reports_itself{false};  // readers get the metrics `otel.sdk.*` …
  Baseline baseline{};         // … that count from here on
};

/// The thread that drains, encodes and batches. It never blocks on anything but its mailbox, unless the
/// program's sampler does when it is asked about early spans, or a log filter. Its public methods are for any
/// other thread.
class Worker {
 public:
  Worker(std::shared_ptr<Mailbox> mailbox, WorkerOptions options);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Ends the thread; sinks have been stopped before.
  ~Worker();

  /// Asks for everything recorded so far to be sent; the answer comes when it has all been settled.
  [[nodiscard]] std::shared_ptr<OneShot<bool>> flush(bool collects_metrics);
  /// The same with a last collection of metrics: what readers collected while it waits could only be dropped.
  [[nodiscard]] std::shared_ptr<OneShot<bool>> last_flush();
  /// Asks for what was recorded so far to be sent by the `simple` processors of this signal; no other
  /// destination is waited for.
  [[nodiscard]] std::shared_ptr<OneShot<bool>> flush_simple(Signal signal);
  [[nodiscard]] AllBooks books();
  /// Between two sessions, while there is no worker: throws away what threads committed too late for the
  /// first, whose books have it as dropped.
  static void discard_leftovers();
  /// For the child of a fork: the parent's worker drained the parent's rings.
  static void forget_drained_in_child() noexcept;
  /// Ends the thread and answers the final books.
  AllBooks stop();
  /// The same by the deadline, and none if the program's sampler or a log filter keeps the thread longer.
  /// Then it is left alone with this object, which must live for ever.
  [[nodiscard]] std::optional<AllBooks> stop(Clock::time_point deadline);
  /// Of a worker that was left alone: its books before the program's code was asked, what waited then as
  /// dropped.
  [[nodiscard]] AllBooks known_books();
  /// Whether the thread has done its last.
  [[nodiscard]] bool has_ended() { return final_books_.wait_until(Clock::now()).has_value(); }
  /// The worker's clock on its own thread, null on all others. For the handler of a crash.
  [[nodiscard]] static const base::WallClock* clock_of_this_thread() noexcept;

 private:
  static constexpr std::chrono::milliseconds kTick{100};
  static constexpr std::chrono::seconds kCalibrationInterval{1};

  // Of what has ever been decided to go on after all, spans and logs: up to where.
  using Backlog = std::array<std::uint64_t, 2>;

  struct PendingFlush {
    FlushCommand asked;
    RingMark mark{RingMark::of_now()};          // what it is about
    std::optional<Backlog> backlog{};           // once all before the mark was taken
    std::optional<std::uint64_t> collection{};  // of metrics, that it waits for
    std::optional<std::uint64_t> last_batch{};  // once its records are in batches: the last of them
  };

  [[nodiscard]] std::shared_ptr<OneShot<bool>> ask_to_flush(FlushCommand command);
  void run();
  void do_duties();
  void visit_all(const std::vector<Command>& commands);
  [[nodiscard]] AllBooks final_books();
  void visit(const ExportResult& result);
  void visit(const FlushCommand& command);
  void visit(const BooksCommand& command);
  void visit(const StopCommand& command);
  void take_crash_flush();
  [[nodiscard]] std::chrono::nanoseconds time_to_next_duty() const;
  [[nodiscard]] bool holds_back() const;
  [[nodiscard]] bool has_passed_over_without_need() const;
  void drain_rings();
  void look_at(std::span<const RecordHeader* const> collected);
  // Spans and logs for which there was no room.
  [[nodiscard]] static std::array<std::uint64_t, 2> dropped_in_threads();
  void tell_of_full_rings();
  [[nodiscard]] bool may_hold_back() const;
  // Each answers whether the record was taken, and not held back.
  bool take_or_drop(const RecordHeader& record);
  bool take(const RecordHeader& record);
  bool take_span(const SpanRecord& record);
  bool take_end(const LocalRootEnd& root);
  bool hold(const SpanRecord& record, bool is_sampled);
  bool release_kept();
  void decide_all_waiting(bool has_crashed);
  [[nodiscard]] bool wants(const SpanRecord& record, bool& is_sampled);
  [[nodiscard]] SamplingDecision add_verdict(const SpanRecord& record);
  bool take_log(const LogRecord& record);
  bool hold_log(const LogRecord& record);
  bool release_replayed();
  bool emit(const LogRecord& record, bool is_replayed);
  [[nodiscard]] LogView encode(const LogRecord& record, bool is_replayed);
  // An encoded record on its way to pipelines.
  struct Offer {
    Signal signal;
    const detail::Scope& scope;
    std::string_view message;
    std::string_view line_record{};  // of a log, for those that make lines
    const LogView* log{nullptr};     // null: it is none
    Level level{Level::off};

    [[nodiscard]] std::string_view message_for(const Pipeline& pipeline) const {
      return pipeline.options().makes_lines ? line_record : message;
    }
  };
  void find_takers(Signal signal, Level level, bool is_sampled);
  // To those found last.
  bool offer(const Offer& record);
  void ask_filters(const LogView& log, const detail::Scope& scope, bool may_ask_again);
  void destroy_filters(const AllBooks& books);
  void offer_to(Pipeline& pipeline, const detail::Scope& scope, std::string_view message,
                const RecordRange& range) noexcept;
  void send(Pipeline& pipeline);
  void send_due(bool all);
  void finish_collections();
  void deliver(Pipeline& pipeline, const std::vector<CollectedMetric>& metrics);
  void add_sdk_metrics(ObservedValues& observed) const noexcept;
  [[nodiscard]] bool has_collected(PendingFlush& flush);
  void advance_flushes();
  void advance(PendingFlush& flush);
  [[nodiscard]] bool has_taken_all(const PendingFlush& flush) const;
  [[nodiscard]] Backlog present_backlog() const;
  [[nodiscard]] bool has_released(const PendingFlush& flush) const;
  [[nodiscard]] bool is_settled(const PendingFlush& flush) const;
  static void answer(const PendingFlush& flush, bool is_settled);
  void drop_the_rest();
  [[nodiscard]] AllBooks make_books() const;
  void add_held(AllBooks& books) const;
  [[nodiscard]] SdkReading read_self() const;
  [[nodiscard]] EarlyRecords early_records(Signal signal, const ThreadTotals& now) const;
  // Of a signal, what is and was held back for the end of its local root.
  struct Held {
    std::uint64_t waiting{0};
    std::uint64_t evicted{0};
  };
  [[nodiscard]] Held held(Signal signal) const;
  // To the sampler, and to a log filter.
  [[nodiscard]] std::array<std::uint64_t, 2> open_questions() const noexcept {
    return {prestart_.open_question(), filter_question_.number()};
  }
  Ledger& ledger(Signal signal) { return ledgers_[static_cast<std::size_t>(signal)]; }

  // Records taken out of rings by all workers that this process had; the present one writes.
  static std::array<std::uint64_t, kSignals> drained_;
  // Of the worker that runs, for its own thread to recognise itself by.
  static std::atomic<pid_t> running_thread_;
  static std::atomic<const base::WallClock*> running_clock_;

  const std::shared_ptr<Mailbox> mailbox_;
  const bool has_log_sources_;
  const bool has_own_filters_;
  const Level flush_on_;
  const Baseline baseline_;
  const std::array<std::uint64_t, kSignals> drained_before_;  // this worker's time
  PrestartSampling prestart_;
  OpenQuestion filter_question_;
  base::WallClock wall_clock_;
  Clock::time_point next_calibration_;
  Drain drain_;
  std::string scratch_;  // the message being encoded
  MessageText message_text_;
  std::string log_fields_;                     // of the log being encoded, where the record's own are not all
  std::string line_record_;                    // of the log being encoded
  std::array<bool, kSignals> is_held_back_{};  // the last pass left records of the signal in the rings
  Backlog released_{};                         // what has gone on
  std::vector<Pipeline> pipelines_;
  std::vector<Pipeline*> takers_;  // of the record that is offered
  std::optional<Redactor> redactor_;
  bool has_takers_of_unsampled_{false};
  bool has_filters_{false};  // a pipeline does
  MetricReaders readers_;
  std::array<Ledger, kSignals> ledgers_;
  std::uint64_t points_{0};
  std::uint64_t sampled_out_{0};
  std::optional<SdkMetrics> sdk_metrics_;
  std::optional<TailDecision> tail_;
  std::optional<ReplayBuffer> replay_;
  InFlight in_flight_;
  std::vector<PendingFlush> flushes_;
  std::array<std::uint64_t, 2> dropped_in_threads_{dropped_in_threads()};  // when that was last looked at
  std::uint64_t last_batch_{0};
  Clock::time_point now_;
  bool is_stopping_{false};
  OneShot<AllBooks> known_books_;  // given anew before each pass that may ask the program's own code
  OneShot<AllBooks> final_books_;
  std::thread thread_;
};

}  // namespace ergon::inline v0::telemetry
