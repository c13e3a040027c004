#include "task/supervisor/progress_line.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "base/diagnostic.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::chrono::seconds kPeriod{1};
constexpr std::string_view kToStart = "\r\x1b[K";

// https://no-color.org
bool may_color() noexcept {
  const char* no_color = std::getenv("NO_COLOR");
  return no_color == nullptr || *no_color == '\0';
}

}  // namespace

std::string progress_text(const Progress& progress, double per_second, bool has_color) {
  const auto [ok, failed, handed_back] = progress.transactions;
  const auto alarming = [&](std::uint64_t count) {
    return has_color && count > 0 ? fmt::format("\x1b[1;31m{}\x1b[0m", count) : fmt::format("{}", count);
  };
  std::string text = fmt::format("{:.0f}/s  ok {}  failed {}  in flight {}", per_second, ok, alarming(failed),
                                 progress.in_flight);
  if (handed_back > 0) text += fmt::format("  handed back {}", handed_back);
  if (progress.restarts > 0) text += "  restarts " + alarming(static_cast<std::uint64_t>(progress.restarts));
  return text + fmt::format("  telemetry delivered {}, dropped {}", progress.telemetry_delivered,
                            alarming(progress.telemetry_dropped));
}

void ProgressLine::show(const Progress& progress) {
  if (!is_shown_) return;
  const TimePoint now = std::chrono::steady_clock::now();
  if (now - last_ < kPeriod) return;
  const std::uint64_t done = progress.transactions.ok + progress.transactions.failed;
  const double seconds = std::chrono::duration<double>(now - last_).count();
  const double rate = is_written_ ? static_cast<double>(done - last_done_) / seconds : 0;
  base::write_to_stderr(std::string(kToStart) + progress_text(progress, rate, may_color()));
  last_ = now;
  last_done_ = done;
  is_written_ = true;
}

void ProgressLine::clear() noexcept {
  if (is_written_) base::write_to_stderr(kToStart);
  is_written_ = false;
}

}  // namespace ergon::inline v0::detail
