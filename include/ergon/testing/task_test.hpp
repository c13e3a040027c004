#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <typeinfo>
#include <vector>

#include <ergon/task/registration.hpp>
#include <ergon/telemetry/visibility.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::testing {

/// A service or connector of a test: refers to the object, which must outlive the run.
template <class Part>
class PartReference {
 public:
  PartReference(Part& part) noexcept : part_(&part) {}
  [[nodiscard]] Part& get() const noexcept { return *part_; }

 private:
  Part* part_;
};
using ServiceReference = PartReference<Service>;
using ConnectorReference = PartReference<Connector>;

/// What a task under test may ask for.
struct TaskTestOptions {
  /// By the name the task uses: `{.services = {{"payments", payments}}}`, fakes welcome.
  std::map<std::string, ServiceReference> services{};
  /// The same for connectors that it dispatches to: they get `dispatch` and nothing else.
  std::map<std::string, ConnectorReference> connectors{};
};

/// What came of a run: the telemetry of everything the task did, and its transactions.
class TaskRun : public Recording {
 public:
  std::size_t ok{0};
  std::size_t failed{0};
  /// One for each failed transaction, in order, and one more if `exit` threw.
  std::vector<TaskError> errors{};
};

namespace detail {
ERGON_API TaskRun run_consumer(const std::type_info& task, const ergon::detail::ConsumerType& type,
                               const std::vector<std::string>& payloads, const TaskTestOptions& options);
}  // namespace detail

/// Runs JSON texts through a task as a worker would, on the calling thread, under a Recorder: decode,
/// process, handlers, metrics and spans are the real ones; there is no batch or worker around
/// them, and nothing is fetched. Transactions are named "1", "2", …; the task by its class. Throws what the
/// task's constructor throws, and std::logic_error when another telemetry session is active.
template <class T>
[[nodiscard]] TaskRun run_json(const std::vector<std::string>& payloads,
                               const TaskTestOptions& options = {}) {
  return detail::run_consumer(typeid(T), ergon::detail::consumer_type<T>(), payloads, options);
}

/// The same with payloads as objects: `run<OrderProcessor>({Order{"o-1", "EUR", 12.5}})`. They travel as
/// JSON, as in production.
template <class T>
[[nodiscard]] TaskRun run(const std::vector<typename T::PayloadType>& payloads,
                          const TaskTestOptions& options = {}) {
  std::vector<std::string> texts;
  texts.reserve(payloads.size());
  for (const auto& payload : payloads) texts.push_back(to_json(payload));
  return run_json<T>(texts, options);
}

}  // namespace ergon::testing
