#pragma once

#include <string>

namespace ergon::inline v0::detail {

/// A folder for the workers of one run, in the system's folder for temporary files, or
/// in /dev/shm where that can't be written. The process that made it
/// removes it at the end.
class RunFolder {
 public:
  /// Throws std::system_error where it can't be made.
  explicit RunFolder(const std::string& run_id);
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  ~RunFolder() { remove(); }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Now, with all that is in it.
  void remove() const noexcept;

 private:
  std::string path_;
};

}  // namespace ergon::inline v0::detail
