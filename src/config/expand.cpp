#include "config/expand.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "config/substitution.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr std::size_t kSubstitutedLimit = 4U << 20U;

bool is_merge_key(const Node& key) {
  return key.kind == Node::Kind::scalar && !key.is_quoted && key.text == "<<";
}

// A value that a plain scalar has only after its references were replaced has no type before.
bool is_null_text(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

class Expansion {
 public:
  Expansion(const std::string& file, ConfigErrors& errors) : file_(file), errors_(errors) {}

  // A node that several aliases share is expanded once.
  NodePointer of(const NodePointer& node, const std::string& path) {
    const auto known = done_.find(node.get());
    if (known != done_.end()) return known->second;
    NodePointer result = made_from(node, path);
    done_.emplace(node.get(), result);
    return result;
  }

 private:
  using Keys = std::unordered_set<std::string_view>;

  struct Merge {
    const Node& key;
    NodePointer source;
    const std::string& path;
  };

  NodePointer made_from(const NodePointer& node, const std::string& path) {
    switch (node->kind) {
      case Node::Kind::null:
        return node;
      case Node::Kind::scalar:
        return scalar(node, path);
      case Node::Kind::list: {
        Node list = *node;
        for (std::size_t i = 0; i < list.items.size(); ++i)
          list.items[i] = of(list.items[i], item_path(path, i));
        return std::make_shared<const Node>(std::move(list));
      }
      case Node::Kind::map:
        return map(*node, path);
    }
    return node;
  }

  NodePointer scalar(const NodePointer& node, const std::string& path) {
    if (is_exhausted_) return node;
    auto replaced = substituted(node->text, bytes_left_);
    if (auto* complaint = std::get_if<Complaint>(&replaced)) {
      is_exhausted_ = complaint->found == kTooMuchText;
      complain(*node, path, std::move(*complaint));
      return node;
    }
    auto& text = std::get<std::optional<std::string>>(replaced);
    if (!text) return node;
    bytes_left_ -= text->size();
    Node scalar = *node;
    scalar.text = *std::move(text);
    scalar.is_substituted = true;
    scalar.is_from_file = node->text.find("${file:") != std::string::npos;
    if (!scalar.is_quoted && is_null_text(scalar.text)) scalar.kind = Node::Kind::null;
    return std::make_shared<const Node>(std::move(scalar));
  }

  NodePointer map(const Node& node, const std::string& path) {
    Node map = node;
    map.entries.clear();
    Keys keys;
    for (const auto& [key, value] : node.entries) {
      if (is_merge_key(*key)) continue;
      keys.insert(key->text);
      map.entries.emplace_back(key, of(value, member_path(path, key->text)));
    }
    for (const auto& [key, value] : node.entries) {
      if (is_merge_key(*key)) merge(map, keys, Merge{*key, of(value, path), path});
    }
    return std::make_shared<const Node>(std::move(map));
  }

  void merge(Node& map, Keys& keys, const Merge& merge) {
    const NodePointer& source = merge.source;
    const bool is_list = source->kind == Node::Kind::list;
    const std::vector<NodePointer> sources = is_list ? source->items : std::vector{source};
    for (const NodePointer& one : sources) {
      if (one->kind != Node::Kind::map)
        return complain(merge.key, merge.path,
                        {"a merge key (<<) of something else", "one of a map, or of a list of maps"});
      for (const auto& entry : one->entries) {
        if (keys.insert(entry.first->text).second) map.entries.push_back(entry);
      }
    }
  }

  void complain(const Node& node, const std::string& path, Complaint complaint) {
    if (errors_.size() < kErrorLimit)
      errors_.push_back({file_, node.line, node.column, path, std::move(complaint)});
  }

  const std::string& file_;
  ConfigErrors& errors_;
  std::unordered_map<const Node*, NodePointer> done_;
  std::size_t bytes_left_{kSubstitutedLimit};
  bool is_exhausted_{false};
};

}  // namespace

NodePointer expanded(const NodePointer& root, const std::string& file, ConfigErrors& errors) {
  return Expansion(file, errors).of(root, {});
}

}  // namespace ergon::inline v0::config
