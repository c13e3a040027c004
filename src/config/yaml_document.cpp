#include "config/yaml_document.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/utf8.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr std::size_t kNodeLimit = 100'000;
constexpr int kHeightLimit = 64;
constexpr std::size_t kFileLimit = 1U << 20U;

// Thrown inside this file to leave yaml-cpp's parser.
struct Refusal {
  YAML::Mark mark;
  Complaint complaint;
};

// Columns in characters, where yaml-cpp counts bytes.
class Columns {
 public:
  explicit Columns(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80) inner_bytes_.push_back(static_cast<int>(i));
    }
  }

  // Counted from 1; 0 for a mark of no place.
  [[nodiscard]] int of(const YAML::Mark& mark) const {
    const auto before = [this](int place) {
      return std::ranges::lower_bound(inner_bytes_, place) - inner_bytes_.begin();
    };
    return mark.column + 1 - static_cast<int>(before(mark.pos) - before(mark.pos - mark.column));
  }

 private:
  std::vector<int> inner_bytes_;  // where in the text a character's second, third or fourth byte is
};

// Characters that YAML forbids; yaml-cpp takes some of them (U+0004) for the end of the file.
void refuse_control_characters(std::string_view text) {
  YAML::Mark mark;
  for (const char character : text) {
    const bool is_allowed =
        static_cast<unsigned char>(character) >= 0x20 || character == '\t' || character == '\r';
    if (character == '\n') {
      ++mark.line;
      mark.column = 0;
    } else if (is_allowed) {
      ++mark.column;
    } else {
      throw Refusal{mark, {"the control character " + quoted({&character, 1}), "text"}};
    }
    ++mark.pos;
  }
}

// Whether the quote at `start`, after any anchor or tag, has its end. Where it has not, and the file ends
// with a newline, yaml-cpp takes the rest of the file for its text.
bool is_closed(std::string_view text, std::size_t start) {
  while (start < text.size() && (text[start] == '&' || text[start] == '!')) {
    start = text.find_first_not_of(" \t\n", text.find_first_of(" \t\n", start));
  }
  if (start >= text.size() || (text[start] != '"' && text[start] != '\'')) return true;
  const char quote = text[start];
  const bool is_doubled_inside = quote == '\'';
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    const bool skips_next = is_doubled_inside ? text.substr(i, 2) == "''" : text[i] == '\\';
    if (skips_next) {
      ++i;
    } else if (text[i] == quote) {
      return true;
    }
  }
  return false;
}

// Turns yaml-cpp's events into nodes.
class DocumentBuilder final : public YAML::EventHandler {
 public:
  explicit DocumentBuilder(const Columns& columns) : columns_(columns) {}

  [[nodiscard]] NodePointer root() const { return root_; }
  [[nodiscard]] const YAML::Mark& last_string() const { return last_string_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) throw Refusal{mark, {"more after the end of the document", "one document in a file"}};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    close(mark, anchor, make_node(Node::Kind::null, mark));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto target = anchored_.find(anchor);
    if (target == anchored_.end())
      throw Refusal{mark, {"an alias inside what it stands for", "an alias after it"}};
    add(mark, target->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool is_string = tag == "!" || tag == "tag:yaml.org,2002:str";
    if (!is_string) require_no_tag(mark, tag);
    auto node = make_node(Node::Kind::scalar, mark);
    node->text = value;
    node->is_quoted = is_string;
    if (is_string) last_string_ = mark;
    close(mark, anchor, std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    require_no_tag(mark, tag);
    open(mark, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close_innermost(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    require_no_tag(mark, tag);
    open(mark, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close_innermost(); }

 private:
  struct OpenContainer {
    std::shared_ptr<Node> node;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    NodePointer key;
  };

  static void require_no_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?") return;
    throw Refusal{mark, {"the tag " + quoted(tag), "no tags"}};
  }

  std::shared_ptr<Node> make_node(Node::Kind kind, const YAML::Mark& mark) {
    if (++nodes_made_ > kNodeLimit) refuse_size(mark);
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->line = mark.line + 1;
    node->column = columns_.of(mark);
    return node;
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
    if (containers_.size() >= kHeightLimit) refuse_height(mark);
    containers_.push_back({make_node(kind, mark), mark, anchor, nullptr});
  }

  void close_innermost() {
    OpenContainer container = std::move(containers_.back());
    containers_.pop_back();
    close(container.mark, container.anchor, std::move(container.node));
  }

  void close(const YAML::Mark& mark, YAML::anchor_t anchor, std::shared_ptr<Node> node) {
    if (anchor != 0) anchored_[anchor] = node;
    add(mark, std::move(node));
  }

  void add(const YAML::Mark& mark, NodePointer child) {
    if (containers_.empty()) {
      root_ = std::move(child);
      return;
    }
    OpenContainer& container = containers_.back();
    Node& parent = *container.node;
    parent.node_count += child->node_count;
    parent.height = std::max(parent.height, child->height + 1);
    if (parent.node_count > kNodeLimit) refuse_size(mark);
    if (parent.height + static_cast<int>(containers_.size()) - 1 > kHeightLimit) refuse_height(mark);
    if (parent.kind == Node::Kind::list) {
      parent.items.push_back(std::move(child));
    } else if (container.key) {
      parent.entries.emplace_back(std::move(container.key), std::move(child));
      container.key = nullptr;
    } else {
      container.key = std::move(child);
    }
  }

  [[noreturn]] static void refuse_size(const YAML::Mark& mark) {
    throw Refusal{mark, {"too many values (aliases count each time)", "at most 100,000 values"}};
  }
  [[noreturn]] static void refuse_height(const YAML::Mark& mark) {
    throw Refusal{mark, {"values nested too deeply", "at most 64 levels"}};
  }

  const Columns& columns_;
  NodePointer root_;
  std::vector<OpenContainer> containers_;
  std::map<YAML::anchor_t, NodePointer> anchored_;
  std::size_t nodes_made_{0};
  YAML::Mark last_string_;
};

// yaml-cpp's own words, but for the mistake that they do not tell.
Complaint syntax_complaint(std::string_view text, const YAML::Exception& exception) {
  const auto position = static_cast<std::size_t>(std::max(exception.mark.pos, 0));
  const std::string_view before = text.substr(0, position);
  const std::string_view line = text.substr(before.find_last_of('\n') + 1);
  const bool has_tab = line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
  if (has_tab) return {"a tab in the indentation", "spaces"};
  return {"a syntax error (" + printable(exception.msg) + ")", "well-formed YAML"};
}

Complaint unreadable(std::string_view reason) {
  return {std::string("nothing to read (").append(reason).append(")"), "a readable file"};
}

}  // namespace

NodePointer load_yaml(std::string_view text, const std::string& file, ConfigErrors& errors) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const Columns columns(text);
  const auto refuse = [&](const YAML::Mark& mark, Complaint complaint) {
    errors.push_back({file, mark.line + 1, columns.of(mark), {}, std::move(complaint)});
  };
  try {
    if (!base::is_valid_utf8(text))
      throw Refusal{YAML::Mark(), {"bytes that are not UTF-8", "text in UTF-8"}};
    refuse_control_characters(text);
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    DocumentBuilder builder(columns);
    while (parser.HandleNextDocument(builder)) {
    }
    const YAML::Mark& last_string = builder.last_string();
    if (!is_closed(text, static_cast<std::size_t>(last_string.pos))) {
      throw Refusal{last_string, {"a quote that is never closed", "its end"}};
    }
    if (NodePointer root = builder.root(); root && root->kind != Node::Kind::null) return root;
    errors.push_back({file, 1, 1, {}, {"an empty file", "a configuration"}});
  } catch (const Refusal& refusal) {
    refuse(refusal.mark, refusal.complaint);
  } catch (const YAML::Exception& exception) {
    refuse(exception.mark, syntax_complaint(text, exception));
  } catch (const std::exception& exception) {
    errors.push_back({file, 0, 0, {}, unreadable(exception.what())});
  }
  return nullptr;
}

std::string load_text(const std::string& file, ConfigErrors& errors) {
  std::optional<Complaint> complaint;
  std::string text;
  struct stat status{};
  std::ifstream stream;
  if (::stat(file.c_str(), &status) != 0) {
    complaint = unreadable(std::strerror(errno));
  } else if (S_ISDIR(status.st_mode)) {
    complaint = Complaint{"a directory", "a readable file"};
  } else if (stream.open(file, std::ios::binary); !stream) {
    complaint = unreadable(std::strerror(errno));
  } else {
    text.resize(kFileLimit + 1);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kFileLimit) complaint = Complaint{"more than 1 MiB", "a file of at most 1 MiB"};
  }
  if (!complaint) return text;
  errors.push_back({file, 0, 0, {}, *complaint});
  return {};
}

}  // namespace ergon::inline v0::config
