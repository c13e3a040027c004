#pragma once

#include <string>
#include <string_view>

#include <ergon/task/errors.hpp>

namespace ergon::inline v0::detail {

/// Why, for people: the message, or the type where there is none, as of what is no std::exception.
[[nodiscard]] std::string_view reason_of(const TaskError& error) noexcept;

/// The error, its message opening with who had it: `connector 'orders': broker is away`.
[[nodiscard]] TaskError had_by(const std::string& who, TaskError error);

}  // namespace ergon::inline v0::detail
