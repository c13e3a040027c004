#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ergon/task/errors.hpp>
#include <ergon/task/transaction.hpp>

namespace ergon {

/// Whether a transaction that was not acknowledged should be delivered again.
enum class Requeue : std::uint8_t { no, yes };

/// Where transactions come from, or go to. One object per worker process: all its loop threads call fetch,
/// dispatch, ack and nack at the same time, and each transaction is settled (ack or nack, once) by the thread
/// that fetched it. Its `Options` and constructors are as a service's. An exception from `fetch` ends the run
/// with exit code 1; one from `ack` makes the transaction a failed one; one from `nack` is logged; one from
/// `dispatch` goes to the task that dispatched.
class Connector {
 public:
  virtual ~Connector() = default;

  /// Opens it; once, on the main thread, before any fetch. An exception ends the run with exit
  /// code 1.
  virtual void init() {}
  /// The next transactions, at most `limit`, waiting for them if it must. None means that there are no more:
  /// the calling loop ends.
  [[nodiscard]] virtual std::vector<RawTransaction> fetch(std::size_t limit) = 0;
  /// The transaction was processed, its success handler included.
  virtual void ack(const RawTransaction& transaction) = 0;
  /// It failed for good (`no`), or was handed back unprocessed because the worker stops (`yes`).
  virtual void nack(const RawTransaction& transaction, Requeue requeue) = 0;
  /// Sends transactions, all of them or none; it has taken them when it returns. Their metadata has the
  /// headers of the sender's context. A connector that is only a source need not override it.
  virtual void dispatch(const std::vector<RawTransaction>& /*transactions*/) {
    throw SystemError("this type of connector does not dispatch");
  }
  /// Closes it; once, on the main thread, after the last call of the above; not if `init` threw.
  virtual void exit() {}
};

}  // namespace ergon
