#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace ergon::inline v0 {

/// One value of a resource attribute. In YAML a quoted scalar is a string; a plain one is read by YAML 1.2's
/// rules, so `true` is a boolean, `3` a whole number and `1.10` the number 1.1: quote versions.
using ResourceValue = std::variant<std::string, bool, std::int64_t, double, std::vector<std::string>>;

/// Attributes that describe the process as a whole, e.g. `{{"deployment.environment.name", "staging"}}`. They
/// are on every span, log record and metric; what Ergon injects (instance id, pid, host) wins over the same
/// key here.
using ResourceAttributes = std::map<std::string, ResourceValue>;

}  // namespace ergon::inline v0
