#include "telemetry/logging/handlers/size_rotation.hpp"

#include <cerrno>
#include <cstdio>

namespace ergon::inline v0::telemetry {

SizeRotation::SizeRotation(const RotatingFileHandler& handler)
    : max_bytes_(static_cast<std::uint64_t>(handler.max_bytes)),
      backup_count_(handler.backup_count),
      max_total_bytes_(static_cast<std::uint64_t>(handler.max_total_bytes)),
      backup_name_(handler.backup_name) {}

void SizeRotation::begin(const FileState& /*file*/) {}

bool SizeRotation::is_due(std::uint64_t file_bytes, std::uint64_t line_bytes, std::uint64_t /*time*/) {
  return file_bytes > 0 && file_bytes + line_bytes > max_bytes_;
}

std::string SizeRotation::backup_of(const std::string& path, std::int64_t number) const {
  return backup_name_ != nullptr ? backup_name_(path, number) : path + "." + std::to_string(number);
}

// From the oldest on, so that no step can overwrite a file that is to stay.
bool SizeRotation::rotate(const std::string& path) {
  if (backup_count_ == 0) {
    remove_file(path);
    return true;
  }
  std::int64_t last = 1;  // the first number that is free, or the last that is kept
  while (last < backup_count_ && exists(backup_of(path, last))) ++last;
  for (std::int64_t number = last; number > 1; --number) {
    if (std::rename(backup_of(path, number - 1).c_str(), backup_of(path, number).c_str()) != 0) return false;
  }
  if (std::rename(path.c_str(), backup_of(path, 1).c_str()) != 0 && errno != ENOENT) return false;
  remove_too_much(path);
  return true;
}

void SizeRotation::remove_too_much(const std::string& path) const {
  if (max_total_bytes_ == 0) return;
  std::uint64_t total = 0;
  bool is_too_much = false;
  for (std::int64_t number = 1; number <= backup_count_; ++number) {
    const std::string backup = backup_of(path, number);
    if (!exists(backup)) return;
    total += bytes_of(backup);
    // The file itself is about to grow to as much as it may.
    is_too_much |= total + max_bytes_ > max_total_bytes_;
    if (is_too_much) remove_file(backup);
  }
}

}  // namespace ergon::inline v0::telemetry
