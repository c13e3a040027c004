#pragma once

#include <optional>

#include <ergon/task/errors.hpp>

namespace ergon::inline v0::detail {

/// One loop thread's work. Made and taken down on the main thread, run on its own.
class Loop {
 public:
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  virtual ~Loop() = default;

  /// Until there is nothing more to do, or the worker is to stop. Answers why it ended before its time, if it
  /// did, and whose fault that is. Throws nothing.
  [[nodiscard]] virtual std::optional<TaskError> run() = 0;
  /// The task's own `exit`; after `run`.
  virtual void exit() = 0;
};

}  // namespace ergon::inline v0::detail
