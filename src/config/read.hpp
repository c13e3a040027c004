#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <ergon/config/description.hpp>
#include <ergon/config/options.hpp>

#include "config/config_error.hpp"
#include "config/node.hpp"

namespace ergon::config {

/// The types of options that a program registered, by name, each as a value with its defaults; an empty value
/// stands for a type that takes no options.
using OptionsRegistry = std::map<std::string, AnyOptions, std::less<>>;

/// What a file can refer to. `registries` are found by `Rules::registry` ("connectors", "services") and
/// `Alternative::registry` ("propagators").
struct ReadContext {
  std::map<std::string, OptionsRegistry, std::less<>> registries{};
};

/// A file before its types are known. Without a root it could not be read.
struct Document {
  std::string file{};
  NodePointer root{};
};

/// What is wrong is added to `errors`. Never throws but for lack of memory.
[[nodiscard]] Document load_document(const std::string& file, ConfigErrors& errors);

/// The same as `read_yaml`, of a document that could be read.
[[nodiscard]] ConfigErrors read_document(const Document& document, const TypeDescription& type, void* target,
                                         const ReadContext& context);

/// Reads YAML into `target`, a value of the described type, and returns everything that is wrong with what it
/// is then, at most 100 errors, in the order of the file; with errors the target is no longer good for
/// anything. `file` is for messages only. What the text leaves out keeps the value it has: objects and maps
/// are merged (but see `Rules::replaces`), lists and scalars replaced. Nothing (`key:`) means the defaults
/// for an object, map or list; for the rest it is an error. Never throws but for lack of memory. Any thread.
[[nodiscard]] ConfigErrors read_yaml(std::string_view text, const std::string& file,
                                     const TypeDescription& type, void* target, const ReadContext& context);

/// The same from a file.
[[nodiscard]] ConfigErrors read_yaml_file(const std::string& file, const TypeDescription& type, void* target,
                                          const ReadContext& context);

template <class T>
[[nodiscard]] ConfigErrors read_yaml(std::string_view text, const std::string& file, T& target,
                                     const ReadContext& context = {}) {
  return read_yaml(text, file, type_of<T>(), &target, context);
}

template <class T>
[[nodiscard]] ConfigErrors read_yaml_file(const std::string& file, T& target,
                                          const ReadContext& context = {}) {
  return read_yaml_file(file, type_of<T>(), &target, context);
}

}  // namespace ergon::config
