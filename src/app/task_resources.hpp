#pragma once

#include <string>

#include <ergon/config/task_config.hpp>

#include "config/origins.hpp"

// What describes the process comes from code, environment and texts, each counting over those before it. The
// lists of attributes (`attributes_list`) count as what has them, and below the attributes beside them.
namespace ergon::inline v0::detail {

/// Puts the lists that code has among its attributes.
void settle_code_lists(TaskConfig& config);

/// The environment wins over what code says, and loses to texts, which are read over this. What it says is on
/// every signal, so a signal of its own mind gives way. `path` is the task's.
void apply_shared_environment(TaskConfig& config, const std::string& path, config::Origins& origins);

/// Puts the lists that texts have in place of what code and the environment say of the same attributes.
void settle_text_lists(TaskConfig& config, const std::string& path, const config::Origins& origins);

}  // namespace ergon::inline v0::detail
