#pragma once

#include <utility>
#include <vector>

#include <ergon/task/payload.hpp>
#include <ergon/task/transaction.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// Sends transactions to one of the task's connectors: `context.connector("receipts")`. Each call is a span
/// `{connector}.dispatch`, whose context the configured propagators write into the metadata of what is sent,
/// in place of what such headers there were: whoever processes it goes on with the trace, and gets the
/// baggage. `ergon.enqueue_time` says when that was (RFC 3339, UTC). Any thread; valid as long as the tasks
/// and services of the worker.
class ERGON_API Dispatcher {
 public:
  Dispatcher() = default;
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;
  virtual ~Dispatcher() = default;

  /// Returns when the connector has taken the transaction; throws what the connector throws.
  template <detail::HasJson P>
  void dispatch(const Transaction<P>& transaction) const {
    send({raw(transaction)});
  }
  /// All of them, or none where it throws; nothing where there are none.
  template <detail::HasJson P>
  void dispatch(const std::vector<Transaction<P>>& transactions) const {
    std::vector<RawTransaction> all;
    all.reserve(transactions.size());
    for (const Transaction<P>& transaction : transactions) all.push_back(raw(transaction));
    send(std::move(all));
  }

 private:
  template <class P>
  [[nodiscard]] static RawTransaction raw(const Transaction<P>& transaction) {
    return {.id = transaction.id(),
            .payload = to_json(transaction.payload()),
            .metadata = transaction.metadata()};
  }

  virtual void send(std::vector<RawTransaction> transactions) const = 0;
};

}  // namespace ergon::inline v0
