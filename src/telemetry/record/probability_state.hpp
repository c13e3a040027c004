#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ergon/telemetry/span_context.hpp>

namespace ergon::inline v0::telemetry {

// The member `ot` of a trace's state: its threshold `th`, from which on randomness is sampled, and randomness
// of its own, `rv` (specification: trace/tracestate-handling.md). Both have 56 bits.

/// The threshold of a sampling ratio, to four hexadecimal digits behind the leading ones that say nothing, as
/// trace/tracestate-probability-sampling.md recommends.
[[nodiscard]] std::uint64_t rounded_threshold(double ratio);

/// The entry of a threshold below kNeverSampled: `th:…`, without trailing zeros.
[[nodiscard]] std::string threshold_entry(std::uint64_t threshold);

/// What the trace is sampled by: `rv`, or else the low bits of its id.
[[nodiscard]] std::uint64_t randomness_of(const TraceId& id, const TraceState& state);

/// The threshold in the state, if it has one that is well-formed.
[[nodiscard]] std::optional<std::uint64_t> threshold_in(const TraceState& state);

/// The state with this entry in place of its threshold; with an empty one, without any.
[[nodiscard]] TraceState with_threshold_entry(const TraceState& state, std::string_view entry);

/// Takes the threshold away: the span was sampled, or not, with a probability that nobody can tell
/// (specification: trace/tracestate-probability-sampling.md#threshold). Without memory it stays.
[[gnu::cold, gnu::noinline]] void forget_threshold(TraceState& state) noexcept;

}  // namespace ergon::inline v0::telemetry
