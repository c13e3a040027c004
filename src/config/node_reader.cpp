#include "config/node_reader.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include <fmt/format.h>

#include "config/allowed_text.hpp"
#include "config/nearest_name.hpp"
#include "config/parse_scalar.hpp"
#include "config/scalar_value.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr Rules kNoRules{};

ScalarText scalar_of(const Node& node) { return {node.text, node.is_quoted}; }

// What a type without options is read as.
struct NoOptions {
  ERGON_OPTIONS(NoOptions);
};

// A plain scalar that YAML reads as a boolean or a number is not a string, so not a key.
bool is_string(const Node& node) {
  if (node.kind != Node::Kind::scalar) return false;
  return node.is_quoted || !(parse_boolean(node.text) || parse_integer(node.text) || parse_number(node.text));
}

std::string names_or_none(std::span<const std::string_view> names) {
  return names.empty() ? "none" : listed(names);
}

std::vector<std::string_view> names_of(const OptionsRegistry& registry) {
  std::vector<std::string_view> names;
  for (const auto& [name, options] : registry) names.push_back(name);
  return names;
}

}  // namespace

std::string found_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      // Which may be secret, and is not what the text shows.
      return node.is_substituted ? "the value of a reference" : found_text(scalar_of(node));
    case Node::Kind::list:
      return node.items.empty() ? "an empty list" : "a list";
    case Node::Kind::map:
      return node.entries.empty() ? "an empty map" : "a map";
  }
  return {};
}

void NodeReader::read(const TypeDescription& type, void* target) {
  read(Request{*layer_.root, layer_.mount, type, kNoRules, target});
}

void NodeReader::read(const Request& request) {
  std::visit([&](const auto& type) { read_as(type, request); }, request.type.kind);
}

template <class Scalar>
void NodeReader::read_as(const Scalar& /*type*/, const Request& request) {
  if (request.node.kind == Node::Kind::null && context_.is_declarative && !request.rules.required) return;
  if (request.node.kind != Node::Kind::scalar)
    return complain_of(request, allowed_text(request.type, request.rules));
  if (auto complaint = assign_scalar(request.type, request.rules, request.target, scalar_of(request.node))) {
    if (request.node.is_substituted) complaint->found = found_text(request.node);
    complain(request.node, request.path, std::move(*complaint));
  }
}

void NodeReader::read_as(const AttributeType& type, const Request& request) {
  if (request.node.kind != Node::Kind::list) return read_as<AttributeType>(type, request);
  std::vector<std::string> strings;
  read({request.node, request.path, type_of<std::vector<std::string>>(), kNoRules, &strings});
  *static_cast<ResourceValue*>(request.target) = std::move(strings);
}

void NodeReader::read_as(const OptionalType& type, const Request& request) {
  const TypeDescription& value = type.value();
  if (request.node.kind == Node::Kind::null && is_scalar(value)) return type.reset(request.target);
  read({request.node, request.path, value, request.rules, type.ensure(request.target), request.key});
}

void NodeReader::read_as(const ListType& type, const Request& request) {
  if (!is_container(request, Node::Kind::list)) return;
  type.clear(request.target);
  const Rules rules = request.rules.of_elements();
  for (std::size_t index = 0; index < request.node.items.size(); ++index) {
    read({*request.node.items[index], item_path(request.path, index), type.element(), rules,
          type.append(request.target)});
  }
}

void NodeReader::read_as(const MapType& type, const Request& request) {
  if (!is_container(request, Node::Kind::map)) return;
  const Rules rules = request.rules.of_elements();
  const std::vector<Entry> entries = entries_of(request);
  if (request.rules.replaces && !before_.is_in_text(request.path)) {
    std::vector<std::string_view> names;
    for (const Entry& entry : entries) names.push_back(entry.name);
    type.keep_only(request.target, names);
  }
  for (const Entry& entry : entries) {
    read({entry.value, entry.path, type.element(), rules, type.ensure(request.target, entry.name),
          &entry.key});
  }
}

void NodeReader::read_as(const ObjectType& type, const Request& request) {
  if (!is_container(request, Node::Kind::map)) return;
  const auto inlined = std::ranges::find_if(type.fields, [](const auto& one) { return one.rules.inlined; });
  const std::vector<Entry> entries = entries_of(request);
  empty_lists(type, entries, request.target);
  for (const Entry& entry : entries) {
    const auto field = std::ranges::find(type.fields, entry.name, &FieldDescription::name);
    const bool is_open = inlined != type.fields.end() && !context_.is_declarative;
    if (inlined != type.fields.end() && (field == inlined || (is_open && field == type.fields.end()))) {
      read_inlined(*inlined, entry, request.target);
    } else if (field == type.fields.end()) {
      complain_of_name(entry, "an unknown key", names_of(type), true);
    } else {
      read({entry.value, entry.path, field->type(), field->rules, field->in(request.target), &entry.key});
    }
  }
}

// Those whose place another key has taken.
void NodeReader::empty_lists(const ObjectType& type, std::span<const Entry> entries, void* target) {
  const auto is_given = [&](std::string_view name) {
    return std::ranges::find(entries, name, &Entry::name) != entries.end();
  };
  for (const FieldDescription& field : type.fields) {
    if (field.rules.empties.empty() || !is_given(field.name) || is_given(field.rules.empties)) continue;
    const auto other = std::ranges::find(type.fields, field.rules.empties, &FieldDescription::name);
    std::get<ListType>(other->type().kind).clear(other->in(target));
  }
}

void NodeReader::read_as(const VariantType& type, const Request& request) {
  std::vector<std::string_view> names = names_of(type);
  const auto open =
      std::ranges::find_if(type.alternatives, [](const auto& one) { return !one.registry.empty(); });
  const OptionsRegistry* registry = open != type.alternatives.end() ? &registry_of(open->registry) : nullptr;
  if (registry != nullptr) std::ranges::move(names_of(*registry), std::back_inserter(names));
  const auto entry = only_entry(request, names);
  if (!entry) return;
  const auto alternative = std::ranges::find(type.alternatives, entry->name, &Alternative::name);
  if (alternative != type.alternatives.end() && alternative != open) {
    read({entry->value, entry->path, alternative->type(), kNoRules, alternative->ensure(request.target),
          &entry->key});
  } else if (registry != nullptr && registry->contains(entry->name)) {
    read_options(*registry, *entry, *static_cast<AnyOptions*>(open->ensure(request.target)));
  } else {
    complain_of_name(*entry, "an unknown key", names);
  }
}

const OptionsRegistry& NodeReader::registry_of(std::string_view name) const {
  static const OptionsRegistry kNothingRegistered;
  const auto found = context_.registries.find(name);
  return found == context_.registries.end() ? kNothingRegistered : found->second;
}

void NodeReader::read_as(const AnyType& /*type*/, const Request& request) {
  const OptionsRegistry& registry = registry_of(request.rules.registry);
  auto& target = *static_cast<AnyOptions*>(request.target);
  if (request.rules.typed_by == TypedBy::name && request.key != nullptr) {
    read_options(registry, {request.key->text, *request.key, request.node, request.path}, target);
  } else if (const auto entry = only_entry(request, names_of(registry))) {
    read_options(registry, *entry, target);
  }
}

void NodeReader::read_options(const OptionsRegistry& registry, const Entry& entry, AnyOptions& target) {
  const bool was_of_type = target.type() == entry.name;
  target.set_type(std::string(entry.name));
  const auto registered = registry.find(entry.name);
  if (registered == registry.end())
    return complain_of_name(entry, "an unregistered name", names_of(registry));
  const AnyOptions& defaults = registered->second;
  if (!was_of_type || target.description() != defaults.description()) target = defaults;
  target.set_type(registered->first);
  const TypeDescription& type = target.description() ? *target.description() : type_of<NoOptions>();
  NoOptions nothing;
  read({entry.value, entry.path, type, kNoRules, target.data() ? target.data() : &nothing, &entry.key});
}

// The entries of a map whose keys are strings, each there once; the others are complained of.
std::vector<NodeReader::Entry> NodeReader::entries_of(const Request& request) {
  std::vector<Entry> entries;
  std::unordered_map<std::string_view, int> lines;
  for (const auto& [key, value] : request.node.entries) {
    if (!is_string(*key)) {
      complain(*key, request.path,
               {found_text(*key) + " as a key", "a string (quoted, if it looks like a number)"});
      continue;
    }
    const auto [first, is_new] = lines.emplace(key->text, key->line);
    std::string path = member_path(request.path, key->text);
    if (is_new) {
      entries.push_back({key->text, *key, *value, std::move(path)});
    } else {
      complain(*key, path, {fmt::format("the key again (first on line {})", first->second), "each key once"});
    }
  }
  return entries;
}

// The one entry of a map that must have one, or a complaint.
std::optional<NodeReader::Entry> NodeReader::only_entry(const Request& request,
                                                        std::span<const std::string_view> names) {
  const std::string allowed = "a map with one key of " + names_or_none(names);
  if (request.node.kind != Node::Kind::map || request.node.entries.empty()) {
    complain_of(request, allowed);
    return std::nullopt;
  }
  std::vector<Entry> entries = entries_of(request);
  if (entries.size() > 1) {
    std::vector<std::string_view> found;
    for (const Entry& entry : entries) found.push_back(entry.name);
    complain(entries[1].key, request.path, {"the keys " + printable(listed(found)), allowed});
  }
  if (entries.size() != 1) return std::nullopt;
  return std::move(entries.front());
}

// False where there is nothing to read: no value, which leaves the default if that is allowed, or one that is
// not of this kind.
bool NodeReader::is_container(const Request& request, Node::Kind kind) {
  if (request.node.kind == Node::Kind::null) {
    const bool is_allowed = !check_value(request.type, request.rules, request.target);
    if (!is_allowed) complain_of(request, allowed_text(request.type, request.rules));
    return false;
  }
  if (request.node.kind != kind) {
    complain_of(request, allowed_text(request.type, request.rules));
    return false;
  }
  const std::size_t size = request.node.items.size() + request.node.entries.size();
  if (!is_within(static_cast<double>(size), request.rules)) {
    complain(
        request.node, request.path,
        {size == 0 ? found_text(request.node) : size_text(size), allowed_text(request.type, request.rules)});
  }
  return true;
}

void NodeReader::complain(const Node& node, const std::string& path, Complaint complaint,
                          bool is_unknown_key) {
  if (errors_.size() >= kErrorLimit) return;
  const auto place = [](const ConfigError& error) { return std::pair(error.line, error.column); };
  const auto after = std::ranges::upper_bound(errors_, std::pair(node.line, node.column), {}, place);
  errors_.insert(after, {layer_.source, node.line, node.column, path, std::move(complaint), is_unknown_key});
}

// Of the value as a whole. One that is not there is looked for at its key.
void NodeReader::complain_of(const Request& request, std::string allowed) {
  const bool is_at_key = request.node.kind == Node::Kind::null && request.key != nullptr;
  complain(is_at_key ? *request.key : request.node, request.path,
           {found_text(request.node), std::move(allowed)});
}

void NodeReader::complain_of_name(const Entry& entry, std::string_view what,
                                  std::span<const std::string_view> names, bool is_key) {
  complain(entry.key, entry.path,
           {std::string(what), names_or_none(names), std::string(nearest_name(entry.name, names))}, is_key);
}

}  // namespace ergon::inline v0::config
