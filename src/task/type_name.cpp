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
  type = type.substr(0, type.find('<'));
  if (const auto colons = type.rfind("::"); colons != std::string_view::npos) type.remove_prefix(colons + 2);
  return std::string(type);
}

}  // namespace ergon::detail
