#pragma once

#include <string>

#include <ergon/config/task_config.hpp>

namespace ergon::inline v0::detail {

/// A configuration whose files are this process's own: the names of those that several processes would write
/// end with `.{pid}`.
[[nodiscard]] TaskConfig with_own_files(TaskConfig config);

/// The names of the files that several processes would write, as configured.
[[nodiscard]] std::string shared_files(const TaskConfig& config);

}  // namespace ergon::inline v0::detail
