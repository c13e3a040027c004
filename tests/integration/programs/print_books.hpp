#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include <ergon/telemetry/statistics.hpp>

namespace ergon::test {

inline unsigned long long printable(std::uint64_t number) { return number; }

inline void print_counts(const char* name, const telemetry::Counts& counts) {
  std::printf(R"("%s": {"created": %llu, "delivered": %llu, "rejected": %llu, "queued": %llu, "dropped": {)",
              name, printable(counts.created), printable(counts.delivered), printable(counts.rejected),
              printable(counts.queued));
  const char* separator = "";
  for (std::size_t i = 0; i < telemetry::kDropReasons; ++i) {
    if (counts.dropped[i] == 0) continue;
    const std::string reason(telemetry::drop_reason_name(static_cast<telemetry::DropReason>(i)));
    std::printf("%s\"%s\": %llu", separator, reason.c_str(), printable(counts.dropped[i]));
    separator = ", ";
  }
  std::printf("}}");
}

/// A line of JSON on standard output: what became of each signal's records, and whether shutdown was in time.
inline void print_books(const telemetry::Statistics& books, bool is_done) {
  std::printf("{\"is_done\": %s, ", is_done ? "true" : "false");
  print_counts("traces", books.spans.total);
  std::printf(", ");
  print_counts("logs", books.logs.total);
  std::printf(", ");
  print_counts("metrics", books.metric_points.total);
  std::printf("}\n");
}

}  // namespace ergon::test
