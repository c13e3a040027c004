#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/temporary_folder.hpp"
#include "telemetry/logging/handlers/log_file.hpp"
#include "telemetry/logging/text_line.hpp"
#include "unit/logging/log_requests.hpp"

namespace ergon::telemetry::test {

inline std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

/// Log files in a folder of their own, with lines that are the message and no more.
class LogFileStage {
 public:
  [[nodiscard]] std::string path(std::string_view name = "app.log") const {
    return (folder_.path() / name).string();
  }
  [[nodiscard]] std::string text(std::string_view name = "app.log") const { return text_of(path(name)); }

  /// The files in the folder, by name.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }

  [[nodiscard]] LogFile file(std::unique_ptr<Rotation> rotation = nullptr,
                             LogFileOptions options = {}) const {
    if (options.path.empty()) options.path = path();
    return {std::move(options), std::move(rotation)};
  }

  LogFile::Written write(LogFile& file, const std::vector<TestLog>& logs) {
    LogFile::Written result;
    file.write(line_records_of(logs), format_, result);
    return result;
  }
  LogFile::Written write(LogFile& file, std::string_view message, std::uint64_t seconds = 0) {
    return write(file, std::vector<TestLog>{{.seconds = seconds, .message = std::string(message)}});
  }

 private:
  ergon::test::TemporaryFolder folder_;
  TextLine format_{{.format = "{message}"}, {}};
};

}  // namespace ergon::telemetry::test
