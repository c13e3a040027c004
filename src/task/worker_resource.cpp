#include "task/worker_resource.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdint>

#include "base/host.hpp"
#include "base/random.hpp"
#include "task/enqueue_time.hpp"

namespace ergon::inline v0::detail {
TaskIdentity make_identity(const std::string& task, const WorkerSeat& seat) {
  return {.task = task,
          .run_id = seat.run_id,
          .execution_id = base::make_uuid_v4(),
          .worker_id = static_cast<std::int64_t>(seat.index)};
}

ResourceAttributes supervisor_resource(const TaskIdentity& identity) {
  ResourceAttributes all = worker_resource(identity);
  std::erase_if(all, [](const auto& attribute) { return attribute.first == "ergon.worker.id"; });
  all.emplace("ergon.process.role", "supervisor");
  return all;
}

ResourceAttributes worker_resource(const TaskIdentity& identity) {
  return {{"service.instance.id", identity.execution_id},
          {"ergon.task.name", identity.task},
          {"ergon.task.execution.id", identity.execution_id},
          {"ergon.task.execution.pid", static_cast<std::int64_t>(::getpid())},
          {"ergon.task.execution.host.name", base::host_name()},
          {"ergon.task.execution.host.ip", base::host_ips()},
          {"ergon.task.execution.start_time", enqueue_time_text(std::chrono::system_clock::now())},
          {"ergon.run.id", identity.run_id},
          {"ergon.worker.id", identity.worker_id}};
}

}  // namespace ergon::inline v0::detail
