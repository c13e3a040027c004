#include "task/stage_metrics.hpp"

#include <string>

namespace ergon::inline v0::detail {

Outcome final_outcome(const TaskError* error) noexcept {
  if (error == nullptr) return Outcome::ok;
  return error->kind == ErrorKind::timeout ? Outcome::timeout : Outcome::error;
}

std::string_view error_type(const TaskError& error) noexcept {
  return error.kind == ErrorKind::timeout ? std::string_view("timeout") : std::string_view(error.type);
}

double to_seconds(std::chrono::nanoseconds duration) noexcept {
  return std::chrono::duration<double>(duration).count();
}

InstrumentOptions seconds(std::string_view description) {
  return {.unit = "s",
          .description = description,
          .boundaries = {.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10}};
}

StageMetrics::StageMetrics(const Meter& meter, std::string_view role, std::string_view task,
                           std::string_view stage)
    : duration_(meter
                    .histogram(std::string(role) + ".lifecycle.duration",
                               seconds("Duration of one attempt at a stage of a transaction."))
                    .bind({{"task", task}, {"stage", stage}})),
      outcomes_(bind_outcomes(
          meter.counter(
              std::string(role) + ".lifecycle.outcome",
              {.unit = "{stage}", .description = "Attempts at stages of transactions, by outcome."}),
          task, stage)) {}

StageMetrics::Outcomes StageMetrics::bind_outcomes(const Counter<std::int64_t>& counter,
                                                   std::string_view task, std::string_view stage) {
  const auto bind = [&](std::string_view name) {
    return counter.bind({{"task", task}, {"stage", stage}, {"outcome", name}});
  };
  return {bind("ok"), bind("error"), bind("timeout"), bind("retry")};
}

}  // namespace ergon::inline v0::detail
