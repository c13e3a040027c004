#include "telemetry/logging/handlers/time_rotation.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>
#include <tuple>

#include "telemetry/logging/time_text.hpp"

namespace ergon::telemetry {

namespace {

namespace fs = std::filesystem;

std::int64_t seconds_of(RotateWhen when) {
  switch (when) {
    case RotateWhen::seconds:
      return 1;
    case RotateWhen::minutes:
      return 60;
    case RotateWhen::hours:
      return std::int64_t{60} * 60;
    case RotateWhen::days:
    case RotateWhen::midnight:
      break;
  }
  return std::int64_t{24} * 60 * 60;
}

const char* name_format(RotateWhen when) {
  switch (when) {
    case RotateWhen::seconds:
      return "%Y-%m-%d_%H-%M-%S";
    case RotateWhen::minutes:
      return "%Y-%m-%d_%H-%M";
    case RotateWhen::hours:
      return "%Y-%m-%d_%H";
    case RotateWhen::days:
    case RotateWhen::midnight:
      break;
  }
  return "%Y-%m-%d";
}

// `2026-03-14_09` and the like.
bool is_time(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd_dd-dd-dd";
  if (text.size() < 10 || text.size() > kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !is_digit : text[i] != kForm[i]) return false;
  }
  return true;
}

}  // namespace

TimeRotation::TimeRotation(const TimedRotatingFileHandler& handler)
    : when_(handler.when),
      interval_(handler.interval),
      backup_count_(static_cast<std::size_t>(handler.backup_count)),
      max_bytes_(static_cast<std::uint64_t>(handler.max_bytes)),
      max_total_bytes_(static_cast<std::uint64_t>(handler.max_total_bytes)) {}

void TimeRotation::begin(const FileState& file) {
  start_ = end_ = 0;
  if (file.bytes > 0) start_period(file.modified);
}

void TimeRotation::start_period(std::int64_t unix_seconds) {
  if (when_ == RotateWhen::midnight) {
    start_ = local_midnight_after(unix_seconds, 0);
    end_ = local_midnight_after(unix_seconds, static_cast<int>(interval_));
    return;
  }
  const std::int64_t length = seconds_of(when_) * interval_;
  start_ = unix_seconds - unix_seconds % length;
  end_ = start_ + length;
}

bool TimeRotation::is_due(std::uint64_t file_bytes, std::uint64_t line_bytes,
                          std::uint64_t unix_nanoseconds) {
  const auto time = static_cast<std::int64_t>(unix_nanoseconds / 1'000'000'000U);
  if (file_bytes == 0) {
    if (end_ == 0 || time >= end_) start_period(time);
    return false;
  }
  if (end_ == 0) start_period(time);
  return time >= end_ || (max_bytes_ > 0 && file_bytes + line_bytes > max_bytes_);
}

bool TimeRotation::rotate(const std::string& path) {
  if (backup_count_ == 0) {
    remove_file(path);
    return true;
  }
  if (std::rename(path.c_str(), free_name(path).c_str()) != 0 && errno != ENOENT) return false;
  remove_too_much(path);
  return true;
}

std::string TimeRotation::free_name(const std::string& path) const {
  std::string name = path + ".";
  // The time as people read it, but where periods are of UTC's days.
  append_time(name, name_format(when_), time_parts(start_, when_ == RotateWhen::days));
  std::int64_t number = -1;  // the name is free
  for (const Backup& backup : backups_of(path)) {
    if (backup.path == name || backup.path.starts_with(name + ".")) number = std::max(number, backup.number);
  }
  return number < 0 ? name : name + "." + std::to_string(number + 1);
}

// From the oldest on.
std::vector<TimeRotation::Backup> TimeRotation::backups_of(const std::string& path) {
  const fs::path file(path);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const std::string prefix = file.filename().string() + ".";
  std::vector<Backup> backups;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = std::string_view(name).substr(prefix.size());
    const std::string_view time = rest.substr(0, rest.find('.'));
    std::int64_t number = 0;
    if (time.size() < rest.size()) {
      const std::string_view digits = rest.substr(time.size() + 1);
      const auto [last, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (failure != std::errc{} || last != digits.data() + digits.size() || number < 1) continue;
    }
    const std::string backup = file.has_parent_path() ? (folder / name).string() : name;
    if (is_time(time)) backups.push_back({backup, std::string(time), number});
  }
  std::ranges::sort(backups, {}, [](const Backup& backup) { return std::tie(backup.time, backup.number); });
  return backups;
}

void TimeRotation::remove_too_much(const std::string& path) const {
  const std::vector<Backup> backups = backups_of(path);
  std::uint64_t total = max_bytes_;
  std::size_t kept = 0;
  for (auto backup = backups.rbegin(); backup != backups.rend(); ++backup) {
    total += bytes_of(backup->path);
    const bool is_too_much = kept == backup_count_ || (max_total_bytes_ > 0 && total > max_total_bytes_);
    is_too_much ? remove_file(backup->path) : static_cast<void>(++kept);
  }
}

}  // namespace ergon::telemetry
