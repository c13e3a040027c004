#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.hpp"
#include "config/read.hpp"

namespace ergon::inline v0::config {

/// What a node is, as an error message shows it.
[[nodiscard]] std::string found_text(const Node& node);

/// What OpenTelemetry's configuration has in the place of a map of attributes: a list of names and values.
[[nodiscard]] const TypeDescription& attribute_list_type() noexcept;

/// The type that an attribute in a list says (attribute_list.cpp).
enum class AttributeKind : std::uint8_t;

/// Fills described values from the nodes of one file, and collects what is wrong with it.
class NodeReader {
 public:
  /// All outlive the reader.
  NodeReader(const Layer& layer, const ReadContext& context, const Origins& before)
      : layer_(layer), context_(context), before_(before) {}

  /// All of the text, into what belongs at its place.
  void read(const TypeDescription& type, void* target);

  /// In the order of the file.
  [[nodiscard]] ConfigErrors take_errors() { return std::move(errors_); }

 private:
  // A node and what it is to be read as.
  struct Request {
    const Node& node;
    std::string path;
    const TypeDescription& type;
    const Rules& rules;
    void* target;
    // Where the node is the value of a map's entry.
    const Node* key{nullptr};
  };

  // A map's entry whose key passed as a key: a string, there once.
  struct Entry {
    std::string_view name;
    const Node& key;
    const Node& value;
    std::string path;
  };

  void read(const Request& request);

  template <class Scalar>
  void read_as(const Scalar& type, const Request& request);
  void read_as(const AttributeType& type, const Request& request);
  void read_as(const OptionalType& type, const Request& request);
  void read_as(const ListType& type, const Request& request);
  void read_as(const MapType& type, const Request& request);
  void read_as(const ObjectType& type, const Request& request);
  void read_as(const VariantType& type, const Request& request);
  void read_as(const AnyType& type, const Request& request);

  // What an object has beside the keys of its own, and under the key of its map of attributes.
  void read_inlined(const FieldDescription& field, const Entry& entry, void* object);
  // One of a list, into the map.
  void read_attribute(const Request& request, const MapType& type, void* map);
  void read_value(AttributeKind kind, const Request& request);
  template <class T>
  void read_typed(const Request& request);

  [[nodiscard]] const OptionsRegistry& registry_of(std::string_view name) const;
  void read_options(const OptionsRegistry& registry, const Entry& entry, AnyOptions& target);
  static void empty_lists(const ObjectType& type, std::span<const Entry> entries, void* target);
  std::vector<Entry> entries_of(const Request& request);
  std::optional<Entry> only_entry(const Request& request, std::span<const std::string_view> names);
  bool is_container(const Request& request, Node::Kind kind);

  void complain(const Node& node, const std::string& path, Complaint complaint, bool is_unknown_key = false);
  void complain_of(const Request& request, std::string allowed);
  void complain_of_name(const Entry& entry, std::string_view what, std::span<const std::string_view> names,
                        bool is_key = false);

  const Layer& layer_;
  const ReadContext& context_;
  const Origins& before_;
  ConfigErrors errors_;
};

}  // namespace ergon::inline v0::config
