// Logs so many records of fuzzed text to a JSON file, each within a span, and writes the spans' ids on
// standard output: json_logger FILE RECORDS SEED
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>

#include <ergon/telemetry.hpp>

namespace {

// Bytes as they come, and those that JSON, terminals and UTF-8 make much of.
std::string fuzzed(std::mt19937_64& random) {
  static const std::string kPieces[] = {
      "\"",       "\\",           "\n",       "\r",   "\t", std::string(1, '\0'), "\x1b[31m", "é", "€", "𝄞",
      "\xC2\x85", "\xE2\x80\xA8", "\xF0\x9D", "\xFF", "{}", "</script>"};
  std::string text;
  for (auto pieces = random() % 12; pieces > 0; --pieces) {
    const auto kind = random() % 3;
    if (kind == 0) {
      text += kPieces[random() % std::size(kPieces)];
    } else if (kind == 1) {
      text += static_cast<char>(random() % 256);
    } else {
      text += "word ";
    }
  }
  return text;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  const int records = std::atoi(arguments[2]);
  std::mt19937_64 random(std::strtoull(arguments[3], nullptr, 10));
  auto session = ergon::telemetry::start(
      {.service_name = "fuzzed",
       .logging = ergon::LoggingConfig{.handlers = {ergon::JsonHandler{.filename = arguments[1]}}},
       .tracing = ergon::TracingConfig{.sampler = ergon::AlwaysOff{}}},
      {.on_full = ergon::telemetry::OnFull::block, .max_block = std::chrono::minutes(1)});
  const auto tracer = ergon::get_tracer("t");
  const auto log = ergon::get_logger("fuzz");
  for (int i = 0; i < records; ++i) {
    const auto span = tracer.scoped_span("s");
    std::printf("%s %s\n", span.context().trace_id.to_hex().c_str(), span.context().span_id.to_hex().c_str());
    log.with({{"i", i}, {"k" + fuzzed(random), fuzzed(random)}}).info("{}", fuzzed(random));
  }
  const bool is_done = session.shutdown(std::chrono::minutes(1));
  return is_done && session.statistics().logs.total.delivered == static_cast<std::uint64_t>(records) ? 0 : 1;
}
