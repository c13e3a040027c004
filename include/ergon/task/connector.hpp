#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/task/errors.hpp>
#include <ergon/task/transaction.hpp>

namespace ergon::inline v0 {

/// Whether a transaction that was not acknowledged should be delivered again.
enum class Requeue : std::uint8_t { no, yes };

/// Whether a connector can do its work, and if not, why.
struct ConnectorHealth {
  bool is_healthy{true};
  std::string reason{};
};

/// Where transactions come from, or go to. One object per worker process: all its loop threads call fetch,
/// dispatch, ack and nack at the same time, and each transaction is settled (ack or nack, once) by the thread
/// that fetched it. Its `Options` and constructors are as a service's. An exception from `fetch`, after the
/// attempts of its policy, ends the run with exit code 1; one from `ack` makes the transaction a failed one,
/// which will come again; one from `nack` is logged; one from `dispatch` goes to the task that dispatched.
///
/// What was fetched and not settled when its worker process ended, however it did, must be delivered again,
/// to any worker; `deliveries` then says so. docs/guide/writing-a-connector.md has an example, and
/// `testing::connector_faults` what any connector can be tried with.
class Connector {
 public:
  virtual ~Connector() = default;

  /// Opens it; once, on the main thread, before any fetch. An exception ends the run with exit
  /// code 1.
  virtual void init() {}
  /// The next transactions, at most `limit`. None means that there are none: the calling loop ends, or tries
  /// again later where it is streaming. It may wait for them, as long as it calls `TaskContext::heartbeat`
  /// and ends when the context's stop_token is asked to stop.
  [[nodiscard]] virtual std::vector<RawTransaction> fetch(std::size_t limit) = 0;
  /// The transaction was processed, its success handler included.
  virtual void ack(const RawTransaction& transaction) = 0;
  /// It failed for good (`no`), or is to be delivered again (`yes`), to any worker, as it failed or was
  /// handed back unprocessed because the worker stops.
  virtual void nack(const RawTransaction& transaction, Requeue requeue) = 0;
  /// Sends transactions, all of them or none; it has taken them when it returns. Their metadata has the
  /// headers of the sender's context. A connector that is only a source need not override it.
  virtual void dispatch(const std::vector<RawTransaction>& /*transactions*/) {
    throw SystemError("this type of connector does not dispatch");
  }
  /// The transaction of this id, to be settled as a fetched one is; nothing where it has none. For `App`'s
  /// process-transaction-by-id.
  [[nodiscard]] virtual std::optional<RawTransaction> fetch_by_id(std::string_view /*id*/) {
    throw SystemError("this type of connector does not fetch by id");
  }
  /// Takes a transaction that is given up to the place for such ones, before it is nacked for good; its
  /// metadata says why. False where there is no such place. An exception makes it come again.
  virtual bool dead_letter(const RawTransaction& /*transaction*/) { return false; }
  /// What fetches from that place, for `App`'s `replay`; null where there is none.
  [[nodiscard]] virtual std::unique_ptr<Connector> dead_letters() { return nullptr; }
  /// How many transactions wait to be fetched; nothing where that can't be known. Any thread, at each
  /// collection of metrics.
  [[nodiscard]] virtual std::optional<std::uint64_t> count() { return std::nullopt; }
  /// Asked after `init`, where a bad answer ends the run with exit code 1, and at each collection of metrics;
  /// any thread.
  [[nodiscard]] virtual ConnectorHealth health() { return {}; }
  /// Closes it; once, on the main thread, after the last call of the above; not if `init` threw.
  virtual void exit() {}
};

}  // namespace ergon::inline v0
