#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <ergon/config/description.hpp>
#include <ergon/config/options.hpp>

#include "config/config_error.hpp"
#include "config/node.hpp"
#include "config/origins.hpp"

namespace ergon::inline v0::config {

/// The types of options that a program registered, by name, each as a value with its defaults; an empty value
/// stands for a type that takes no options.
using OptionsRegistry = std::map<std::string, AnyOptions, std::less<>>;

/// What a file can refer to. `registries` are found by `Rules::registry` ("connectors", "services") and
/// `Alternative::registry` ("propagators").
struct ReadContext {
  std::map<std::string, OptionsRegistry, std::less<>> registries{};
  /// As OpenTelemetry's declarative files are read: nothing (`key:`) is the default of any value, and
  /// attributes stand in their list alone.
  bool is_declarative{false};
};

/// Adds the texts of a file and of those that it includes (`include: [base.yaml]`, paths from the file's own
/// folder), the included first, with references replaced and merge keys resolved (`expanded`). What is wrong
/// is added to `errors`. Never throws but for lack of memory.
void load_layers(const std::string& file, Origins& origins, ConfigErrors& errors);

/// Reads one text into `target`, a value of the described type that belongs at the layer's place, and returns
/// all that is wrong with the text. What it leaves out keeps the value it has: objects and maps are merged
/// (but see `Rules::replaces`: what a text of `before` has said of such a map is merged, too), lists and
/// scalars replaced.
[[nodiscard]] ConfigErrors read_layer(const Layer& layer, const TypeDescription& type, void* target,
                                      const ReadContext& context, const Origins& before = {});

/// The same of all texts, one after another, each at the top, and whatever is wrong with the value then.
[[nodiscard]] ConfigErrors read_layers(const Origins& origins, const TypeDescription& type, void* target,
                                       const ReadContext& context);

/// Reads YAML into `target`, a value of the described type, and returns everything that is wrong with what it
/// is then, at most 100 errors, in the order of the file; with errors the target is no longer good for
/// anything. `file` is for messages only. Nothing (`key:`) means the defaults for an object, map or list; for
/// the rest it is an error. Never throws but for lack of memory. Any thread.
[[nodiscard]] ConfigErrors read_yaml(std::string_view text, const std::string& file,
                                     const TypeDescription& type, void* target, const ReadContext& context);

/// The same from a file, with what it includes.
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

}  // namespace ergon::inline v0::config
