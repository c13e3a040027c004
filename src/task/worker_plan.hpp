#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <ergon/task/registration.hpp>

#include "config/config_error.hpp"

namespace ergon::inline v0::detail {

/// What a program has to offer. Refers to the App's own lists.
struct Registry {
  const std::vector<ServiceType>& services;
  const std::vector<ConnectorType>& connectors;
};

/// A service or connector to make: which kind, under which name, with which options.
template <class Base>
struct PartPlan {
  std::string name;
  const PartType<Base>* type;
  AnyOptions options;
};

/// A transaction that is processed instead of what the connector has.
struct OneTransaction {
  std::string id{};
  /// Without one, the connector is asked for the transaction of this id.
  std::optional<std::string> payload{};
};

/// All that a worker needs to run a task: nothing in it can be wrong any more.
struct WorkerPlan {
  std::string task;
  TaskRoles roles;
  TaskConfig config;
  PartPlan<Connector> connector{};  // to fetch from; of a producer alone, to dispatch to
  std::vector<PartPlan<Connector>> other_connectors{};
  std::string sink{};  // the name of the one that a producer dispatches to
  std::vector<PartPlan<Service>> services{};
  bool environment_is_ignored{false};  // as RuntimeOptions has it
  std::optional<OneTransaction> only{};
  bool is_replay{false};  // takes what lies in the dead-letter place of `connector`
};

/// How many loops a worker has, of all roles.
[[nodiscard]] std::size_t loop_count(const WorkerPlan& plan) noexcept;

/// The kind that options are of: by the name that a file gives them, or by their C++ type when they were made
/// in code. Null when none is registered.
[[nodiscard]] const ConnectorType* find_connector(const std::vector<ConnectorType>& types,
                                                  const AnyOptions& options);

/// Matches a task's configuration, from code or file, with what the program offers. What does not match is
/// added to `errors`, with its path (`tasks.Orders.connectors.orders`); the plan is good only if nothing was.
[[nodiscard]] WorkerPlan make_plan(const TaskType& task, TaskConfig config, const Registry& registry,
                                   config::ConfigErrors& errors);

}  // namespace ergon::inline v0::detail
