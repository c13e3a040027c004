#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace ergon::inline v0::base {

/// The name of a type as written in C++, from what `type_info::name` answers.
[[nodiscard]] std::string type_name(const char* mangled);

/// The last part of a type's name: `OrderProcessor` of `shop<int>::OrderProcessor<int>`.
[[nodiscard]] std::string unqualified(std::string_view type);

/// The type of an exception, as it was thrown; what std::throw_with_nested made of it is left out.
[[nodiscard]] std::string type_of(const std::exception& error);

/// The same of the exception being handled, whatever it is; empty where none is.
[[nodiscard]] std::string type_of_current_exception();

/// What the exception was thrown in front of by std::throw_with_nested, or as a std::nested_exception; null
/// where there is nothing of the kind.
[[nodiscard]] std::exception_ptr cause_of(const std::exception& error) noexcept;

/// The same of the exception being handled, which there must be.
[[nodiscard]] std::exception_ptr cause_of_current_exception() noexcept;

}  // namespace ergon::inline v0::base
