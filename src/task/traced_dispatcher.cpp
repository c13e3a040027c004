#include "task/traced_dispatcher.hpp"

#include <chrono>
#include <utility>

#include <ergon/task/errors.hpp>
#include <ergon/telemetry/propagation.hpp>

#include "task/enqueue_time.hpp"

namespace ergon::inline v0::detail {
namespace {

// The exception being handled, on its way to whoever dispatched, who logs it or doesn't.
void mark_passed_through(ScopedSpan& span) {
  record_passing_exception(span);
  if (describe_current_exception({}).kind == ErrorKind::timeout) span.set_attribute("error.type", "timeout");
}

}  // namespace

TracedDispatcher::TracedDispatcher(Connector& connector, std::string name, std::string system,
                                   const Tracer& tracer)
    : connector_(connector),
      name_(std::move(name)),
      system_(std::move(system)),
      span_name_(name_ + ".dispatch"),
      messaging_(system_, name_),
      tracer_(tracer) {}

void TracedDispatcher::send(std::vector<RawTransaction> transactions) const {
  if (transactions.empty()) return;
  const auto& [kind, system, destination, operation, type] = messaging_.dispatch;
  auto span = tracer_.scoped_span(span_name_, {system, destination, operation, type}, {.kind = kind});
  set_messages(span, transactions);
  const std::string now = enqueue_time_text(std::chrono::system_clock::now());
  for (RawTransaction& transaction : transactions) {
    set_enqueue_time(transaction.metadata, now);
    inject(transaction.metadata);
  }
  try {
    connector_.dispatch(transactions);
  } catch (...) {
    mark_passed_through(span);
    throw;
  }
}

}  // namespace ergon::inline v0::detail
