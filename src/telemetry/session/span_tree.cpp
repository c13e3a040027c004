#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include <ergon/testing/span_tree.hpp>

#include "base/one_line.hpp"
#include "telemetry/export/record_text.hpp"
#include "telemetry/export/tree_order.hpp"

namespace ergon::inline v0::testing {

namespace {

using telemetry::PlacedSpan;
using Lines = std::vector<std::string_view>;

constexpr std::ptrdiff_t kAround = 3;  // equal lines shown on either side of a difference

std::string line_of(const PlacedSpan& placed, const SpanTreeOptions& options) {
  const RecordedSpan& span = *placed.span;
  std::string line(placed.depth * 2, ' ');
  base::append_one_line(line, span.name);
  if (options.kinds) line.append(" ").append(telemetry::kind_name(span.kind));
  if (options.status) telemetry::append_status(line, span);
  for (const std::string& wanted : options.attributes) {
    for (const auto& [key, value] : span.attributes) {
      if (key == wanted) telemetry::append_attribute(line, key, value);
    }
  }
  if (!options.events) return line;
  for (const RecordedEvent& event : span.events) {
    base::append_one_line(line.append(" ["), event.name);
    line.push_back(']');
  }
  return line;
}

// From the last line to the first: what is below a span has been merged when its own line comes.
std::string merge_equal(const std::vector<PlacedSpan>& order, const SpanTreeOptions& options) {
  std::map<std::size_t, std::map<std::string, std::size_t>> subtrees;  // by depth; how many of each
  const auto take = [&](std::size_t depth) {
    std::string text;
    for (const auto& [subtree, count] : subtrees[depth]) {
      const auto first_line = subtree.find('\n');
      text.append(subtree, 0, first_line);
      if (count > 1) fmt::format_to(std::back_inserter(text), " x{}", count);
      text.append(subtree, first_line);
    }
    subtrees.erase(depth);
    return text;
  };
  for (auto placed = order.rbegin(); placed != order.rend(); ++placed) {
    ++subtrees[placed->depth][line_of(*placed, options) + "\n" + take(placed->depth + 1)];
  }
  return take(0);
}

Lines lines_of(std::string_view tree) {
  if (tree.starts_with('\n')) tree.remove_prefix(1);
  if (tree.ends_with('\n')) tree.remove_suffix(1);
  Lines lines;
  if (tree.empty()) return lines;
  for (std::size_t end = 0; end != std::string_view::npos;
       tree.remove_prefix(std::min(tree.size(), end + 1))) {
    end = tree.find('\n');
    lines.push_back(tree.substr(0, end));
  }
  return lines;
}

void append_lines(std::string& out, std::string_view mark, Lines::const_iterator from,
                  Lines::const_iterator to) {
  for (; from != to; ++from) out.append(mark).append(*from).append("\n");
}

}  // namespace

std::string RecordedSpans::tree() const { return tree(SpanTreeOptions{}); }

std::string RecordedSpans::tree(const SpanTreeOptions& options) const {
  const auto order = telemetry::in_tree_order(*this);
  if (options.merges_equal) return merge_equal(order, options);
  std::string out;
  for (const PlacedSpan& placed : order) out.append(line_of(placed, options)).append("\n");
  return out;
}

TreeComparison compare_trees(std::string_view actual, std::string_view expected) {
  const Lines ours = lines_of(actual);
  const Lines theirs = lines_of(expected);
  const auto [first, theirs_first] = std::ranges::mismatch(ours, theirs);
  if (first == ours.end() && theirs_first == theirs.end()) return TreeComparison({});
  auto last = ours.end();
  auto theirs_last = theirs.end();
  while (last != first && theirs_last != theirs_first && *(last - 1) == *(theirs_last - 1))
    --last, --theirs_last;
  const auto number = first - ours.begin();
  std::string text = fmt::format("the trees differ from line {} on (- expected, + actual):\n", number + 1);
  append_lines(text, "  ", first - std::min(number, kAround), first);
  append_lines(text, "- ", theirs_first, theirs_last);
  append_lines(text, "+ ", first, last);
  append_lines(text, "  ", last, last + std::min(ours.end() - last, kAround));
  return TreeComparison(std::move(text));
}

}  // namespace ergon::inline v0::testing
