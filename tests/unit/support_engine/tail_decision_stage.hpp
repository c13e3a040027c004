#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/wire.hpp"
#include "telemetry/record/local_root.hpp"
#include "telemetry/record/probability_state.hpp"
#include "telemetry/record/read_span.hpp"
#include "telemetry/worker/tail_decision.hpp"

namespace ergon::telemetry::test {

inline constexpr std::uint64_t kHalf = kNeverSampled / 2;

/// A span of a local root of so high a randomness, all made up.
struct Told {
  std::string name;
  std::uint8_t number;
  std::uint8_t root_number;  // of its local root
  std::uint64_t randomness{kHalf};
  StatusCode status{StatusCode::unset};
  std::string state{};
  bool is_sampled{true};
  bool has_parent{false};  // of a local root, in another process
  std::chrono::nanoseconds start{std::chrono::hours(1)};
  std::chrono::nanoseconds duration{0};
};

inline SpanId id_of(std::uint8_t number) {
  return {{number, number, number, number, number, number, number, number}};
}

/// A tail decision that is told of made-up spans.
class TailDecisionStage : public ::testing::Test {
 protected:
  TailDecisionStage() { budget_.set_limit(8U << 20U); }

  void make(const KeepOptions& options) { tail_.emplace(budget_, options); }

  // Takes out what was kept where that needs the room, as the worker does.
  void take(const Told& told) {
    SpanRecord record{};
    record.context.trace_id.bytes.fill(0xab);
    const std::uint64_t low = __builtin_bswap64(told.randomness | 0xab00'0000'0000'0000U);
    std::memcpy(record.context.trace_id.bytes.data() + 8, &low, sizeof low);
    record.context.span_id = id_of(told.number);
    record.local_root = local_root_bits(id_of(told.root_number));
    if (told.number != told.root_number || told.has_parent) record.parent_span_id = id_of(99);
    record.parent_is_remote = told.has_parent;
    record.status = told.status;
    std::string message;
    base::wire::append_field(message, 5, told.name);
    if (!told.state.empty()) base::wire::append_field(message, 3, told.state);
    const auto start = static_cast<std::uint64_t>(told.start.count());
    const SpanTimes times{start, start + static_cast<std::uint64_t>(told.duration.count())};
    while (!tail_->take(record, told.is_sampled, times, message)) take_out();
  }

  // Names of what was kept since the last look, with their last states behind.
  std::vector<std::string> kept() {
    take_out();
    return std::exchange(kept_, {});
  }
  [[nodiscard]] bool has_kept() const { return !kept_.empty() || tail_->next_kept() != nullptr; }

  MemoryBudget budget_{64U << 10U};
  std::optional<TailDecision> tail_;

 private:
  void take_out() {
    while (const HeldSpan* span = tail_->next_kept()) {
      const SpanData data = read_span_data(span->message);
      const std::string_view state = data.context.trace_state.to_header();
      kept_.push_back(state.empty() ? data.name : data.name + " " + std::string(state));
      tail_->pop_kept();
    }
  }

  std::vector<std::string> kept_;
};

inline KeepOptions options(double ratio = 0) {
  return {.errors = true,
          .slower_than = std::chrono::milliseconds(500),
          .threshold = rounded_threshold(ratio),
          .head = HeadThreshold{.threshold = kAlwaysSampled, .is_of_roots = true}};
}

using Names = std::vector<std::string>;

}  // namespace ergon::telemetry::test
