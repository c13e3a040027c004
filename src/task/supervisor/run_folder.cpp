#include "task/supervisor/run_folder.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace ergon::inline v0::detail {

RunFolder::RunFolder(const std::string& run_id) {
  constexpr mode_t kOwnersAlone = 0700;
  std::error_code ignored;
  for (const std::filesystem::path& above :
       {std::filesystem::temp_directory_path(ignored), std::filesystem::path("/dev/shm")}) {
    path_ = (above / ("ergon-run-" + run_id)).string();
    if (::mkdir(path_.c_str(), kOwnersAlone) == 0) return;
  }
  throw std::system_error(errno, std::generic_category(), "cannot make " + path_);
}

void RunFolder::remove() const noexcept {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ergon::inline v0::detail
