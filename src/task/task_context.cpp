#include <ergon/task/task_context.hpp>
#include <stdexcept>
#include <string>

#include "base/type_name.hpp"

namespace ergon {

Service& TaskContext::find_service(std::string_view name) const {
  const auto found = services_.find(name);
  if (found != services_.end()) return *found->second;
  std::string known;
  for (const auto& [other, service] : services_) known += (known.empty() ? "'" : ", '") + other + "'";
  throw std::logic_error("there is no service '" + std::string(name) + "'; there " +
                         (known.empty() ? "are none" : "is " + known));
}

void TaskContext::throw_not_a(std::string_view name, const std::type_info& found,
                              const std::type_info& wanted) {
  throw std::logic_error("service '" + std::string(name) + "' is a " + base::type_name(found.name()) +
                         ", not a " + base::type_name(wanted.name()));
}

}  // namespace ergon
