#include "base/diagnostic.hpp"

#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/one_line.hpp"
#include "base/output.hpp"
#include "base/ticks.hpp"

namespace ergon::inline v0::base {

namespace {

enum class Told : std::uint8_t { as_environment_says, yes, no };
std::atomic<Told> g_told{Told::as_environment_says};

// OTEL_LOG_LEVEL, as it is when the first trouble is told: all that there is to tell is of level `warn`.
bool is_told_by_environment() noexcept {
  static const bool kTold = [] {
    const char* const level = std::getenv("OTEL_LOG_LEVEL");
    if (level == nullptr) return true;
    const char* const kQuiet[] = {"none", "off", "fatal", "error"};
    return std::ranges::none_of(kQuiet, [&](const char* one) { return strcasecmp(one, level) == 0; });
  }();
  return kTold;
}

bool are_told() noexcept {
  const Told told = g_told.load(std::memory_order_relaxed);
  return told == Told::as_environment_says ? is_told_by_environment() : told == Told::yes;
}

}  // namespace

void tell_diagnostics(std::optional<bool> are_told) noexcept {
  const Told told = are_told.value_or(false) ? Told::yes : Told::no;
  g_told.store(are_told ? told : Told::as_environment_says, std::memory_order_relaxed);
}

// A diagnostic must not wait for its reader.
void write_to_stderr(std::string_view line) noexcept {
  Output(STDERR_FILENO).write_until(line, Output::Clock::now());
}

void Diagnostic::report(std::string_view detail) noexcept try {
  if (!are_told()) return;
  constexpr std::uint64_t kInterval = 10'000'000'000U;
  const std::uint64_t now = monotonic_nanoseconds();
  std::uint64_t last = last_.load(std::memory_order_relaxed);
  // Another thread may have spoken after this one took the time: `last` is then ahead of `now`.
  const bool is_due = last == 0 || (now > last && now - last >= kInterval);
  if (!is_due || !last_.compare_exchange_strong(last, now, std::memory_order_relaxed)) {
    held_back_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  std::string line = "ergon: " + std::string(what_);
  if (!detail.empty()) append_one_line(line.append(": "), detail);
  // In the first report, what others held back meanwhile is not "since the last"; the next one tells it.
  const std::uint64_t held = last == 0 ? 0 : held_back_.exchange(0, std::memory_order_relaxed);
  if (held > 0) {
    line.append(" (and ").append(std::to_string(held)).append(" times more since the last report)");
  }
  write_to_stderr(line + "\n");
} catch (...) {  // no memory for the message: the trouble itself is still counted
}

void report_failure(std::string_view what, std::string_view why) noexcept try {
  static constinit Diagnostic failure{"a failure inside"};
  failure.report(std::string(what).append(": ").append(why));
} catch (...) {  // no memory for the message
}

}  // namespace ergon::inline v0::base
