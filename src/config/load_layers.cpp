#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/expand.hpp"
#include "config/node_reader.hpp"
#include "config/read.hpp"
#include "config/yaml_document.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr std::string_view kInclude = "include";
constexpr std::size_t kMostFiles = 100;

class Loader {
 public:
  Loader(Origins& origins, ConfigErrors& errors) : origins_(origins), errors_(errors) {}

  // `at`: where the file is named, whose place is that of what is wrong with the file as a whole.
  void load(const std::string& file, const ConfigError* at) {
    const std::string name = std::filesystem::path(file).lexically_normal().string();
    if (!loaded_.insert(name).second) return;
    ConfigErrors found;
    const std::string text = load_text(file, found);
    NodePointer root = found.empty() ? load_yaml(text, file, found) : nullptr;
    if (!root && at != nullptr && found.front().line == 0) {
      found.front() = {
          at->file,
          at->line,
          at->column,
          at->path,
          {config::quoted(file) + ", " + found.front().complaint.found, found.front().complaint.allowed}};
    }
    if (root) root = expanded(root, file, found);
    std::ranges::move(found, std::back_inserter(errors_));
    if (!root) return;
    open_.push_back(name);
    origins_.add({file, without_include(root, file)});
    open_.pop_back();
  }

 private:
  // The root without its list of files, which are loaded.
  NodePointer without_include(const NodePointer& root, const std::string& file) {
    const auto is_include = [](const auto& entry) {
      return entry.first->kind == Node::Kind::scalar && entry.first->text == kInclude;
    };
    const auto entry = std::ranges::find_if(root->entries, is_include);
    if (entry == root->entries.end()) return root;
    include(*entry->second, file);
    Node rest = *root;
    rest.entries.erase(rest.entries.begin() + (entry - root->entries.begin()));
    const auto again = std::ranges::find_if(rest.entries, is_include);
    if (again != rest.entries.end()) {
      const Node& key = *again->first;
      errors_.push_back(
          {file, key.line, key.column, std::string(kInclude), {"the key again", "each key once"}});
      rest.entries.erase(again);
    }
    return std::make_shared<const Node>(std::move(rest));
  }

  void include(const Node& list, const std::string& file) {
    const auto is_name = [](const NodePointer& item) {
      return item->kind == Node::Kind::scalar && !item->text.empty();
    };
    if (list.kind != Node::Kind::list || !std::ranges::all_of(list.items, is_name)) {
      errors_.push_back({file,
                         list.line,
                         list.column,
                         std::string(kInclude),
                         {found_text(list), "a list of files, [base.yaml]"}});
      return;
    }
    for (std::size_t i = 0; i < list.items.size(); ++i)
      include_one(*list.items[i], file, item_path(kInclude, i));
  }

  void include_one(const Node& name, const std::string& file, std::string path) {
    ConfigError at{file, name.line, name.column, std::move(path), {}};
    // An absolute path stays what it is.
    const std::string included =
        (std::filesystem::path(file).parent_path() / name.text).lexically_normal().string();
    if (std::ranges::find(open_, included) != open_.end()) {
      at.complaint = {config::quoted(included) + ", which is being included",
                      "files that do not include each other"};
    } else if (++files_ > kMostFiles) {
      at.complaint = {"too many files", "at most 100"};
    } else {
      return load(included, &at);
    }
    errors_.push_back(std::move(at));
  }

  Origins& origins_;
  ConfigErrors& errors_;
  std::vector<std::string> open_;
  std::set<std::string> loaded_;
  std::size_t files_{1};
};

}  // namespace

void load_layers(const std::string& file, Origins& origins, ConfigErrors& errors) {
  Loader(origins, errors).load(file, nullptr);
}

}  // namespace ergon::inline v0::config
