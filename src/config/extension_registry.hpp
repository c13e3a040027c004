#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <ergon/config/custom.hpp>
#include <ergon/config/extension.hpp>

#include "config/read.hpp"

namespace ergon::inline v0::config {

/// Everything that was registered, as a reader needs it: by kind, then name. Any thread.
[[nodiscard]] std::map<std::string, OptionsRegistry, std::less<>> extension_registries();

/// What is registered under this name, if anything. Any thread.
[[nodiscard]] std::optional<ergon::detail::ExtensionType> find_extension(std::string_view kind,
                                                                         std::string_view name);

/// Makes what is registered under the name, as a pointer to its kind's interface. Throws std::runtime_error
/// that says what is wrong at this path: the name, the options, or what the making threw.
[[nodiscard]] void* make_extension(std::string_view kind, const Custom& custom, const std::string& path);

// Around a fork: another thread may be registering.
void lock_extensions_for_fork();
void unlock_extensions_after_fork();

}  // namespace ergon::inline v0::config
