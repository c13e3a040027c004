#pragma once

#include <ergon/config/resource_attributes.hpp>
#include <ergon/task/task_context.hpp>

#include "task/worker_seat.hpp"

namespace ergon::inline v0::detail {

/// A new identity for a worker process that starts now.
[[nodiscard]] TaskIdentity make_identity(const std::string& task, const WorkerSeat& seat);

/// The names of ergon-facts that every signal of this worker carries, and `service.instance.id`, which is its
/// execution id. The time in them is now.
[[nodiscard]] ResourceAttributes worker_resource(const TaskIdentity& identity);
/// The same of a process that is no worker, but what starts them.
[[nodiscard]] ResourceAttributes supervisor_resource(const TaskIdentity& identity);

}  // namespace ergon::inline v0::detail
