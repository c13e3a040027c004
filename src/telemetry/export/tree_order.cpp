#include "telemetry/export/tree_order.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <ranges>
#include <set>
#include <utility>

namespace ergon::inline v0::telemetry {

namespace {

using testing::RecordedSpan;
using Spans = std::vector<const RecordedSpan*>;
using TraceKey = std::array<std::uint8_t, 16>;
using SpanKey = std::pair<TraceKey, std::array<std::uint8_t, 8>>;

SpanKey key_of(const RecordedSpan& span) { return {span.context.trace_id.bytes, span.context.span_id.bytes}; }

SpanKey key_of_parent(const RecordedSpan& span) {
  return {span.context.trace_id.bytes, span.parent_span_id.bytes};
}

Spans by_trace_and_start(const std::vector<RecordedSpan>& spans) {
  Spans sorted;
  for (const RecordedSpan& span : spans) sorted.push_back(&span);
  std::ranges::stable_sort(sorted, {}, &RecordedSpan::start_unix_nanoseconds);
  std::map<TraceKey, std::size_t> traces;
  for (const RecordedSpan* span : sorted) traces.try_emplace(span->context.trace_id.bytes, traces.size());
  std::ranges::stable_sort(sorted, {},
                           [&](const RecordedSpan* span) { return traces.at(span->context.trace_id.bytes); });
  return sorted;
}

class Placement {
 public:
  explicit Placement(const std::vector<RecordedSpan>& spans) : sorted_(by_trace_and_start(spans)) {
    for (const RecordedSpan* span : sorted_) children_[key_of(*span)];
    for (const RecordedSpan* span : sorted_) {
      const auto parent = children_.find(key_of_parent(*span));
      (parent == children_.end() ? roots_ : parent->second).push_back(span);
    }
  }

  std::vector<PlacedSpan> take() {
    for (const RecordedSpan* root : roots_) place_with_descendants(root);
    // What is left are spans that are their own ancestors, as only a forged parent can make them.
    for (const RecordedSpan* span : sorted_) place_with_descendants(span);
    return std::move(order_);
  }

 private:
  // Not by recursion: a trace may be as deep as a batch is long.
  void place_with_descendants(const RecordedSpan* root) {
    std::vector<PlacedSpan> waiting{{root, 0}};
    while (!waiting.empty()) {
      const PlacedSpan next = waiting.back();
      waiting.pop_back();
      if (!placed_.insert(next.span).second) continue;
      order_.push_back(next);
      for (const RecordedSpan* child : children_.at(key_of(*next.span)) | std::views::reverse) {
        waiting.push_back({child, next.depth + 1});
      }
    }
  }

  Spans sorted_;
  Spans roots_;
  std::map<SpanKey, Spans> children_;
  std::set<const RecordedSpan*> placed_;
  std::vector<PlacedSpan> order_;
};

}  // namespace

std::vector<PlacedSpan> in_tree_order(const std::vector<RecordedSpan>& spans) {
  return Placement(spans).take();
}

}  // namespace ergon::inline v0::telemetry
