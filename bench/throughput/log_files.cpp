#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>

#include <ergon/telemetry.hpp>

#include "bench.hpp"
#include "cpu_seconds.hpp"

namespace bench {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int kLines = 1'000'000;
constexpr int kRuns = 3;
const std::string kCustomer = "customer-7";

struct Run {
  double per_second{0};
  double cpu_nanoseconds{0};
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
Run measure(const fs::path& path, LogAll log_all) {
  fs::remove(path);
  const double cpu_before = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  log_all();
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  return {kLines / time.count(), (cpu_seconds() - cpu_before) * 1e9 / kLines, lines_in(path)};
}

Run measure_ours(const fs::path& path) {
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

Run measure_spdlog(const fs::path& path) {
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

Result log_json_file() {
  std::string folder = (fs::temp_directory_path() / "ergon-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::system_error(errno, std::generic_category(), folder);
  Result best{.peer = "spdlog async, text"};
  for (int run = 0; run < kRuns; ++run) {
    const Run ours = measure_ours(fs::path(folder) / "ours.json");
    best.lost += kLines - ours.lines;
    if (ours.per_second > best.per_second) {
      best.per_second = ours.per_second;
      best.cpu_nanoseconds = ours.cpu_nanoseconds;
    }
    const Run peer = measure_spdlog(fs::path(folder) / "peer.log");
    best.peer_per_second = std::max(best.peer_per_second, peer.per_second);
  }
  fs::remove_all(folder);
  best.is_accounted = best.lost == 0;
  return best;
}

}  // namespace bench
