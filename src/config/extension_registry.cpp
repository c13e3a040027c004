#include "config/extension_registry.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include "config/config_error.hpp"

namespace ergon::inline v0::config {

using ergon::detail::ExtensionType;

namespace {

struct Registered {
  std::mutex mutex;
  std::vector<ExtensionType> types;  // guarded by it
};

// Made at first use, as programs register from static initialisers, too, and never destroyed.
Registered& all_registered() {
  static auto* const kRegistered = new Registered;
  return *kRegistered;
}

// No fork can find the guard above held.
[[maybe_unused]] const Registered* const kMadeAtLoad = &all_registered();

auto find(std::vector<ExtensionType>& types, std::string_view kind, std::string_view name) {
  return std::ranges::find_if(
      types, [&](const ExtensionType& type) { return type.kind == kind && type.name == name; });
}

std::runtime_error complaint(const std::string& path, std::string found, std::string allowed) {
  const ConfigError error{.path = path, .complaint = {std::move(found), std::move(allowed)}};
  return std::runtime_error(error.message());
}

std::string registered_names(std::string_view kind) {
  std::string names;
  const auto registries = extension_registries();
  const auto found = registries.find(kind);
  if (found == registries.end()) return "none, since the program registers none";
  for (const auto& [name, options] : found->second) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

std::map<std::string, OptionsRegistry, std::less<>> extension_registries() {
  Registered& all = all_registered();
  const std::lock_guard guard(all.mutex);
  std::map<std::string, OptionsRegistry, std::less<>> registries;
  for (const ExtensionType& type : all.types)
    registries[std::string(type.kind)].insert_or_assign(type.name, type.defaults);
  return registries;
}

std::optional<ExtensionType> find_extension(std::string_view kind, std::string_view name) {
  Registered& all = all_registered();
  const std::lock_guard guard(all.mutex);
  const auto found = find(all.types, kind, name);
  if (found == all.types.end()) return std::nullopt;
  return *found;
}

void* make_extension(std::string_view kind, const Custom& custom, const std::string& path) {
  const std::string place = member_path(path, custom.name());
  const auto type = find_extension(kind, custom.name());
  if (!type) throw complaint(place, "an unregistered name", registered_names(kind));
  const bool has_other_options =
      custom.options.data() != nullptr && custom.options.description() != type->defaults.description();
  if (has_other_options) throw complaint(place, "options of another type", "those of " + type->name);
  try {
    return type->make(custom.options);
  } catch (const std::exception& error) {
    throw std::runtime_error(place + ": it could not be made: " + error.what());
  } catch (...) {
    throw std::runtime_error(place + ": it could not be made");
  }
}

void lock_extensions_for_fork() { all_registered().mutex.lock(); }
void unlock_extensions_after_fork() { all_registered().mutex.unlock(); }

}  // namespace ergon::inline v0::config

namespace ergon::inline v0::detail {

void add_extension(ExtensionType type) {
  config::Registered& all = config::all_registered();
  const std::lock_guard guard(all.mutex);
  const auto old = config::find(all.types, type.kind, type.name);
  if (old == all.types.end()) {
    all.types.push_back(std::move(type));
  } else {
    *old = std::move(type);
  }
}

}  // namespace ergon::inline v0::detail
