#include "integration/collector.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "integration/otlp_json.hpp"
#include "source_folder.hpp"

namespace ergon::test {
namespace {

constexpr std::chrono::seconds kPatience{30};

std::string pipeline(const std::string& signal) {
  return "    " + signal + ": {receivers: [otlp], processors: [batch], exporters: [file/" + signal + "]}\n";
}

ChildProcessOptions command(const std::filesystem::path& program, const std::filesystem::path& folder,
                            const std::string& address) {
  const auto config = folder / "collector.yaml";
  std::ofstream out(config);
  out << "receivers: {otlp: {protocols: {grpc: {endpoint: \"" << address << "\"}}}}\n"
      << "processors: {batch: {timeout: 50ms}}\n"
      << "exporters:\n";
  for (const std::string signal : {"traces", "logs", "metrics"}) {
    out << "  file/" << signal << ": {path: \"" << (folder / (signal + ".jsonl")).string() << "\"}\n";
  }
  out << "service:\n  telemetry: {metrics: {level: none}}\n  pipelines:\n"
      << pipeline("traces") << pipeline("logs") << pipeline("metrics");
  return {.arguments = {program, "--config", config}, .working_directory = folder};
}

}  // namespace

std::optional<std::filesystem::path> Collector::find() {
  ChildProcess script(
      {.arguments = {"bash", ERGON_SOURCE_DIR "/tools/collector/build_collector.sh", "--path"}});
  script.wait(kPatience);
  const auto path = script.next_output_line(kPatience);
  if (!path || !std::filesystem::exists(*path)) return std::nullopt;
  return std::filesystem::path(*path);
}

Collector::Collector(const std::filesystem::path& program)
    : address_("127.0.0.1:" + std::to_string(port_.number())),
      child_(command(program, folder_.path(), address_)) {
  if (!child_.wait_for_error_output("Everything is ready", kPatience))
    throw std::runtime_error("the Collector does not start: " + child_.error_output());
}

Arrived Collector::stop() {
  child_.send_signal(SIGTERM);
  const auto status = child_.wait(kPatience);
  if (!status || status->code != 0)
    throw std::runtime_error("the Collector did not end well: " + child_.error_output());
  return read_otlp_json(folder_.path() / "traces.jsonl", folder_.path() / "logs.jsonl",
                        folder_.path() / "metrics.jsonl");
}

}  // namespace ergon::test
