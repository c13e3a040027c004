#pragma once

#include <sys/types.h>

#include "support/child_process.hpp"
#include "support/owned_descriptor.hpp"

namespace ergon::test {

/// The parent's ends of a started child: all close-on-exec, output ends non-blocking.
struct SpawnedChild {
  pid_t pid = 0;
  OwnedDescriptor input{};  // a socket, so that its end can be sent whoever else holds it
  OwnedDescriptor output{};
  OwnedDescriptor errors{};
};

/// posix_spawn with pipes. Throws std::system_error.
SpawnedChild spawn(const ChildProcessOptions& options);

}  // namespace ergon::test
