#pragma once

#include <string>
#include <string_view>

#include <ergon/telemetry/trace_state.hpp>

namespace ergon::telemetry {

// The member `ot` of a trace state: entries `key:value` divided by semicolons, at most 256 characters
// (specification: trace/tracestate-handling.md).

/// Visits each entry that is one: all of it, its key and its value.
template <class Visit>
void for_each_ot_entry(std::string_view value, Visit visit) {
  while (!value.empty()) {
    const std::size_t end = value.find(';') == std::string_view::npos ? value.size() : value.find(';');
    const std::string_view entry = value.substr(0, end);
    value.remove_prefix(end < value.size() ? end + 1 : end);
    const std::size_t colon = entry.find(':');
    if (colon != std::string_view::npos) visit(entry, entry.substr(0, colon), entry.substr(colon + 1));
  }
}

/// The state with this threshold entry, `th:…`, in place of any it has; with none where the entry is empty.
[[nodiscard]] TraceState with_threshold(const TraceState& state, std::string_view entry);

/// Takes the threshold away: the span was sampled, or not, with a probability that nobody can tell
/// (specification: trace/tracestate-probability-sampling.md#threshold). Without memory it stays.
[[gnu::cold, gnu::noinline]] void forget_threshold(TraceState& state) noexcept;

}  // namespace ergon::telemetry
