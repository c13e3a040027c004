#pragma once

#include <string>
#include <vector>

#include <ergon/task/registration.hpp>

#include "config/config_error.hpp"

namespace ergon::detail {

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

/// All that a worker needs to run a task: nothing in it can be wrong any more.
struct WorkerPlan {
  std::string task;
  ConsumerType consumer;
  TaskConfig config;
  PartPlan<Connector> connector{};  // to fetch from
  std::vector<PartPlan<Connector>> other_connectors{};
  std::vector<PartPlan<Service>> services{};
  bool environment_is_ignored{false};  // as RuntimeOptions has it
};

/// The kind that options are of: by the name that a file gives them, or by their C++ type when they were made
/// in code. Null when none is registered.
[[nodiscard]] const ConnectorType* find_connector(const std::vector<ConnectorType>& types,
                                                  const AnyOptions& options);

/// Matches a task's configuration, from code or file, with what the program offers. What does not match is
/// added to `errors`, with its path (`tasks.Orders.connectors.orders`); the plan is good only if nothing was.
[[nodiscard]] WorkerPlan make_plan(const TaskType& task, TaskConfig config, const Registry& registry,
                                   config::ConfigErrors& errors);

}  // namespace ergon::detail
