#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <ergon/config/extension.hpp>

#include "config/read.hpp"

namespace ergon::config {

/// Everything that was registered, as a reader needs it: by kind, then name. Any thread.
[[nodiscard]] std::map<std::string, OptionsRegistry, std::less<>> extension_registries();

/// What is registered under this name, if anything. Any thread.
[[nodiscard]] std::optional<ergon::detail::ExtensionType> find_extension(std::string_view kind,
                                                                         std::string_view name);

// Around a fork: another thread may be registering.
void lock_extensions_for_fork();
void unlock_extensions_after_fork();

}  // namespace ergon::config
