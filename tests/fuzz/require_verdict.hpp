#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/utf8.hpp"
#include "telemetry/export/verdict.hpp"

namespace ergon::test {

/// Aborts, which the fuzzer takes for a finding, unless it holds.
inline void require(bool holds, const char* what, const telemetry::Verdict& verdict) {
  if (holds) return;
  std::fprintf(stderr, "%s: kind %d, rejected %llu, delay %lld ns, \"%s\"\n", what,
               static_cast<int>(verdict.kind), static_cast<unsigned long long>(verdict.rejected),
               static_cast<long long>(verdict.server_delay.count()), verdict.message.c_str());
  std::abort();
}

/// What holds of each verdict, whatever the answer was.
inline void require_sound(const telemetry::Verdict& verdict) {
  using Kind = telemetry::Verdict::Kind;
  constexpr auto kMostDelay = std::chrono::hours(25) + std::chrono::seconds(1);
  constexpr std::size_t kMostMessage = 4'096;  // of repaired UTF-8
  require(verdict.kind <= Kind::refused, "no kind", verdict);
  require(verdict.rejected == 0 || verdict.kind == Kind::delivered, "rejections of what was not taken",
          verdict);
  require(verdict.server_delay.count() >= 0 && verdict.server_delay <= kMostDelay, "no sane delay", verdict);
  require(verdict.server_delay.count() == 0 || verdict.kind == Kind::retry, "a delay of nothing", verdict);
  require(verdict.kind == Kind::delivered || !verdict.message.empty(), "a failure without words", verdict);
  require(base::is_valid_utf8(verdict.message), "no UTF-8", verdict);
  require(verdict.message.size() <= kMostMessage, "a long message", verdict);
}

}  // namespace ergon::test
