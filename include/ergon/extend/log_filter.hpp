#pragma once

#include <ergon/extend/log_data.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// Decides which records a handler takes. It is asked about those that pass the handler's level and the
/// filters that the handler names before it, after what `redact` says has been replaced. What no handler
/// takes is counted as dropped (`filtered`).
///
/// Each handler that names it has an object of its own, and of `otlp` each of its processors. All calls come
/// from telemetry's own worker thread, one after another, and telemetry recorded there is ignored. All
/// records of all signals wait meanwhile, so a call should take microseconds, and must wait for nothing, a
/// flush least of all. One that does not return by the end of the session is left alone with the worker, and
/// never destroyed; what the worker had not booked yet counts as dropped (`shutdown`), delivered or not, and
/// no other session starts before it has returned.
///
/// To have one used: `telemetry::register_extension<T>("name")`, then `filters: {mine: {name: {options}}}`
/// and `handlers: [{console: {filters: [mine]}}]`, or in objects `.filters = {{"mine", Custom("name",
/// T::Options{…})}}`. Made when a session starts, and destroyed on the worker thread when it has ended. In
/// the child of a fork a new object is made at the first record there; the parent's is left alone.
class ERGON_API LogFilter {
 public:
  LogFilter() = default;
  LogFilter(const LogFilter&) = delete;
  LogFilter& operator=(const LogFilter&) = delete;
  virtual ~LogFilter() = default;

  /// Whether the handler is to have the record, which is borrowed for the call; copies may be kept. What is
  /// thrown lets it pass, and is said on stderr, once in ten seconds at most.
  [[nodiscard]] virtual bool passes(const LogData& record) = 0;
};

}  // namespace ergon::inline v0
