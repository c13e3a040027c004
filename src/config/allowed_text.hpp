#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/type_description.hpp>

namespace ergon::inline v0::config {

/// What a value of this type may be, for people: "a whole number from 1 to 1024", "one of text, json".
[[nodiscard]] std::string allowed_text(const TypeDescription& type, const Rules& rules);

/// A duration as it is written: the largest unit that divides it, `1500ms`, `10s`.
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds duration);

/// The names by which the members of an object, or of a variant, or an enumeration's values are known.
[[nodiscard]] std::vector<std::string_view> names_of(const ObjectType& type);
[[nodiscard]] std::vector<std::string_view> names_of(const VariantType& type);
[[nodiscard]] std::vector<std::string_view> names_of(const EnumType& type);

/// "a, b, c".
/// Whether the number is one of bytes, and may have a unit.
[[nodiscard]] bool is_size(const Rules& rules);
[[nodiscard]] std::string listed(std::span<const std::string_view> names);

}  // namespace ergon::inline v0::config
