#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ergon/config/log_files.hpp>

#include "telemetry/logging/handlers/rotation.hpp"

namespace ergon::inline v0::telemetry {

/// `app.log`, `app.log.2026-03-14`, and `app.log.2026-03-14.1` where that name is taken: by length, or an
/// hour that comes twice when clocks are put back. Or as the program wants: `app-2026-03-14.1.log`.
class TimeRotation final : public Rotation {
 public:
  explicit TimeRotation(const TimedRotatingFileHandler& handler);

  void begin(const FileState& file) override;
  [[nodiscard]] bool is_due(std::uint64_t file_bytes, std::uint64_t line_bytes,
                            std::uint64_t unix_nanoseconds) override;
  [[nodiscard]] bool rotate(const std::string& path) override;

 private:
  struct Backup {
    std::string path;
    std::string time;
    std::int64_t number;
  };

  void start_period(std::int64_t unix_seconds);
  [[nodiscard]] std::string free_name(const std::string& path) const;
  [[nodiscard]] std::string backup_of(const std::string& path, const std::string& time) const;
  [[nodiscard]] std::vector<Backup> backups_of(const std::string& path) const;
  void remove_too_much(const std::string& path) const;

  RotateWhen when_;
  std::int64_t interval_;
  std::size_t backup_count_;
  std::uint64_t max_bytes_;
  std::uint64_t max_total_bytes_;
  std::string (*backup_name_)(const std::string& filename, const std::string& time);
  // Unix time in seconds; no period yet: 0.
  std::int64_t start_{0};
  std::int64_t end_{0};
};

}  // namespace ergon::inline v0::telemetry
