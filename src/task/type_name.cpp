#include "task/type_name.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace ergon::detail {

std::string type_name(const char* mangled) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(mangled, nullptr, nullptr, &status), &std::free);
  return status == 0 && name ? std::string(name.get()) : std::string(mangled);
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

}  // namespace ergon::detail
