#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/testing/recording.hpp>

namespace ergon::test {

/// The points of a counter or histogram that have this attribute (`task=Orders`), as "a=b,c=d: value", in
/// order. Counters are a process's, so each test of them has a task of its own.
inline std::vector<std::string> points_of(const testing::Recording& run, std::string_view name,
                                          const std::string& wanted) {
  std::vector<std::string> all;
  for (const auto& point : run.points()) {
    if (point.name != name) continue;
    std::vector<std::string> attributes;
    for (const auto& [key, value] : point.attributes) attributes.push_back(key + "=" + value);
    if (std::ranges::find(attributes, wanted) == attributes.end()) continue;
    std::ranges::sort(attributes);
    std::string text;
    for (const auto& attribute : attributes) text += (text.empty() ? "" : ",") + attribute;
    const bool is_histogram = !point.buckets.empty();
    all.push_back(text + ": " +
                  std::to_string(is_histogram ? point.count : static_cast<std::uint64_t>(point.value)));
  }
  std::ranges::sort(all);
  return all;
}

/// The names of all metrics that begin so and have points with this value of the attribute `task`.
inline std::vector<std::string> metrics_of(const testing::Recording& run, std::string_view prefix,
                                           std::string_view task) {
  std::vector<std::string> names;
  for (const auto& point : run.points()) {
    if (point.name.starts_with(prefix) && testing::find(point.attributes, "task") == task)
      names.push_back(point.name);
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

}  // namespace ergon::test
