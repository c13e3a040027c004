#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <ergon/telemetry/visibility.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::inline v0::testing {

/// What `RecordedSpans::tree(options)` shows beside names. All of it on the span's line, in this order.
struct SpanTreeOptions {
  /// The kind: `order CONSUMER`.
  bool kinds{false};
  /// The status, unless it is Unset, with its message: `order ERROR(no money)`.
  bool status{false};
  /// The attributes of these keys, in this order, where the span has them: `order order.id=o-1`.
  std::vector<std::string> attributes{};
  /// The names of the events, in order: `order [retried] [exception]`.
  bool events{false};
  /// Siblings (and roots) that are equal, with all below them, become one with their number behind it, and
  /// order is alphabetical: `order x400`. For spans of several threads, whose order is chance.
  bool merges_equal{false};
};

/// How two trees compare. Converts to bool (equal), and to GoogleTest's AssertionResult, or a type like it,
/// so that a failing `EXPECT_TRUE(compare_trees(…))` prints the difference.
class [[nodiscard]] TreeComparison {
 public:
  /// No difference: equal.
  explicit TreeComparison(std::string difference) : difference_(std::move(difference)) {}

  explicit operator bool() const noexcept { return difference_.empty(); }

  /// Made from a bool, and told why by `<<` when that is false.
  template <class Result>
    requires std::is_class_v<Result> && std::constructible_from<Result, bool> &&
             requires(Result& result, const std::string& text) { result << text; }
  operator Result() const {
    Result result(difference_.empty());
    if (!difference_.empty()) result << difference_;
    return result;
  }

  /// The number of the first line that differs, then the lines from there on to where the trees are equal
  /// again: `-` the expected, `+` the actual, with up to three equal ones around them. Empty when the trees
  /// are equal.
  [[nodiscard]] const std::string& difference() const noexcept { return difference_; }

 private:
  std::string difference_;
};

/// Compares two trees line by line. A newline at the front is not one of the tree's, so an expected tree can
/// be a raw string that begins below its parenthesis; nor does one at the end count. Where telemetry is
/// compiled out there are no spans to compare with: then every expectation but an empty tree fails.
[[nodiscard]] ERGON_API TreeComparison compare_trees(std::string_view actual, std::string_view expected);

#if defined(ERGON_TELEMETRY_OFF)
inline TreeComparison compare_trees(std::string_view actual, std::string_view expected) {
  return TreeComparison(actual == expected ? "" : "telemetry is compiled out: there are no spans");
}
#endif

}  // namespace ergon::inline v0::testing
