#include "task/task_error.hpp"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "base/type_name.hpp"

namespace ergon::inline v0::detail {
namespace {

struct KindAndMessage {
  ErrorKind kind;
  std::string message;
  bool is_retryable{true};
};

KindAndMessage look_at_current_exception() {
  try {
    throw;
  } catch (const BusinessError& error) {
    return {ErrorKind::business, error.what()};
  } catch (const DecodeError& error) {
    return {ErrorKind::business, error.what(), false};
  } catch (const NonRetryable& error) {
    return {ErrorKind::system, error.what(), false};
  } catch (const TimeoutError& error) {
    return {ErrorKind::timeout, error.what()};
  } catch (const std::exception& error) {
    return {ErrorKind::system, error.what()};
  } catch (...) {
    return {ErrorKind::system, {}};
  }
}

}  // namespace

TaskError describe_current_exception(std::string_view transaction_id) {
  auto [kind, message, is_retryable] = look_at_current_exception();
  std::string type = base::type_of_current_exception();
  return {.kind = kind,
          .type = type.empty() ? "unknown" : std::move(type),
          .message = std::move(message),
          .transaction_id = std::string(transaction_id),
          .is_retryable = is_retryable,
          .cause = std::current_exception()};
}

std::string_view reason_of(const TaskError& error) noexcept {
  return error.message.empty() ? error.type : error.message;
}

TaskError had_by(const std::string& who, TaskError error) {
  error.message = who + ": " + std::string(reason_of(error));
  return error;
}

}  // namespace ergon::inline v0::detail
