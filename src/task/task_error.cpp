#include <cxxabi.h>

#include <exception>
#include <string>
#include <string_view>
#include <typeinfo>

#include <ergon/task/errors.hpp>

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

}  // namespace

TaskError describe_current_exception(std::string_view transaction_id) {
  auto [kind, message] = look_at_current_exception();
  const std::type_info* type = abi::__cxa_current_exception_type();
  return {.kind = kind,
          .type = type != nullptr ? type_name(type->name()) : std::string("unknown"),
          .message = std::move(message),
          .transaction_id = std::string(transaction_id),
          .cause = std::current_exception()};
}

}  // namespace ergon::detail
