#include "config/origins.hpp"

#include <algorithm>
#include <span>
#include <tuple>

namespace ergon::inline v0::config {
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

// What OpenTelemetry has under development may be called here as it is to be called then.
std::string_view stable_name(std::string_view key) {
  constexpr std::string_view kEnd = "/development";
  return key.substr(0, key.size() - (key.ends_with(kEnd) ? kEnd.size() : 0));
}

// An attribute may be in a list of names and values in place of the map.
std::optional<Step> step_to_listed(std::string_view target, const Node& from, const std::string& path) {
  const NodePointer list = value_of(from, "attributes");
  if (list == nullptr) return std::nullopt;
  for (const NodePointer& item : list->items) {
    const NodePointer name = value_of(*item, "name");
    const NodePointer value = value_of(*item, "value");
    if (name != nullptr && value != nullptr && target == member_path(path, name->text))
      return Step{name.get(), value.get(), std::string(target)};
  }
  return std::nullopt;
}

std::optional<Step> step_towards(std::string_view target, const Node& from, const std::string& path) {
  for (const auto& [key, value] : from.entries) {
    for (const std::string_view name : {std::string_view(key->text), stable_name(key->text)}) {
      std::string below = member_path(path, name);
      if (is_at_or_below(target, below)) return Step{key.get(), value.get(), std::move(below)};
    }
  }
  if (auto step = step_to_listed(target, from, path)) return step;
  for (std::size_t index = 0; index < from.items.size(); ++index) {
    std::string below = item_path(path, index);
    const Node* item = from.items[index].get();
    if (is_at_or_below(target, below)) return Step{item, item, std::move(below)};
  }
  return std::nullopt;
}

// As far as a text goes towards a value; null where that is elsewhere, or is what the text as a part of a
// larger one is the value of: there its key is its place.
std::optional<Step> nearest_step(std::string_view target, const Layer& layer) {
  if (layer.root == nullptr || !is_at_or_below(target, layer.mount)) return std::nullopt;
  Step nearest{layer.root.get(), layer.root.get(), layer.mount};
  while (auto step = step_towards(target, *nearest.value, nearest.path)) nearest = *std::move(step);
  if (!layer.mount.empty() && nearest.path == layer.mount) return std::nullopt;
  return nearest;
}

// Whether what texts before it have below this is gone: lists and scalars are replaced as a whole.
bool replaces(const Step& step) {
  return step.value->kind == Node::Kind::list || step.value->kind == Node::Kind::scalar;
}

Origins::Place place_in(const Layer& layer, const Step& step) {
  return {layer.source, step.place->line, step.place->column, step.value->is_substituted,
          step.value->is_from_file};
}

}  // namespace

std::optional<Origins::Place> Origins::place_of(const std::string& path) const {
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const auto step = nearest_step(path, layers_[i]);
    if (step && step->path == path) return place_in(layers_[i], *step);
    if (step && replaces(*step)) break;
  }
  return std::nullopt;
}

const std::string* Origins::variable_of(const std::string& path) const {
  const std::string* nearest = nullptr;
  std::size_t length = 0;
  for (const auto& [place, variable] : variables_) {
    if (!is_at_or_below(path, place) || (nearest != nullptr && place.size() < length)) continue;
    nearest = &variable;
    length = place.size();
  }
  return nearest;
}

void Origins::locate(ConfigError& error) const {
  std::optional<Place> nearest;
  std::size_t length = 0;
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const auto step = nearest_step(error.path, layers_[i]);
    if (!step) continue;
    if (!nearest || step->path.size() > length) {
      nearest = place_in(layers_[i], *step);
      length = step->path.size();
    }
    if (replaces(*step)) break;
  }
  if (!nearest) return;
  error.file = nearest->source;
  error.line = nearest->line;
  error.column = nearest->column;
}

std::size_t Origins::layer_of(std::string_view source) const {
  return static_cast<std::size_t>(std::ranges::find(layers_, source, &Layer::source) - layers_.begin());
}

void Origins::add_located(ConfigErrors& errors, ConfigErrors later) const {
  const std::size_t known = errors.size();
  for (ConfigError& error : later) {
    const bool may_follow = std::ranges::any_of(std::span(errors).first(known), [&](const ConfigError& one) {
      return is_at_or_below(error.path, one.path);
    });
    if (may_follow || errors.size() >= kErrorLimit) continue;
    if (error.file.empty()) locate(error);
    const bool is_known = std::ranges::any_of(errors, [&](const ConfigError& one) {
      return one.line > 0 && std::tie(one.file, one.line, one.column, one.complaint.found) ==
                                 std::tie(error.file, error.line, error.column, error.complaint.found);
    });
    if (is_known) continue;  // of another task that has the same from its defaults
    errors.push_back(std::move(error));
  }
  std::ranges::stable_sort(errors, {}, [&](const ConfigError& error) {
    return std::tuple(layer_of(error.file), error.line, error.column);
  });
}

}  // namespace ergon::inline v0::config
