#include "config/read.hpp"

#include <iterator>
#include <utility>

#include "config/expand.hpp"
#include "config/node_reader.hpp"
#include "config/values.hpp"
#include "config/yaml_document.hpp"

namespace ergon::inline v0::config {

ConfigErrors read_layer(const Layer& layer, const TypeDescription& type, void* target,
                        const ReadContext& context, const Origins& before) {
  NodeReader reader(layer, context, before);
  reader.read(type, target);
  return reader.take_errors();
}

ConfigErrors read_layers(const Origins& origins, const TypeDescription& type, void* target,
                         const ReadContext& context) {
  Origins before;
  ConfigErrors errors;
  for (const Layer& layer : origins.layers()) {
    ConfigErrors found = read_layer(layer, type, target, context, before);
    std::ranges::move(found, std::back_inserter(errors));
    before.add(layer);
  }
  origins.add_located(errors, validate(type, target));
  return errors;
}

ConfigErrors read_yaml(std::string_view text, const std::string& file, const TypeDescription& type,
                       void* target, const ReadContext& context) {
  ConfigErrors errors;
  NodePointer root = load_yaml(text, file, errors);
  if (!root) return errors;
  Origins origins;
  origins.add({file, expanded(root, file, errors)});
  origins.add_located(errors, read_layers(origins, type, target, context));
  return errors;
}

ConfigErrors read_yaml_file(const std::string& file, const TypeDescription& type, void* target,
                            const ReadContext& context) {
  Origins origins;
  ConfigErrors errors;
  load_layers(file, origins, errors);
  if (origins.layers().empty()) return errors;
  origins.add_located(errors, read_layers(origins, type, target, context));
  return errors;
}

}  // namespace ergon::inline v0::config
