#include "telemetry/session/prestart_report.hpp"

#include <fmt/format.h>

#include <string>

#include "base/diagnostic.hpp"
#include "base/one_line.hpp"
#include "base/ticks.hpp"
#include "telemetry/logging/level_text.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/records.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/worker/books.hpp"
#include "telemetry/worker/drain.hpp"

namespace ergon::inline v0::telemetry {

namespace {

std::string line_of(const LogRecord& record) {
  std::string line = fmt::format("[{}] [", level_name(record.level));
  base::append_one_line(line, record.logger->scope->name);
  base::append_one_line(line.append("] "), MessageText().format(record));
  return line + "\n";
}

}  // namespace

void report_prestart_records() noexcept try {
  if (g_recording.phase.load(std::memory_order_acquire) != Phase::prestart) return;
  g_recording.phase.store(Phase::stopped, std::memory_order_release);
  std::uint64_t unsent = 0;
  Drain drain;
  do {
    for (const RecordHeader* head : drain.collect()) {
      const RecordHeader* record = resolve(head);
      const auto* log = reinterpret_cast<const LogRecord*>(record);
      if (record->kind == RecordKind::log && log->level >= Level::warning) {
        base::write_to_stderr(line_of(*log));
      } else {
        ++unsent;
      }
    }
    drain.release();
  } while (drain.found_more());
  for (const Signal signal : {Signal::spans, Signal::logs}) {
    for (const std::uint64_t dropped : thread_totals(signal).dropped) unsent += dropped;
  }
  if (unsent == 0) return;
  base::write_to_stderr(fmt::format(
      "ergon: telemetry was never started: {} spans and log records were not sent anywhere\n", unsent));
} catch (...) {  // no memory: the process is ending anyway
}

}  // namespace ergon::inline v0::telemetry
