#include <ergon/task/task_context.hpp>
#include <stdexcept>
#include <string>

#include "base/type_name.hpp"

namespace ergon::inline v0 {
namespace {

template <class Part>
std::string what_there_is(const std::map<std::string, Part*, std::less<>>& parts) {
  std::string known;
  for (const auto& [name, part] : parts) known += (known.empty() ? "'" : ", '") + name + "'";
  return "there " + (known.empty() ? "are none" : "is " + known);
}

template <class Part>
Part& find_part(const char* kind, const std::map<std::string, Part*, std::less<>>& parts,
                std::string_view name) {
  const auto found = parts.find(name);
  if (found != parts.end()) return *found->second;
  throw std::logic_error(std::string("there is no ") + kind + " '" + std::string(name) + "'; " +
                         what_there_is(parts));
}

}  // namespace

Service& TaskContext::find_service(std::string_view name) const {
  return find_part("service", services_, name);
}

const Dispatcher& TaskContext::connector(std::string_view name) const {
  return find_part("connector", connectors_, name);
}

void TaskContext::throw_not_a(std::string_view name, const std::type_info& found,
                              const std::type_info& wanted) {
  throw std::logic_error("service '" + std::string(name) + "' is a " + base::type_name(found.name()) +
                         ", not a " + base::type_name(wanted.name()));
}

void TaskContext::throw_not_one(std::size_t found, const std::type_info& wanted) const {
  throw std::logic_error((found == 0 ? "no service is a " : "more than one service is a ") +
                         base::type_name(wanted.name()) + "; " + what_there_is(services_));
}

}  // namespace ergon::inline v0
