#pragma once

#include <cstddef>
#include <vector>

#include <ergon/testing/recording.hpp>

namespace ergon::inline v0::telemetry {

/// A span and how many of its ancestors are there, too.
struct PlacedSpan {
  const testing::RecordedSpan* span;
  std::size_t depth;
};

/// The spans as trees, line by line: each trace as a whole, traces and roots in order of start, every span
/// below its parent, in order of start there. A span whose parent is not among them is a root. Refers to the
/// spans; no span is left out.
[[nodiscard]] std::vector<PlacedSpan> in_tree_order(const std::vector<testing::RecordedSpan>& spans);

}  // namespace ergon::inline v0::telemetry
