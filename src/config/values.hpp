#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <ergon/config/description.hpp>

#include "config/config_error.hpp"

namespace ergon::inline v0::config {

/// One value somewhere in a described object: a scalar (`value_text` shows it), or what contains others.
struct ValueView {
  const std::string& path;
  const TypeDescription& type;
  const Rules& rules;
  const void* value;
  /// Of the key that it is at; empty where it is at none.
  std::string_view documentation{};
};

/// Calls `visit` for `value` and then for everything in it, depth first, in the order of the descriptions. An
/// empty optional is visited, and has nothing in it.
void visit_values(const TypeDescription& type, const void* value,
                  const std::function<void(const ValueView&)>& visit);

/// What in an object made in code breaks its description: the same rules, and the same messages without a
/// place, as for a file.
[[nodiscard]] ConfigErrors validate(const TypeDescription& type, const void* value);

template <class T>
[[nodiscard]] ConfigErrors validate(const T& value) {
  return validate(type_of<T>(), &value);
}

}  // namespace ergon::inline v0::config
