#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ergon::inline v0::config {

struct Node;
using NodePointer = std::shared_ptr<const Node>;

/// A value of a configuration file before anything is known of its type, with its place. Nodes never contain
/// themselves, but two aliases of one YAML anchor share a node.
struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };

  Kind kind{Kind::null};
  /// From 1.
  int line{1};
  int column{1};
  /// Of a scalar. One that is quoted, or in a block, is a string whatever it looks like.
  std::string text{};
  bool is_quoted{false};
  /// Whether a reference, `${NAME}` or `${file:PATH}`, was in it: then the text is not what the file shows.
  bool is_substituted{false};
  /// By a reference to a file.
  bool is_from_file{false};
  std::vector<NodePointer> items{};
  /// In the order of the file; a key may be there twice, and need not be a string.
  std::vector<std::pair<NodePointer, NodePointer>> entries{};
  /// How many nodes there are from here on down, counted once for each alias, and how many levels.
  std::size_t node_count{1};
  int height{1};
};

/// The value of a map's key; null where there is none, or where `node` is no map.
[[nodiscard]] inline NodePointer value_of(const Node& node, std::string_view key) {
  for (const auto& [name, value] : node.entries) {
    if (name->kind == Node::Kind::scalar && name->text == key) return value;
  }
  return nullptr;
}

}  // namespace ergon::inline v0::config
