#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/worker/worker.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

// Promise 1: the books close to the unit, at each destination and over all, whatever destinations answer.
namespace ergon::telemetry::test {
namespace {

enum class Outcome : std::uint8_t { dropped, rejected, delivered };

struct Expected {
  std::uint64_t delivered{0};
  std::uint64_t rejected{0};
  std::uint64_t dropped{0};
};

// Answers for batches in parts, late, and in an order of its own; keeps a book per record.
class RandomBackend {
 public:
  RandomBackend(std::shared_ptr<Mailbox> mailbox, unsigned seed)
      : mailbox_(std::move(mailbox)), random_(seed) {}

  void take(const ExportBatch& batch) {
    std::vector<std::uint64_t> records;
    for (const RecordRange& range : batch.records) {
      for (std::uint64_t i = 0; i < range.count; ++i) records.push_back(range.first + i);
    }
    EXPECT_EQ(records.size(), batch.count);
    open_.push_back({batch.id, batch.pipeline, batch.signal, std::move(records)});
  }

  // Answers for a part of a batch, as a split, a partial success or a refusal would.
  void answer_some() {
    if (open_.empty()) return;
    const std::size_t at = random_() % open_.size();
    Open& batch = open_[at];
    const std::uint64_t most =
        random_() % 2 == 0 ? batch.records.size() : 1 + random_() % batch.records.size();
    constexpr DropReason kReasons[] = {DropReason::too_large, DropReason::retry_exhausted,
                                       DropReason::non_retryable};
    ExportResult result{batch.id, batch.pipeline, 0, 0, 0, kReasons[random_() % 3]};
    result.delivered = random_() % (most + 1);
    result.rejected = random_() % (most - result.delivered + 1);
    if (random_() % 2 == 0) result.dropped = most - result.delivered - result.rejected;
    note(batch, result.delivered, Outcome::delivered);
    note(batch, result.rejected, Outcome::rejected);
    note(batch, result.dropped, Outcome::dropped);
    const bool is_done = batch.records.empty();
    mailbox_->post(result);
    if (is_done) open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  [[nodiscard]] bool is_done() const { return open_.empty(); }

  [[nodiscard]] Expected expected(Signal signal) const {
    Expected expected;
    for (const auto& [record, best] : best_) {
      if (record.first != signal) continue;
      if (best == Outcome::delivered) ++expected.delivered;
      if (best == Outcome::rejected) ++expected.rejected;
      if (best == Outcome::dropped) ++expected.dropped;
    }
    return expected;
  }

 private:
  struct Open {
    std::uint64_t id;
    std::uint32_t pipeline;
    Signal signal;
    std::vector<std::uint64_t> records;  // not answered for yet
  };

  // Records are answered for from the front, as the worker takes them.
  void note(Open& batch, std::uint64_t count, Outcome outcome) {
    for (; count > 0; --count) {
      auto& best = best_[{batch.signal, batch.records.front()}];
      best = std::max(best, outcome);
      batch.records.erase(batch.records.begin());
    }
  }

  std::shared_ptr<Mailbox> mailbox_;
  std::mt19937 random_;
  std::deque<Open> open_;
  std::map<std::pair<Signal, std::uint64_t>, Outcome> best_;
};

// Three destinations of logs with levels of their own, two of spans, one of metrics.
WorkerOptions many_destinations(const std::vector<std::shared_ptr<StuckSink>>& sinks) {
  WorkerOptions options;
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    const Signal signal = i < 3 ? Signal::logs : i < 5 ? Signal::spans : Signal::metric_points;
    options.pipelines.push_back(
        pipeline_to(sinks[i], signal, signal == Signal::metric_points ? UINT64_MAX : 7 + 5 * i));
    options.pipelines.back().level = i < 3 ? static_cast<Level>(i) : Level::trace;
  }
  options.readers = {{std::chrono::hours(1), 5}};
  return options;
}

void record_randomly(std::mt19937& random) {
  const Logger log = get_logger("books");
  const Tracer tracer = get_tracer("books " + std::to_string(random() % 3));
  for (std::size_t i = random() % 60; i > 0; --i) {
    if (random() % 2 == 0) const auto span = tracer.scoped_span("span");
    if (random() % 2 == 0) log.log(static_cast<Level>(random() % 6), "log");
    get_meter("books").counter("books.counter").add(1, {{"i", random() % 3}});
  }
}

void expect_closed(const SignalStatistics& signal, const Expected& expected) {
  EXPECT_TRUE(signal.total.closes());
  EXPECT_EQ(signal.total.delivered, expected.delivered);
  EXPECT_EQ(signal.total.rejected, expected.rejected);
  EXPECT_EQ(signal.total.queued, 0U);
  const auto filtered = signal.total.dropped[static_cast<std::size_t>(DropReason::filtered)];
  EXPECT_EQ(signal.total.dropped_total(), expected.dropped + filtered);
  for (const DestinationCounts& destination : signal.destinations) {
    EXPECT_TRUE(destination.counts.closes()) << destination.name;
    EXPECT_EQ(destination.counts.queued, 0U) << destination.name;
  }
}

void expect_open_books_close(const Statistics& books) {
  for (const SignalStatistics* signal : {&books.spans, &books.logs, &books.metric_points}) {
    EXPECT_TRUE(signal->total.closes());
    for (const DestinationCounts& destination : signal->destinations)
      EXPECT_TRUE(destination.counts.closes());
  }
}

void run_with_seed(unsigned seed) {
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto mailbox = std::make_shared<Mailbox>();
  std::vector<std::shared_ptr<StuckSink>> sinks;
  for (int i = 0; i < 6; ++i) sinks.push_back(std::make_shared<StuckSink>(mailbox));
  RandomBackend backend(mailbox, seed);
  WorkerSession session(mailbox, many_destinations(sinks));
  const auto fetch = [&] {
    for (const auto& sink : sinks) {
      for (const ExportBatch& batch : sink->take(0)) backend.take(batch);
    }
  };
  for (int round = 0; round < 10; ++round) {
    record_randomly(random);
    const auto flush = session.ask_to_flush();
    if (round % 3 == 0) std::thread([&random] { record_randomly(random); }).join();
    static_cast<void>(session.statistics());
    fetch();
    for (std::size_t i = random() % 20; i > 0; --i) backend.answer_some();
    expect_open_books_close(session.statistics());
  }
  const auto flush = session.ask_to_flush();
  while (!flush->wait_until(Clock::now() + std::chrono::microseconds(100)).has_value()) {
    fetch();
    while (!backend.is_done()) backend.answer_some();
  }
  const Statistics books = session.statistics();
  expect_closed(books.logs, backend.expected(Signal::logs));
  expect_closed(books.spans, backend.expected(Signal::spans));
  expect_closed(books.metric_points, backend.expected(Signal::metric_points));
}

TEST(Books, CloseWhateverDestinationsAnswer) {
  for (unsigned seed = 0; seed < 40 && !::testing::Test::HasFailure(); ++seed) run_with_seed(seed);
}

}  // namespace
}  // namespace ergon::telemetry::test
