#pragma once

#include <type_traits>

#include <ergon/task/dispatcher.hpp>
#include <ergon/task/errors.hpp>
#include <ergon/task/payload.hpp>
#include <ergon/task/task_context.hpp>
#include <ergon/task/transaction.hpp>

namespace ergon::inline v0 {

namespace detail {

template <class P, class R>
class SuccessHandler {
 public:
  virtual ~SuccessHandler() = default;
  virtual void handle_success(const Transaction<P>& /*transaction*/, const R& /*result*/) {}
};

template <class P>
class SuccessHandler<P, void> {
 public:
  virtual ~SuccessHandler() = default;
  virtual void handle_success(const Transaction<P>& /*transaction*/) {}
};

}  // namespace detail

/// Business logic that takes transactions one by one. Derive from it, override `process` and, where something
/// is to be done about it, `handle_success(const Transaction<P>&[, const Result&])` and `handle_exception`.
/// There is one object per loop thread, so members need no lock; it is made (T(TaskContext&) or T()) before
/// the loops start. An exception from `process` or `handle_success` makes the transaction a failed one and
/// goes to `handle_exception`. One class may be a Producer, too.
template <class P, class R = void>
class Consumer : public detail::SuccessHandler<P, R> {
 public:
  using PayloadType = P;
  using ResultType = R;

  /// Does the work. On the loop's thread, with the span `{Task}.process` current.
  virtual R process(const Transaction<P>& transaction) = 0;

  /// Called with what failed. An exception from here is logged. Not called for payloads that can't be
  /// decoded.
  virtual void handle_exception(const Transaction<P>& /*transaction*/, const TaskError& /*error*/) {}

  /// Called once, on the main thread, after the last transaction.
  virtual void exit() {}

 private:
  static_assert(detail::HasJson<P>,
                "describe the payload: ERGON_PAYLOAD(Order, id, amount) after the struct");
  static_assert(std::is_default_constructible_v<P>, "a payload must be default-constructible");
};

}  // namespace ergon::inline v0
