#pragma once

#include <cstdint>
#include <string>

#include <ergon/config/log_files.hpp>

#include "telemetry/logging/handlers/rotation.hpp"

namespace ergon::inline v0::telemetry {

/// `app.log`, `app.log.1`, `app.log.2` …: the higher the number, the older.
class SizeRotation final : public Rotation {
 public:
  explicit SizeRotation(const RotatingFileHandler& handler);

  void begin(const FileState& file) override;
  [[nodiscard]] bool is_due(std::uint64_t file_bytes, std::uint64_t line_bytes,
                            std::uint64_t unix_nanoseconds) override;
  [[nodiscard]] bool rotate(const std::string& path) override;

 private:
  [[nodiscard]] std::string backup_of(const std::string& path, std::int64_t number) const;
  void remove_too_much(const std::string& path) const;

  std::uint64_t max_bytes_;
  std::int64_t backup_count_;
  std::uint64_t max_total_bytes_;
  std::string (*backup_name_)(const std::string& filename, std::int64_t number);
};

}  // namespace ergon::inline v0::telemetry
