#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ergon/config/type_description.hpp>

#include "config/config_error.hpp"

namespace ergon::inline v0::config {

/// A scalar as it was written. One that was quoted is a string, whatever it looks like.
struct ScalarText {
  std::string_view text{};
  bool is_quoted{false};
};

/// True for what is written as one scalar (an attribute, which may also be a list, included).
[[nodiscard]] bool is_scalar(const TypeDescription& type);

/// Whether a number, or a size, keeps to the limits.
[[nodiscard]] bool is_within(double value, const Rules& rules) noexcept;

/// True for a string, optional, list or map with nothing in it.
[[nodiscard]] bool is_empty(const TypeDescription& type, const void* value);

/// "1 entry", "3 entries".
[[nodiscard]] std::string size_text(std::size_t size);

/// Sets `target`, of a scalar type, to what `written` says, or returns what is wrong and leaves it as it was.
[[nodiscard]] std::optional<Complaint> assign_scalar(const TypeDescription& type, const Rules& rules,
                                                     void* target, const ScalarText& written);

/// What is wrong with a value that is there already, of any type; what is inside a list, map, object or
/// variant is not looked at.
[[nodiscard]] std::optional<Complaint> check_value(const TypeDescription& type, const Rules& rules,
                                                   const void* value);

/// A value of a scalar type, and of a list attribute, as it would be written, without quotes; empty for
/// others.
[[nodiscard]] std::string value_text(const TypeDescription& type, const void* value);

/// What was written, as an error message shows it.
[[nodiscard]] std::string found_text(const ScalarText& written);

}  // namespace ergon::inline v0::config
