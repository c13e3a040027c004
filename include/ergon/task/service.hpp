#pragma once

namespace ergon::inline v0 {

/// A client of something (a payment API, a database) that tasks get by name. One object per worker process,
/// shared by its loop threads: what tasks call must be safe between threads. With an `Options` aggregate
/// (ERGON_OPTIONS) its constructor is T(Options) or T(Options, TaskContext&), and the configuration may set
/// it; else T() or T(TaskContext&).
class Service {
 public:
  virtual ~Service() = default;

  /// Called once, on the main thread, after all services were made and before any transaction. An exception
  /// ends the run with exit code 1.
  virtual void init() {}
  /// Called once, on the main thread, after the last transaction, also when the run failed; not if `init`
  /// threw.
  virtual void exit() {}
};

}  // namespace ergon::inline v0
