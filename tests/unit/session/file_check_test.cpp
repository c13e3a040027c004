#include "telemetry/session/file_check.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <ergon/config/telemetry_description.hpp>

namespace ergon::telemetry {
namespace {

namespace fs = std::filesystem;
using Messages = std::vector<std::string>;

class FileCheck : public ::testing::Test {
 protected:
  FileCheck() { fs::create_directories(folder_); }
  ~FileCheck() override { fs::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }
  static Messages check(const TelemetryConfig& config) {
    Messages messages;
    for (const auto& error : check_files(config::type_of<TelemetryConfig>(), &config, {}, "orders"))
      messages.push_back(error.message());
    return messages;
  }
  static TelemetryConfig with(std::vector<Handler> handlers) {
    return {.logging = LoggingConfig{.handlers = std::move(handlers)}};
  }

  fs::path folder_ = fs::temp_directory_path() / ("ergon-file-check-" + std::to_string(::getpid()));
};

TEST_F(FileCheck, AllowsWhatCanBeMadeAndMakesNothing) {
  EXPECT_EQ(check(with({FileHandler{.filename = in_folder("a/b/{task}-{pid}.log")}, JsonHandler{},
                        ConsoleHandler{}, RotatingFileHandler{.filename = in_folder("c.log")}})),
            Messages{});
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(FileCheck, FindsWhatCanNotBeWritten) {
  std::ofstream(in_folder("file")) << "text";
  EXPECT_EQ(
      check(with({FileHandler{.filename = in_folder("file/x/{task}.log")}})),
      (Messages{"logging.handlers[0].file.filename: found \"" + in_folder("file/x/orders.log") + "\" (" +
                in_folder("file") + " is no directory); allowed: a file that can be written"}));
  EXPECT_EQ(check(with({JsonHandler{.filename = folder_.string()}})),
            (Messages{"logging.handlers[0].json.filename: found \"" + folder_.string() +
                      "\" (a directory); allowed: a file that can be written"}));
  const TelemetryConfig traces{
      .tracing = TracingConfig{
          .processors = {BatchSpanProcessor{
              .exporter = OtlpFileExporter{.output_stream = "file://" + in_folder("file/x")}}}}};
  ASSERT_EQ(check(traces).size(), 1U);
  EXPECT_TRUE(check(traces)[0].starts_with(
      "tracing.processors[0].batch.exporter[\"otlp_file/development\"].output_stream: "))
      << check(traces)[0];
}

TEST_F(FileCheck, FindsFilesThatTwoWrite) {
  EXPECT_EQ(
      check(with({FileHandler{.filename = in_folder("{task}.log")},
                  JsonHandler{.filename = in_folder("./orders.log")}})),
      (Messages{"logging.handlers[1].json.filename: found \"" + in_folder("orders.log") +
                "\", which logging.handlers[0].file.filename writes, too; allowed: a file of its own"}));
  EXPECT_EQ(check(with({FileHandler{.filename = "/dev/null"}, JsonHandler{.filename = "/dev/null"}})),
            Messages{});
}

TEST_F(FileCheck, LetsOtlpFilesBeShared) {
  const OtlpFileExporter file{.output_stream = "file://" + in_folder("all.jsonl")};
  TelemetryConfig config{.logging = LoggingConfig{.handlers = {OtlpHandler{.exporter = file}}},
                         .tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = file}}}};
  EXPECT_EQ(check(config), Messages{});
  config.logging->handlers.emplace_back(FileHandler{.filename = in_folder("all.jsonl")});
  EXPECT_EQ(check(config).size(), 1U) << "one that is no OTLP file";
}

}  // namespace
}  // namespace ergon::telemetry
