#pragma once

#include <nlohmann/json.hpp>

#include "integration/arrived.hpp"
#include "integration/complaints.hpp"
#include "integration/orders_input.hpp"

namespace ergon::test {

/// Whether every line of the input has to be there, or only whole traces of some (sampled, or stopped early).
enum class Presence { every_line, some_lines };

/// One root per transaction, and below it exactly the spans that its line of the input asks for: names,
/// kinds, status, error.type, attributes, events, scopes, parents, and a link to a batch.
[[nodiscard]] Complaints check_transactions(const TraceIndex& index, const OrdersInput& input,
                                            Presence presence);

/// Each batch is a root with one fetch below it; what it fetched was run, linked to it, or handed back below
/// it. For whole (not sampled) traces.
[[nodiscard]] Complaints check_batches(const TraceIndex& index, std::size_t transactions);

/// One trace with `OrderProcessor.run` and the steps of the worker's life, ended by this signal, if by one.
[[nodiscard]] Complaints check_worker_life(const TraceIndex& index, int stop_signal = 0);

/// The spans that a whole run of this input makes, all sampled.
[[nodiscard]] std::size_t expected_spans(const OrdersInput& input, std::size_t batch_size);

/// Transactions handed back to the source: nacks with requeue.
[[nodiscard]] std::size_t count_handed_back(const TraceIndex& index);

}  // namespace ergon::test
