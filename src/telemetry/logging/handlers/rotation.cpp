#include "telemetry/logging/handlers/rotation.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace ergon::inline v0::telemetry {

void remove_file(const std::string& path) noexcept { unlink(path.c_str()); }

std::uint64_t bytes_of(const std::string& path) noexcept {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

bool exists(const std::string& path) noexcept {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0;
}

}  // namespace ergon::inline v0::telemetry
