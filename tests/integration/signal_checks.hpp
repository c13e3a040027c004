#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "integration/arrived.hpp"
#include "integration/complaints.hpp"
#include "integration/orders_input.hpp"

namespace ergon::test {

/// DESIGN's resource on every item, the same on all signals, that of the process `pid`.
[[nodiscard]] Complaints check_resource(const Arrived& arrived, pid_t pid);

/// One log record a transaction, as its line asks for, with ids of the span that it was made in. Where
/// tracing is off no span arrives, and only the ids themselves can be looked at.
[[nodiscard]] Complaints check_logs(const Arrived& arrived, const TraceIndex& index,
                                    const OrdersInput& input);
[[nodiscard]] Complaints check_logs_without_spans(const Arrived& arrived, const OrdersInput& input);

/// The last values of all metrics of a whole run, and that no earlier one contradicts them.
[[nodiscard]] Complaints check_metrics(const Arrived& arrived, const OrdersInput& input,
                                       std::size_t batch_size);

/// The last value of a counter by one of its attributes; several points of one value add up.
[[nodiscard]] std::map<std::string, std::int64_t> last_counts(const Arrived& arrived,
                                                              const std::string& metric,
                                                              const char* attribute);

/// The books of a signal: what was created has become something, in all and at each destination.
[[nodiscard]] Complaints check_books(const nlohmann::json& summary);

/// What the summary says was delivered of a signal (`spans`, `logs`, `metric_points`).
[[nodiscard]] std::uint64_t delivered(const nlohmann::json& summary, const char* signal);
[[nodiscard]] std::uint64_t dropped(const nlohmann::json& summary, const char* signal, const char* reason);

/// Nothing was lost, and the backend has as many items of each signal as the summary says it took.
[[nodiscard]] Complaints check_all_delivered(const nlohmann::json& summary, const Arrived& arrived);

}  // namespace ergon::test
