#pragma once

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/log_data.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// Takes log records one by one to a place of the program's own choosing. Each place in the configuration
/// that names it has an object of its own with a thread of its own, on which all of its methods are called,
/// one after another, in the order of time but for what is replayed (`LoggingConfig::on_error`), and
/// telemetry recorded there is ignored. However long a call takes and whatever it throws, no other handler
/// notices: records wait within this destination's share of the memory limit, then they are dropped and
/// counted (`queue_full`). It must not wait for a flush or the shutdown of the session, which wait for it.
///
/// To have one used: `telemetry::register_extension<T>("name")`, then `handlers: [{name: {options}}]`, or in
/// objects `Custom("name", T::Options{…})`: it has all records that pass `LoggingConfig::level`. For a part
/// of them there is `CustomHandler`. Made when a session starts, and destroyed after its `shutdown`.
/// In the child of a fork a new object is made at the first record there; the parent's is left alone.
class ERGON_API LogHandler {
 public:
  LogHandler() = default;
  LogHandler(const LogHandler&) = delete;
  LogHandler& operator=(const LogHandler&) = delete;
  virtual ~LogHandler() = default;

  /// What is thrown means that the record is lost: counted as dropped (`non_retryable`), and said on stderr,
  /// once in ten seconds at most.
  virtual void handle(const LogData& record) = 0;
  /// Writes what the handler itself holds back; answers whether all was written. Called by `Session::flush`,
  /// and once before `shutdown`.
  virtual bool force_flush(Deadline /*deadline*/) { return true; }
  /// Called once, after the last record; no call follows but the destructor's. One that is still in a call
  /// when a session's shutdown must return is left alone in it: not called again, and never destroyed.
  virtual void shutdown(Deadline /*deadline*/) {}
};

}  // namespace ergon::inline v0
