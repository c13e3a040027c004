#include "config/override_layer.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/yaml_document.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr std::string_view kForm = "KEY.KEY=VALUE, with the value in YAML";

// The keys of a path; none where it is not one. `["a.b"]` is a key with a dot.
std::vector<std::string> keys_of(std::string_view path) {
  std::vector<std::string> keys;
  while (!path.empty()) {
    std::string_view key;
    if (path.starts_with("[\"")) {
      const std::size_t end = path.find("\"]");
      if (end == std::string_view::npos) return {};
      key = path.substr(2, end - 2);
      path.remove_prefix(end + 2);
    } else {
      key = path.substr(0, std::min(path.find_first_of(".["), path.size()));
      path.remove_prefix(key.size());
    }
    if (key.empty()) return {};
    keys.emplace_back(key);
    if (path.starts_with('.')) path.remove_prefix(1);
    else if (!path.empty() && !path.starts_with('[')) return {};
  }
  return keys;
}

NodePointer key_node(std::string text) {
  Node key;
  key.kind = Node::Kind::scalar;
  key.text = std::move(text);
  key.is_quoted = true;
  return std::make_shared<const Node>(std::move(key));
}

NodePointer map_of(std::string key, NodePointer value) {
  Node map;
  map.kind = Node::Kind::map;
  map.node_count = value->node_count + 2;
  map.height = value->height + 1;
  map.entries.emplace_back(key_node(std::move(key)), std::move(value));
  return std::make_shared<const Node>(std::move(map));
}

}  // namespace

Layer override_layer(std::string_view setting, std::string mount, ConfigErrors& errors) {
  const std::size_t equals = std::min(setting.find('='), setting.size());
  Layer layer{.source = "--set " + std::string(setting.substr(0, equals)), .mount = std::move(mount)};
  std::vector<std::string> keys = keys_of(setting.substr(0, equals));
  if (equals == setting.size() || keys.empty()) {
    errors.push_back(
        {.file = layer.source, .complaint = {quoted(setting.substr(0, equals)), std::string(kForm)}});
    return layer;
  }
  const std::string_view text = setting.substr(equals + 1);
  const bool is_null = text.empty() || text == "~" || text == "null";
  NodePointer value = is_null ? std::make_shared<const Node>() : load_yaml(text, layer.source, errors);
  if (!value) return layer;
  for (std::size_t i = keys.size(); i-- > 0;) value = map_of(std::move(keys[i]), std::move(value));
  layer.root = std::move(value);
  return layer;
}

}  // namespace ergon::inline v0::config
