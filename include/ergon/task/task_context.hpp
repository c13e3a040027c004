#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

#include <ergon/task/service.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

class Dispatcher;

/// Who is running, as the resource of all telemetry says it too.
struct TaskIdentity {
  std::string task{};          // ergon.task.name
  std::string run_id{};        // ergon.run.id, shared by the workers of one run
  std::string execution_id{};  // ergon.task.execution.id and service.instance.id, of this worker process
  std::int64_t worker_id{0};   // ergon.worker.id, from 0
};

/// What a task, service or connector may ask of the worker process it lives in; given to its constructor, and
/// valid longer than it. Its const members may be called from any thread.
class TaskContext {
 public:
  explicit TaskContext(TaskIdentity identity, std::stop_token stop = {}, std::string run_folder = {})
      : identity_(std::move(identity)), stop_(std::move(stop)), run_folder_(std::move(run_folder)) {}
  TaskContext(const TaskContext&) = delete;
  TaskContext& operator=(const TaskContext&) = delete;

  /// The service of this name, as a T: its type, a base of it, or any interface it implements. Throws
  /// std::logic_error, naming what there is, when there is none or it is no T.
  template <class T>
  [[nodiscard]] T& service(std::string_view name) const {
    Service& found = find_service(name);
    if (T* typed = dynamic_cast<T*>(&found)) return *typed;
    throw_not_a(name, typeid(found), typeid(T));
  }
  /// The only service that is a T, by its interface, whatever its name. Throws std::logic_error when there is
  /// none, or more than one.
  template <class T>
  [[nodiscard]] T& service() const {
    T* only = nullptr;
    std::size_t found = 0;
    for (const auto& [name, service] : services_) {
      if (T* typed = dynamic_cast<T*>(service)) {
        only = typed;
        ++found;
      }
    }
    if (found != 1) throw_not_one(found, typeid(T));
    return *only;
  }

  /// What sends to the connector of this name in the configuration. Throws std::logic_error, naming what
  /// there is, when there is none. Not for the constructors of connectors, before all are made.
  [[nodiscard]] ERGON_API const Dispatcher& connector(std::string_view name) const;

  [[nodiscard]] const std::string& task_name() const noexcept { return identity_.task; }
  [[nodiscard]] const std::string& run_id() const noexcept { return identity_.run_id; }
  [[nodiscard]] const std::string& execution_id() const noexcept { return identity_.execution_id; }
  [[nodiscard]] std::int64_t worker_id() const noexcept { return identity_.worker_id; }
  /// Asked to stop when the worker is: long work may look at it and finish early.
  [[nodiscard]] const std::stop_token& stop_token() const noexcept { return stop_; }
  /// A folder that the workers of one run share and that goes with it, for a connector's books; empty where
  /// there is but one process (`--debug`, tests).
  [[nodiscard]] const std::string& run_folder() const noexcept { return run_folder_; }
  /// Says that the calling loop thread is alive, where it waits or works for longer than
  /// `supervision.unhealthy_grace`; on other threads nothing. A relaxed store.
  ERGON_API void heartbeat() const noexcept;

  /// For the runner, before tasks are made. The service must outlive the context.
  void add_service(std::string name, Service& service) {
    services_.insert_or_assign(std::move(name), &service);
  }
  /// The same for a connector.
  void add_connector(std::string name, const Dispatcher& dispatcher) {
    connectors_.insert_or_assign(std::move(name), &dispatcher);
  }

 private:
  [[nodiscard]] ERGON_API Service& find_service(std::string_view name) const;
  [[noreturn]] ERGON_API static void throw_not_a(std::string_view name, const std::type_info& found,
                                                 const std::type_info& wanted);
  [[noreturn]] ERGON_API void throw_not_one(std::size_t found, const std::type_info& wanted) const;

  TaskIdentity identity_;
  std::stop_token stop_;
  std::string run_folder_;
  std::map<std::string, Service*, std::less<>> services_;
  std::map<std::string, const Dispatcher*, std::less<>> connectors_;
};

}  // namespace ergon::inline v0
