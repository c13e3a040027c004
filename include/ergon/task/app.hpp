#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/config/task_config.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/task/registration.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// A program made of tasks, with its command line: `run TASK`, `list`, `--version`, `--help`. Name what there
/// is, then hand over to `main`:
///
///     return ergon::App("orders")
///         .task<OrderProcessor>("OrderProcessor")
///         .service<PaymentService>("payments")
///         .main(argc, argv);
///
/// Each task, service and type of connector has a name of its own among its like; `main` refuses two of one.
class App {
 public:
  /// `version` is what `--version` shows beside Ergon's own.
  ERGON_API explicit App(std::string_view name, std::string_view version = {});

  /// A task and the configuration it has when no file is given; a file is read over it.
  template <class T>
  App& task(std::string_view name, TaskConfig config = {}) {
    tasks_.push_back({std::string(name), std::move(config), detail::task_roles<T>()});
    return *this;
  }

  /// A service, by the name tasks ask for and configuration files set its options under. Each worker process
  /// makes one.
  template <class T>
  App& service(std::string_view name) {
    services_.push_back(detail::part_type<Service, T>(std::string(name)));
    return *this;
  }

  /// A kind of connector, by the name configuration files use: `connectors: {orders: {TYPE: {options}}}`.
  /// `jsonl` is there already.
  template <class T>
  App& connector(std::string_view type) {
    connectors_.push_back(detail::part_type<Connector, T>(std::string(type)));
    return *this;
  }

  /// An extension of telemetry's (a propagator, sampler, span processor, log handler, log filter or exporter)
  /// by the name that configuration uses; it is registered for the whole process
  /// (`telemetry::register_extension`).
  template <class T>
  App& extend(std::string_view name) {
    telemetry::register_extension<T>(name);
    return *this;
  }

  /// Does what the command line says and answers the exit code: 0 done (failed transactions do not change
  /// it), 1 error, 2 wrong command line, configuration or registrations (nothing was started), 130 and 143
  /// stopped by SIGINT and SIGTERM. Never throws. Call it once, from the main thread.
  [[nodiscard]] ERGON_API int main(int argc, const char* const* argv);

 private:
  std::string name_;
  std::string version_;
  std::vector<detail::TaskType> tasks_;
  std::vector<detail::ServiceType> services_;
  std::vector<detail::ConnectorType> connectors_;
};

}  // namespace ergon::inline v0
