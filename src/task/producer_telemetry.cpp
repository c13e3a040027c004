#include "task/producer_telemetry.hpp"

#include <utility>

namespace ergon::inline v0::detail {

ProducerTelemetry::ProducerTelemetry(const TaskTelemetry& task, std::string connector,
                                     std::string messaging_system, bool is_streaming)
    : task_(task),
      connector_(std::move(connector)),
      messaging_system_(std::move(messaging_system)),
      prepare_(task.names().task + ".prepare"),
      dispatch_(connector_ + ".dispatch"),
      handle_dispatched_(task.names().task + ".handle_dispatched"),
      handle_dispatch_failed_(task.names().task + ".handle_dispatch_failed"),
      messaging_(messaging_system_, connector_),
      metrics_(task.meter(), task.names().task, is_streaming) {}

std::string_view ProducerTelemetry::span_name(ProducerStage stage) const noexcept {
  switch (stage) {
    case ProducerStage::prepare:
      return prepare_;
    case ProducerStage::dispatch:
      return dispatch_;
    case ProducerStage::success:
      return handle_dispatched_;
    case ProducerStage::exception:
      break;
  }
  return handle_dispatch_failed_;
}

}  // namespace ergon::inline v0::detail
