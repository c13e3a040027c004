#include "config/read.hpp"

#include "config/node_reader.hpp"
#include "config/yaml_document.hpp"

namespace ergon::config {

ConfigErrors read_yaml(std::string_view text, const std::string& file, const TypeDescription& type,
                       void* target, const ReadContext& context) {
  ConfigErrors errors;
  const NodePointer root = load_yaml(text, file, errors);
  if (!root) return errors;
  NodeReader reader(file, context);
  reader.read(*root, type, target);
  return reader.take_errors();
}

ConfigErrors read_yaml_file(const std::string& file, const TypeDescription& type, void* target,
                            const ReadContext& context) {
  ConfigErrors errors;
  const std::string text = load_text(file, errors);
  return errors.empty() ? read_yaml(text, file, type, target, context) : errors;
}

}  // namespace ergon::config
