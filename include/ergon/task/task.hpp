#pragma once

#include <ergon/task/task_context.hpp>

namespace ergon::inline v0 {

/// Business logic that is neither a Consumer nor a Producer: one piece of work per worker process. Derive
/// from it and override `execute`. There is one object per worker process; it is made (T(TaskContext&) or
/// T()) before it starts.
class Task {
 public:
  virtual ~Task() = default;

  /// Does the work. On a thread of its own, with the span `{Task}.execute` current, which is a child of the
  /// worker's own, `execute`. When it returns the worker is done; an exception ends the run with exit code 1.
  /// What takes long looks at `context.stop_token()`, and calls `context.heartbeat()` more often than
  /// `supervision.unhealthy_grace`.
  virtual void execute(TaskContext& context) = 0;

  /// Called once, on the main thread, after `execute`.
  virtual void exit() {}
};

}  // namespace ergon::inline v0
