#include "telemetry/logging/handlers/time_rotation.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/logging/time_text.hpp"

namespace ergon::inline v0::telemetry {

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

constinit base::Diagnostic g_no_time{
    "telemetry: backup_name gave a name without the time, which is not used for the log file put aside"};

constexpr std::string_view kTimeForm = "dddd-dd-dd_dd-dd-dd";

// `2026-03-14_09` and the like.
bool is_time(std::string_view text) {
  if (text.size() < 10 || text.size() > kTimeForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kTimeForm[i] == 'd' ? !is_digit : text[i] != kTimeForm[i]) return false;
  }
  return true;
}

// `2026-03-14` and 0, or `2026-03-14.1` and 1.
std::optional<std::pair<std::string_view, std::int64_t>> parse_time(std::string_view text) {
  const std::string_view time = text.substr(0, text.find('.'));
  if (!is_time(time)) return std::nullopt;
  if (time.size() == text.size()) return std::pair(time, std::int64_t{0});
  const std::string_view digits = text.substr(time.size() + 1);
  std::int64_t number = 0;
  const auto [last, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc{} || last != digits.data() + digits.size() || number < 1) return std::nullopt;
  return std::pair(time, number);
}

}  // namespace

TimeRotation::TimeRotation(const TimedRotatingFileHandler& handler)
    : when_(handler.when),
      interval_(handler.interval),
      backup_count_(static_cast<std::size_t>(handler.backup_count)),
      max_bytes_(static_cast<std::uint64_t>(handler.max_bytes)),
      max_total_bytes_(static_cast<std::uint64_t>(handler.max_total_bytes)),
      backup_name_(handler.backup_name) {}

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
  std::string time;
  // As people read it, but where periods are of UTC's days.
  append_time(time, name_format(when_), time_parts(start_, when_ == RotateWhen::days));
  std::int64_t number = -1;  // the name is free
  for (const Backup& backup : backups_of(path)) {
    if (backup.time == time) number = std::max(number, backup.number);
  }
  return backup_of(path, number < 0 ? time : time + "." + std::to_string(number + 1));
}

std::string TimeRotation::backup_of(const std::string& path, const std::string& time) const {
  if (backup_name_ != nullptr) {
    const std::string name = backup_name_(path, time);
    const std::size_t last = name.rfind(time);
    if (last != std::string::npos && name.find('/', last) == std::string::npos) return name;
    g_no_time.report(name);
  }
  return path + "." + time;
}

// From the oldest on.
std::vector<TimeRotation::Backup> TimeRotation::backups_of(const std::string& path) const {
  const std::string model = backup_of(path, std::string(kTimeForm));
  const fs::path folder = fs::path(model).parent_path();
  const std::string name = fs::path(model).filename().string();
  const std::size_t before = name.rfind(kTimeForm);
  const std::string_view behind = std::string_view(name).substr(before + kTimeForm.size());
  std::vector<Backup> backups;
  std::error_code error;
  for (fs::directory_iterator at(folder.empty() ? "." : folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string file = at->path().filename().string();
    if (file.size() < before + behind.size() || !file.starts_with(std::string_view(name).substr(0, before)) ||
        !file.ends_with(behind))
      continue;
    const auto part = std::string_view(file).substr(before, file.size() - before - behind.size());
    if (const auto time = parse_time(part))
      backups.push_back({(folder / file).string(), std::string(time->first), time->second});
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

}  // namespace ergon::inline v0::telemetry
