#pragma once

#include <cstddef>
#include <map>
#include <stop_token>
#include <string>
#include <typeinfo>
#include <vector>

#include <ergon/config/policies.hpp>
#include <ergon/task/registration.hpp>
#include <ergon/telemetry/visibility.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::inline v0::testing {

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
  /// Attempts, their limits of time and the waits between them are as these say; the policies of loops and of
  /// what they fetch are not looked at, nor are `max_deliveries`, as nothing is delivered again. Of a
  /// producer `batch` counts, and `connector`: the one of `connectors` that gets what is dispatched.
  Policies policies{};
  /// Transactions that `produce` begins, at most: the end of a producer that has none.
  std::size_t limit{10'000};
  /// What the task's context has: the test may ask it to stop.
  std::stop_token stop{};
};

/// What came of a run: the telemetry of everything the task did, and its transactions.
class TaskRun : public Recording {
 public:
  std::size_t ok{0};
  std::size_t failed{0};
  /// One for each failed transaction, in order, and one more if `exit` threw.
  std::vector<TaskError> errors{};
  /// Of a producer: what was dispatched, in order, as a connector gets it.
  std::vector<RawTransaction> dispatched{};
};

namespace detail {
ERGON_API TaskRun run_consumer(const std::type_info& task, const ergon::detail::ConsumerType& type,
                               const std::vector<std::string>& payloads, const TaskTestOptions& options);
ERGON_API TaskRun run_producer(const std::type_info& task, const ergon::detail::ProducerType& type,
                               const TaskTestOptions& options);
ERGON_API TaskRun run_plain(const std::type_info& task, const ergon::detail::PlainType& type,
                            const TaskTestOptions& options);
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

/// Runs a producer as a worker would, on the calling thread, under a Recorder, until it has nothing more to
/// prepare or has begun `options.limit` transactions: batches, their dispatch, handlers, metrics and spans
/// are the real ones. What it dispatches is kept in `dispatched` and, where `policies.producer.connector` is
/// one of the test's connectors, sent to that one, which may refuse it. Else the connector's name is "test".
/// Throws as `run` does.
template <class T>
[[nodiscard]] TaskRun produce(const TaskTestOptions& options = {}) {
  return detail::run_producer(typeid(T), ergon::detail::producer_type<T>(), options);
}

/// Runs a plain task as a worker would, once, on the calling thread, under a Recorder: that counts as one
/// transaction, ok or failed. Throws as `run` does.
template <class T>
[[nodiscard]] TaskRun execute(const TaskTestOptions& options = {}) {
  return detail::run_plain(typeid(T), ergon::detail::plain_type<T>(), options);
}

}  // namespace ergon::inline v0::testing
