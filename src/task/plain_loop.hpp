#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <ergon/task/registration.hpp>
#include <ergon/task/task_context.hpp>

#include "task/loop.hpp"
#include "task/loop_thread.hpp"
#include "task/task_telemetry.hpp"

namespace ergon::inline v0::detail {

/// Calls a plain task in its span, `{Task}.execute`; answers what it threw, which has been recorded.
[[nodiscard]] std::optional<TaskError> execute(const TaskTelemetry& telemetry, AnyTask& task,
                                               TaskContext& context);

/// The one round of a plain task. It counts no transactions.
class PlainLoop final : public Loop {
 public:
  /// All but the task must outlive it.
  PlainLoop(const TaskTelemetry& telemetry, std::unique_ptr<AnyTask> task, TaskContext& context,
            LoopThread thread)
      : telemetry_(telemetry), task_(std::move(task)), context_(context), thread_(std::move(thread)) {}

  [[nodiscard]] std::optional<TaskError> run() override;
  void exit() override { task_->exit(); }

 private:
  const TaskTelemetry& telemetry_;
  std::unique_ptr<AnyTask> task_;
  TaskContext& context_;
  LoopThread thread_;
};

}  // namespace ergon::inline v0::detail
