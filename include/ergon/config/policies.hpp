#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <ergon/config/retry_policy.hpp>

namespace ergon::inline v0 {

/// How a task's loops run. In YAML: `policies.consumer.loop`, `policies.producer.loop`.
struct LoopPolicy {
  /// Loop threads of one worker process, each with its own task instance; from 1 to 1024.
  std::int64_t concurrency{1};
  /// Goes on when there is nothing to do, after a wait, until the worker is to stop. Else a loop ends when a
  /// fetch (`prepare`) brings nothing.
  bool streaming{false};
  /// Transactions that one worker begins, at most, in all its processes; then it is done. By default without
  /// a limit.
  std::optional<std::int64_t> limit{};
  /// How long the loops begin new transactions; then the worker is done. By default without a limit.
  std::optional<std::chrono::milliseconds> timeout{};
};

/// In YAML: `policies.consumer.fetch.batch`.
struct FetchBatch {
  /// Transactions asked of the connector in one fetch, at most; from 1 to 100,000.
  std::int64_t size{100};
};

/// The wait after a fetch that brought nothing, of a loop that is streaming: it grows from `initial` by
/// `multiplier` up to `cap`, and is as at first after a fetch that brought something. In YAML:
/// `empty_backoff`.
struct EmptyBackoff {
  std::chrono::milliseconds initial{100};
  double multiplier{2};
  std::chrono::milliseconds cap{5'000};
};

/// How a consumer fetches. In YAML: `policies.consumer.fetch`.
struct FetchPolicy {
  FetchBatch batch{};
  /// The connector to fetch from, by its name below `connectors`; may be left out where there is but one. To
  /// the others, and to this one, the task may dispatch.
  std::string connector{};
  EmptyBackoff empty_backoff{};
  /// A fetch that fails for good ends the run with exit code 1.
  RetryPolicy retry{};
};

/// How one stage of a transaction is done. In YAML: `process`, `success`, `exception`, `prepare`, `dispatch`.
struct StagePolicy {
  RetryPolicy retry{};
};

/// How a consumer runs. In YAML: `policies.consumer`.
struct ConsumerPolicy {
  LoopPolicy loop{};
  FetchPolicy fetch{};
  StagePolicy process{};
  StagePolicy success{};
  StagePolicy exception{};
};

/// In YAML: `policies.producer.batch`.
struct ProducerBatch {
  /// Transactions prepared before they are dispatched together; from 1 to 100,000.
  std::int64_t size{1};
};

/// How a producer runs. In YAML: `policies.producer`.
struct ProducerPolicy {
  LoopPolicy loop{};
  ProducerBatch batch{};
  /// The connector to dispatch to, by its name below `connectors`; may be left out where there is but one.
  std::string connector{};
  /// The wait after `prepare` made nothing, of a loop that is streaming.
  EmptyBackoff empty_backoff{};
  StagePolicy prepare{};
  StagePolicy dispatch{};
  StagePolicy success{};
  StagePolicy exception{};
};

/// What holds for each transaction as a whole. In YAML: `policies.transaction`.
struct TransactionPolicy {
  /// All attempts and the waits between them, from the start of the transaction; 1 ms to 24 h. Cooperative,
  /// as that of one attempt; one that is still running then is reported.
  std::chrono::milliseconds timeout{60'000};
  /// How often a transaction is delivered before it is given up, which is what the connector's dead-letter
  /// place is for; 1 to 10,000. One that fails before that is handed back for another delivery, unless its
  /// error says that this is in vain (business errors, NonRetryable, payloads that can't be decoded); one
  /// that comes a fourth time beyond that, as workers died with it or were stopped, goes to the dead-letter
  /// place unseen. By default the first failure is the last, and such deaths are not counted.
  std::optional<std::int64_t> max_deliveries{};
};

/// How a task runs, by role. In YAML: `policies`.
struct Policies {
  ConsumerPolicy consumer{};
  ProducerPolicy producer{};
  TransactionPolicy transaction{};
};

}  // namespace ergon::inline v0
