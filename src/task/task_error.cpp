#include "task/task_error.hpp"

#include <cxxabi.h>

#include <exception>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "task/type_name.hpp"

namespace ergon::detail {
namespace {

struct KindAndMessage {
  ErrorKind kind;
  std::string message;
};

KindAndMessage look_at_current_exception() {
  try {
    throw;
  } catch (const BusinessError& error) {
    return {ErrorKind::business, error.what()};
  } catch (const DecodeError& error) {
    return {ErrorKind::business, error.what()};
  } catch (const TimeoutError& error) {
    return {ErrorKind::timeout, error.what()};
  } catch (const std::exception& error) {
    return {ErrorKind::system, error.what()};
  } catch (...) {
    return {ErrorKind::system, {}};
  }
}

// `X` of `std::_Nested_exception<X>`, which std::throw_with_nested derives from an X or X const.
std::string without_nesting(std::string_view type) {
  constexpr std::string_view kNested = "std::_Nested_exception<";
  if (!type.starts_with(kNested)) return std::string(type);
  type.remove_prefix(kNested.size());
  for (const std::string_view end : {">", " ", " const"}) {
    if (type.ends_with(end)) type.remove_suffix(end.size());
  }
  return std::string(type);
}

std::string type_of_current_exception() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  return type != nullptr ? without_nesting(type_name(type->name())) : "unknown";
}

}  // namespace

TaskError describe_current_exception(std::string_view transaction_id) {
  auto [kind, message] = look_at_current_exception();
  return {.kind = kind,
          .type = type_of_current_exception(),
          .message = std::move(message),
          .transaction_id = std::string(transaction_id),
          .cause = std::current_exception()};
}

std::string_view reason_of(const TaskError& error) noexcept {
  return error.message.empty() ? error.type : error.message;
}

TaskError had_by(const std::string& who, TaskError error) {
  error.message = who + ": " + std::string(reason_of(error));
  return error;
}

}  // namespace ergon::detail
