#include "config/locate.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace ergon::config {
namespace {

bool is_at_or_below(std::string_view path, std::string_view above) {
  if (above.empty() || path == above) return true;
  return path.starts_with(above) && (path[above.size()] == '.' || path[above.size()] == '[');
}

// An entry of a map or an item of a list.
struct Step {
  const Node* place;
  const Node* value;
  std::string path;
};

std::optional<Step> step_towards(const std::string& target, const Node& from, const std::string& path) {
  for (const auto& [key, value] : from.entries) {
    std::string below = member_path(path, key->text);
    if (is_at_or_below(target, below)) return Step{key.get(), value.get(), std::move(below)};
  }
  for (std::size_t index = 0; index < from.items.size(); ++index) {
    std::string below = item_path(path, index);
    const Node* item = from.items[index].get();
    if (is_at_or_below(target, below)) return Step{item, item, std::move(below)};
  }
  return std::nullopt;
}

Step nearest_step(const std::string& target, const Node& root) {
  Step nearest{&root, &root, {}};
  while (auto step = step_towards(target, *nearest.value, nearest.path)) nearest = *std::move(step);
  return nearest;
}

}  // namespace

bool is_in(const Node& root, const std::string& path) { return nearest_step(path, root).path == path; }

void locate(ConfigError& error, const std::string& file, const Node& root) {
  const Step nearest = nearest_step(error.path, root);
  error.file = file;
  error.line = nearest.place->line;
  error.column = nearest.place->column;
}

void add_located(ConfigErrors& errors, ConfigErrors later, const std::string& file, const Node& root) {
  const std::size_t known = errors.size();
  for (ConfigError& error : later) {
    const bool may_follow = std::ranges::any_of(std::span(errors).first(known), [&](const ConfigError& one) {
      return is_at_or_below(error.path, one.path);
    });
    if (may_follow || errors.size() >= kErrorLimit) continue;
    locate(error, file, root);
    errors.push_back(std::move(error));
  }
  std::ranges::stable_sort(errors, {},
                           [](const ConfigError& error) { return std::pair(error.line, error.column); });
}

}  // namespace ergon::config
