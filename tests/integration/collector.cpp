#include "integration/collector.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "integration/otlp_json.hpp"
#include "source_folder.hpp"
#include "support/owned_descriptor.hpp"

namespace ergon::test {
namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::array kSignals{"traces", "logs", "metrics"};
constexpr const char* kAcceptedSpans = "\notelcol_receiver_accepted_spans{";

std::string receivers(const std::string& address) {
  return "receivers: {otlp: {protocols: {grpc: {endpoint: \"" + address +
         "\", max_recv_msg_size_mib: 64}}}}\n";
}

std::string writing_config(const Collector& collector, const std::string& address) {
  std::string text = receivers(address) + "processors: {batch: {timeout: 50ms}}\nexporters:\n";
  std::string pipelines;
  for (const std::string signal : kSignals) {
    text += "  file/" + signal + ": {append: true, path: \"" + collector.file(signal).string() + "\"}\n";
    pipelines +=
        "    " + signal + ": {receivers: [otlp], processors: [batch], exporters: [file/" + signal + "]}\n";
  }
  return text + "service:\n  telemetry: {metrics: {level: none}}\n  pipelines:\n" + pipelines;
}

std::string counting_config(std::uint16_t metrics_port, const std::string& address) {
  std::string text = receivers(address) +
                     "exporters: {nop: }\n"
                     "service:\n"
                     "  telemetry:\n"
                     "    metrics:\n"
                     "      level: normal\n"
                     "      readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: " +
                     std::to_string(metrics_port) +
                     "}}}}]\n"
                     "  pipelines:\n";
  for (const std::string signal : kSignals)
    text += "    " + signal + ": {receivers: [otlp], exporters: [nop]}\n";
  return text;
}

// The answer to a GET of /metrics, headers and all.
std::string scrape(std::uint16_t port) {
  const OwnedDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request = "GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      write(socket.get(), request.data(), request.size()) != static_cast<ssize_t>(request.size())) {
    throw std::runtime_error("the Collector does not tell its metrics");
  }
  std::string answer;
  std::array<char, 4096> block{};
  for (ssize_t size = 0; (size = read(socket.get(), block.data(), block.size())) > 0;) {
    answer.append(block.data(), static_cast<std::size_t>(size));
  }
  return answer;
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

Collector::Collector(const std::filesystem::path& program, CollectorOutput output)
    : program_(program), output_(output), address_("127.0.0.1:" + std::to_string(port_.number())) {
  start();
}

void Collector::start() {
  const auto config = folder_.path() / "collector.yaml";
  std::ofstream(config) << (output_ == CollectorOutput::files
                                ? writing_config(*this, address_)
                                : counting_config(metrics_port_.number(), address_));
  child_.emplace(
      ChildProcessOptions{.arguments = {program_, "--config", config}, .working_directory = folder_.path()});
  if (!child_->wait_for_error_output("Everything is ready", kPatience))
    throw std::runtime_error("the Collector does not start: " + child_->error_output());
}

void Collector::end() {
  child_->send_signal(SIGTERM);
  const auto status = child_->wait(kPatience);
  if (!status || status->code != 0)
    throw std::runtime_error("the Collector did not end well: " + child_->error_output());
}

void Collector::restart() {
  end();
  start();
}

Arrived Collector::stop() {
  end();
  return read_otlp_json(file("traces"), file("logs"), file("metrics"));
}

std::filesystem::path Collector::file(const std::string& signal) const {
  return folder_.path() / (signal + ".jsonl");
}

std::uint64_t Collector::accepted_spans() const {
  const std::string metrics = scrape(metrics_port_.number());
  const auto found = metrics.find(kAcceptedSpans);
  if (found == std::string::npos) return 0;
  const auto value = metrics.find("} ", found);
  return static_cast<std::uint64_t>(std::strtod(metrics.c_str() + value + 2, nullptr));  // 1e+06, perhaps
}

}  // namespace ergon::test
