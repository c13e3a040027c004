#pragma once

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// Whose fault a failed transaction is.
enum class ErrorKind : std::uint8_t {
  business,  // the transaction's: trying again would fail again
  system,    // the surroundings': every exception that is not one of the others
  timeout,   // something took too long
};

/// Throw it from `process` or a service when the transaction itself is at fault (an unknown currency, say).
class ERGON_API BusinessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throw it when the surroundings are at fault (a database that is away). Foreign exceptions count as this
/// kind.
class ERGON_API SystemError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throw it when a limit of time was passed. Its `error.type` in telemetry is `timeout`.
class ERGON_API TimeoutError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throw it, or a class of your own that derives from it, where trying again is in vain: whatever the policy
/// says, there is no further attempt and no further delivery. Of kind system.
class ERGON_API NonRetryable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The payload is not what its type describes; the message names the member, what was found and what was
/// expected. Thrown while a transaction is decoded, before `process`; of kind business, since the input is at
/// fault.
class ERGON_API DecodeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Why a transaction failed, as `handle_exception` gets it: a value, valid as long as it is held.
struct TaskError {
  ErrorKind kind{ErrorKind::system};
  /// The exception's type as written in C++ (`ergon::BusinessError`).
  std::string type{};
  /// Its `what()`; empty for what is no std::exception.
  std::string message{};
  std::string transaction_id{};
  /// The attempts that were made at what failed.
  std::int64_t attempts{1};
  /// Whether another try may help: not after NonRetryable or DecodeError.
  bool is_retryable{true};
  /// The exception itself, for `std::rethrow_exception`.
  std::exception_ptr cause{};
};

namespace detail {

// The exception being handled; call it inside a catch block only.
[[nodiscard]] ERGON_API TaskError describe_current_exception(std::string_view transaction_id);

}  // namespace detail
}  // namespace ergon::inline v0
