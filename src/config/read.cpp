#include "config/read.hpp"

#include "config/locate.hpp"
#include "config/node_reader.hpp"
#include "config/values.hpp"
#include "config/yaml_document.hpp"

namespace ergon::config {

Document load_document(const std::string& file, ConfigErrors& errors) {
  const std::string text = load_text(file, errors);
  return {file, errors.empty() ? load_yaml(text, file, errors) : nullptr};
}

ConfigErrors read_document(const Document& document, const TypeDescription& type, void* target,
                           const ReadContext& context) {
  NodeReader reader(document.file, context);
  reader.read(*document.root, type, target);
  ConfigErrors errors = reader.take_errors();
  add_located(errors, validate(type, target), document.file, *document.root);
  return errors;
}

ConfigErrors read_yaml(std::string_view text, const std::string& file, const TypeDescription& type,
                       void* target, const ReadContext& context) {
  ConfigErrors errors;
  const Document document{file, load_yaml(text, file, errors)};
  return document.root ? read_document(document, type, target, context) : errors;
}

ConfigErrors read_yaml_file(const std::string& file, const TypeDescription& type, void* target,
                            const ReadContext& context) {
  ConfigErrors errors;
  const Document document = load_document(file, errors);
  return document.root ? read_document(document, type, target, context) : errors;
}

}  // namespace ergon::config
