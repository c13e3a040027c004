#pragma once

#include <ergon/config/resource_attributes.hpp>
#include <ergon/task/task_context.hpp>

namespace ergon::detail {

/// A new identity for a worker process that starts now, in a run of its own.
[[nodiscard]] TaskIdentity make_identity(const std::string& task);

/// The names of ergon-facts that every signal of this worker carries, and `service.instance.id`, which is its
/// execution id. The time in them is now.
[[nodiscard]] ResourceAttributes worker_resource(const TaskIdentity& identity);

}  // namespace ergon::detail
