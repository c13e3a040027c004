#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <ergon/telemetry.hpp>

// How many lines a second get from one logging thread into a file: ours as JSON with the ids of the span, the
// peer's as text. Both wait where their queue is full, so neither loses any.
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int kLines = 1'000'000;
constexpr int kRuns = 3;
const std::string kCustomer = "customer-7";

struct Result {
  double per_second{0};
  std::uint64_t lines{0};
};

std::uint64_t lines_in(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 1U << 16U> block{};
  std::uint64_t lines = 0;
  while (file.read(block.data(), block.size()) || file.gcount() > 0)
    lines += static_cast<std::uint64_t>(std::count(block.data(), block.data() + file.gcount(), '\n'));
  return lines;
}

// `log_all` returns when all lines are in the file.
template <class LogAll>
Result measure(const fs::path& path, LogAll log_all) {
  fs::remove(path);
  const auto begin = std::chrono::steady_clock::now();
  log_all();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  return {kLines / taken.count(), lines_in(path)};
}

Result measure_ours(const fs::path& path) {
  using namespace ergon;
  auto session =
      telemetry::start({.service_name = "bench",
                        .logging = LoggingConfig{.handlers = {JsonHandler{.filename = path.string()}}},
                        .tracing = TracingConfig{.sampler = AlwaysOff{}}},
                       {.on_full = telemetry::OnFull::block, .max_block = 10s});
  if (!session) return {};
  return measure(path, [&] {
    const auto span = get_tracer("bench").scoped_span("order");
    const auto log = get_logger("bench");
    for (int i = 0; i < kLines; ++i) log.info("charged {} to {}", i, kCustomer);
    session.flush(60s);
  });
}

Result measure_spdlog(const fs::path& path) {
  return measure(path, [&] {
    const auto threads =
        std::make_shared<spdlog::details::thread_pool>(8'192, 1);  // its end waits for the queue
    {
      const auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string(), true);
      const auto log = std::make_shared<spdlog::async_logger>("bench", sink, threads,
                                                              spdlog::async_overflow_policy::block);
      for (int i = 0; i < kLines; ++i) log->info("charged {} to {}", i, kCustomer);
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Log lines a second into a file, as JSON, beside spdlog's text");
  bool as_json_lines = false;
  app.add_flag("--json", as_json_lines, "a JSON object a line");
  CLI11_PARSE(app, argc, argv);
  std::string folder = (fs::temp_directory_path() / "ergon-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  Result ours;
  Result peer;
  std::uint64_t lost = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Result one = measure_ours(fs::path(folder) / "ours.json");
    lost += kLines - one.lines;
    ours.per_second = std::max(ours.per_second, one.per_second);
    peer.per_second = std::max(peer.per_second, measure_spdlog(fs::path(folder) / "peer.log").per_second);
  }
  fs::remove_all(folder);
  const char* const form =
      as_json_lines ? "{\"bench\":\"log_json_file\",\"per_second\":%.0f,\"peer\":\"spdlog async, "
                      "text\",\"peer_per_second\":%.0f,\"ratio\":%.3f,\"lost\":%llu}\n"
                    : "log_json_file %10.0f lines/s, spdlog async, text %10.0f (ratio %.3f), %llu lost\n";
  std::printf(form, ours.per_second, peer.per_second, ours.per_second / peer.per_second,
              static_cast<unsigned long long>(lost));
  return lost == 0 ? 0 : 1;
}
