#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <ergon/config/delivery_config.hpp>
#include <ergon/config/resource_attributes.hpp>

namespace ergon::inline v0::telemetry {

/// How a process runs its telemetry, as against what is configured for it.
struct RuntimeOptions {
  /// Bound of all rings, batches and requests together, in bytes (at least 1 MiB).
  std::size_t memory_limit{64U << 20U};
  OnFull on_full{OnFull::drop_newest};
  std::chrono::milliseconds max_block{100};
  /// How long shutdown, at scope end or at exit, may take.
  std::chrono::milliseconds shutdown_timeout{5'000};
  /// On a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) wait up to 1 s until what was recorded has been
  /// sent; then the signal takes its course: handlers that were there before, exit status and core are as
  /// without. On in an App. Stays for the life of the process. A crash of telemetry's own worker thread, in a
  /// user's sampler say, leaves what it had not drained in the file `ergon-rings.<pid>`, for the command
  /// `ergon-read-rings`.
  bool handles_crashes{false};
  /// On SIGTERM and SIGINT send what was recorded, within `shutdown_timeout`: where nothing handles the
  /// signal the session ends, and then the signal takes its course, the exit status as without; a handler
  /// that was there before is called at once, and the session goes on after a flush. Ignored signals stay
  /// ignored. An App has its own way. Stays for the life of the process; its forks die of the signal at once.
  bool handles_stop_signals{false};
  /// Where that file goes; empty: where ERGON_CRASH_FOLDER says, else the working directory.
  std::string crash_folder{};
  /// `service.name` where neither configuration nor environment says one; the runner gives the task's name.
  std::string default_service_name{};
  /// `config` was read from a file, or is made of code, environment and file already: the environment does
  /// not override it, as it does what is written in code.
  bool config_is_from_file{false};
  /// The configuration is all that counts: of the environment's OTEL_… variables none does.
  bool environment_is_ignored{false};
  /// Resource attributes that nothing in the configuration replaces (the runner's `ergon.*` names).
  ResourceAttributes injected_resource{};
};

}  // namespace ergon::inline v0::telemetry
