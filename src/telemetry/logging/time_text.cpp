#include "telemetry/logging/time_text.hpp"

#include <fmt/format.h>
#include <time.h>

#include <iterator>

namespace ergon::telemetry {

namespace {

void append_parts(std::string& out, const tm& parts, char between) {
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, between, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

void append_local_time(std::string& out, std::uint64_t unix_nanoseconds) {
  const auto seconds = static_cast<time_t>(unix_nanoseconds / 1'000'000'000U);
  tm parts{};
  localtime_r(&seconds, &parts);
  append_parts(out, parts, ' ');
}

void append_utc_time(std::string& out, std::uint64_t unix_nanoseconds) {
  const auto seconds = static_cast<time_t>(unix_nanoseconds / 1'000'000'000U);
  tm parts{};
  gmtime_r(&seconds, &parts);
  append_parts(out, parts, 'T');
  fmt::format_to(std::back_inserter(out), ".{:09}Z", unix_nanoseconds % 1'000'000'000U);
}

}  // namespace ergon::telemetry
