#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ergon/task/connector.hpp>
#include <ergon/task/task_context.hpp>
#include <ergon/task/transaction.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0::testing {

/// A connector to try, and what it claims to do. docs/guide/writing-a-connector.md has an example.
struct ConnectorTrial {
  /// Empties the source and its place for dead letters, and has the source hold these, in this order; called
  /// while no connector is open. Their payloads are compact JSON objects.
  std::function<void(const std::vector<RawTransaction>&)> fill{};
  /// A connector to that source, not yet opened.
  std::function<std::unique_ptr<Connector>(TaskContext&)> make{};
  /// What dispatches to that source, not yet opened, where it is another than `make` makes.
  std::function<std::unique_ptr<Connector>(TaskContext&)> make_sender{};

  /// Ids and metadata that were filled in are those that are fetched.
  bool keeps_ids{true};
  /// One thread gets them in the order they were filled in.
  bool is_ordered{true};
  /// What was not settled outlives the object, for the next one that `make` makes.
  bool is_durable{true};
  /// What `make` makes dispatches, to where it fetches from. Goes without saying with `make_sender`.
  bool dispatches{false};
  bool fetches_by_id{true};
  bool has_dead_letters{true};
};

/// Runs a connector through what `Connector` asks for, on this thread and on four at once, and answers what
/// is wrong, a line each: empty when nothing is. Every check fills the source anew. It may take seconds with
/// a connector whose fetch waits. Does not throw what the connector throws: that is an answer, too.
[[nodiscard]] ERGON_API std::vector<std::string> connector_faults(const ConnectorTrial& trial);

}  // namespace ergon::inline v0::testing
