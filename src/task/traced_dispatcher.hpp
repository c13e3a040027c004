#pragma once

#include <string>
#include <vector>

#include <ergon/task/connector.hpp>
#include <ergon/task/dispatcher.hpp>

#include "task/messaging_spans.hpp"

namespace ergon::inline v0::detail {

/// A connector as tasks send to it: each call in its span, whose context goes with every transaction. Any
/// thread.
class TracedDispatcher final : public Dispatcher {
 public:
  /// The connector, under this name in the configuration, must outlive it; `system` is its type.
  TracedDispatcher(Connector& connector, std::string name, std::string system, const Tracer& tracer);

 private:
  void send(std::vector<RawTransaction> transactions) const override;

  Connector& connector_;
  std::string name_;
  std::string system_;
  std::string span_name_;
  MessagingSpans messaging_;
  Tracer tracer_;
};

}  // namespace ergon::inline v0::detail
