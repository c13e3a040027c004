#pragma once

#include <string>
#include <string_view>

#include "task/messaging_spans.hpp"
#include "task/producer_metrics.hpp"
#include "task/task_telemetry.hpp"

namespace ergon::inline v0::detail {

/// What a task records as a producer, beside what it records as any task. Any thread; every function is
/// const.
class ProducerTelemetry {
 public:
  /// `task` must outlive it. The connector is the one that is dispatched to, as the configuration names it;
  /// the messaging system its type.
  ProducerTelemetry(const TaskTelemetry& task, std::string connector, std::string messaging_system,
                    bool is_streaming);
  ProducerTelemetry(const ProducerTelemetry&) = delete;  // its attributes refer to its names
  ProducerTelemetry& operator=(const ProducerTelemetry&) = delete;

  [[nodiscard]] const TaskTelemetry& task() const noexcept { return task_; }
  [[nodiscard]] const MessagingSpans& messaging() const noexcept { return messaging_; }
  [[nodiscard]] const ProducerMetrics& metrics() const noexcept { return metrics_; }

  /// `{Task}.prepare`, `{connector}.dispatch`, `{Task}.handle_dispatched`, `{Task}.handle_dispatch_failed`.
  [[nodiscard]] std::string_view span_name(ProducerStage stage) const noexcept;

 private:
  const TaskTelemetry& task_;
  std::string connector_;
  std::string messaging_system_;
  std::string prepare_;
  std::string dispatch_;
  std::string handle_dispatched_;
  std::string handle_dispatch_failed_;
  MessagingSpans messaging_;
  ProducerMetrics metrics_;
};

}  // namespace ergon::inline v0::detail
