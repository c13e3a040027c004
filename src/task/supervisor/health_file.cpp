#include "task/supervisor/health_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace ergon::inline v0::detail {

std::string HealthFile::show(bool is_healthy, const std::string& body) {
  if (path_.empty()) return {};
  if (!is_healthy) {
    remove();
    return {};
  }
  const std::string beside = path_ + ".new";
  std::ofstream(beside, std::ios::trunc) << body;
  if (std::rename(beside.c_str(), path_.c_str()) == 0) return {};
  return "cannot write " + path_ + ": " + std::generic_category().message(errno);
}

void HealthFile::remove() const noexcept {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace ergon::inline v0::detail
