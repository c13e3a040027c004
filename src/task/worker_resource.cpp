#include "task/worker_resource.hpp"

#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>

#include "base/host.hpp"
#include "base/random.hpp"

namespace ergon::inline v0::detail {
namespace {

// `2026-11-22T16:47:20.123Z`
std::string now_as_text() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  ::gmtime_r(&now.tv_sec, &utc);
  std::array<char, 32> date{};
  const std::size_t size = std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(now.tv_nsec / 1'000'000));
  return std::string(date.data(), size) + fraction.data();
}

}  // namespace

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
          {"ergon.task.execution.start_time", now_as_text()},
          {"ergon.run.id", identity.run_id},
          {"ergon.worker.id", identity.worker_id}};
}

}  // namespace ergon::inline v0::detail
