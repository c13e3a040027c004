#pragma once

#include <optional>

#include <ergon/task/errors.hpp>
#include <ergon/task/payload.hpp>
#include <ergon/task/task_context.hpp>
#include <ergon/task/transaction.hpp>

namespace ergon::inline v0 {

/// Business logic that makes transactions, to be dispatched to the connector of
/// `policies.producer.connector`. Derive from it, override `prepare` and, where something is to be done about
/// it, `handle_dispatched` and `handle_dispatch_failed`. There is one object per loop thread, so members need
/// no lock; it is made (T(TaskContext&) or T()) before the loops start.
///
/// Each transaction has a trace of its own, whose context goes with it: whoever consumes it goes on with
/// that. It counts as a failed one when `prepare` fails for good, when it could not be dispatched, or when
/// `handle_dispatched` failed. One class may be a Producer and a Consumer: then it has loops of both kinds,
/// each with an object of its own.
template <class P>
class Producer {
 public:
  using ProducedType = P;

  virtual ~Producer() = default;

  /// Makes the next transaction; nothing: there is none. Then the loop ends or, where it is streaming, asks
  /// again after its `empty_backoff`. On the loop's thread, with the span `{Task}.prepare` current. An
  /// exception is handled as `policies.producer.prepare` says; after the last attempt the loop goes on with
  /// the next transaction, a streaming one after a wait, up to 100 such failures in a row: they end the run
  /// with exit code 1.
  virtual std::optional<Transaction<P>> prepare() = 0;

  /// Called when the connector has taken the transaction. An exception from here makes it a failed one,
  /// though it is on its way.
  virtual void handle_dispatched(const Transaction<P>& /*transaction*/) {}

  /// Called with why it could not be dispatched, after the last attempt, or the last one before the worker
  /// stops. An exception from here is logged. Not called for what `prepare` throws: there is no transaction.
  virtual void handle_dispatch_failed(const Transaction<P>& /*transaction*/, const TaskError& /*error*/) {}

  /// Called once, on the main thread, after the last transaction.
  virtual void exit() {}

 private:
  static_assert(detail::HasJson<P>,
                "describe the payload: ERGON_PAYLOAD(Order, id, amount) after the struct");
};

}  // namespace ergon::inline v0
