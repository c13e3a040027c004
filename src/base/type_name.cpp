#include "base/type_name.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>

namespace ergon::inline v0::base {

namespace {

// Without the namespace of the ABI, which nobody writes.
std::string as_written(std::string type) {
  constexpr std::string_view kQualified = "ergon::v0::";
  constexpr std::string_view kVersion = "v0::";
  for (auto found = type.find(kQualified); found != std::string::npos; found = type.find(kQualified, found))
    type.erase(found + kQualified.size() - kVersion.size(), kVersion.size());
  return type;
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

// The Itanium C++ ABI puts it before an object's virtual functions; null in a class compiled without RTTI, of
// which `typeid` would make a crash.
const std::type_info* type_info_of(const std::exception& error) noexcept {
  return (*reinterpret_cast<const std::type_info* const* const*>(&error))[-1];
}

}  // namespace

std::string type_name(const char* mangled) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(mangled, nullptr, nullptr, &status), &std::free);
  return status == 0 && name ? as_written(name.get()) : std::string(mangled);
}

std::string unqualified(std::string_view type) {
  int depth = 0;  // of the brackets at the end
  while (!type.empty() && (depth > 0 || type.ends_with('>'))) {
    if (type.ends_with('>')) ++depth;
    if (type.ends_with('<')) --depth;
    type.remove_suffix(1);
  }
  if (const auto colons = type.rfind("::"); colons != std::string_view::npos) type.remove_prefix(colons + 2);
  return std::string(type);
}

std::string type_of(const std::exception& error) {
  const std::type_info* type = type_info_of(error);
  return type != nullptr ? without_nesting(type_name(type->name())) : "std::exception";
}

std::string type_of_current_exception() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  return type != nullptr ? without_nesting(type_name(type->name())) : std::string();
}

std::exception_ptr cause_of(const std::exception& error) noexcept {
  if (type_info_of(error) == nullptr) return nullptr;
  const auto* nested = dynamic_cast<const std::nested_exception*>(&error);
  return nested != nullptr ? nested->nested_ptr() : nullptr;
}

std::exception_ptr cause_of_current_exception() noexcept {
  try {
    throw;
  } catch (const std::nested_exception& nested) {
    return nested.nested_ptr();
  } catch (...) {
    return nullptr;
  }
}

}  // namespace ergon::inline v0::base
