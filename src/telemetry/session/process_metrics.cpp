#include <ergon/telemetry/process_metrics.hpp>

#include <chrono>

#include <ergon/telemetry/meter.hpp>

#include "base/process_usage.hpp"
#include "base/version.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// Names, units and attributes: OpenTelemetry's semantic conventions, system/process-metrics.
struct ProcessInstruments {
  Meter meter = get_meter("ergon.process", {.version = base::kVersion});
  ObservableCounter<double> cpu_time = meter.observable_counter<double>(
      "process.cpu.time", {.unit = "s", .description = "Time on a processor, by mode."});
  ObservableUpDownCounter<std::int64_t> memory_usage = meter.observable_up_down_counter(
      "process.memory.usage", {.unit = "By", .description = "Physical memory in use."});
  ObservableUpDownCounter<std::int64_t> memory_virtual = meter.observable_up_down_counter(
      "process.memory.virtual", {.unit = "By", .description = "Virtual memory."});
  ObservableUpDownCounter<std::int64_t> threads = meter.observable_up_down_counter(
      "process.thread.count", {.unit = "{thread}", .description = "Threads, telemetry's own included."});
  ObservableUpDownCounter<std::int64_t> descriptors = meter.observable_up_down_counter(
      "process.unix.file_descriptor.count",
      {.unit = "{file_descriptor}", .description = "Open file descriptors."});
  ObservableCounter<std::int64_t> switches = meter.observable_counter(
      "process.context_switches", {.unit = "{context_switch}", .description = "Context switches, by type."});
  ObservableCounter<std::int64_t> faults = meter.observable_counter(
      "process.paging.faults", {.unit = "{fault}", .description = "Page faults, by type."});
  ObservableGauge<double> uptime =
      meter.observable_gauge("process.uptime", {.unit = "s", .description = "Since the process began."});
};

void observe_times(const ProcessInstruments& own, const BatchObserver& observer) {
  const auto times = base::process_times();
  if (!times) return;
  const auto seconds = [](std::chrono::microseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  observer.observe(own.cpu_time, seconds(times->user), {{"cpu.mode", "user"}});
  observer.observe(own.cpu_time, seconds(times->system), {{"cpu.mode", "system"}});
  observer.observe(own.switches, times->voluntary_switches, {{"process.context_switch.type", "voluntary"}});
  observer.observe(own.switches, times->involuntary_switches,
                   {{"process.context_switch.type", "involuntary"}});
  observer.observe(own.faults, times->major_faults, {{"system.paging.fault.type", "major"}});
  observer.observe(own.faults, times->minor_faults, {{"system.paging.fault.type", "minor"}});
}

void observe_all(const ProcessInstruments& own, const BatchObserver& observer) {
  observe_times(own, observer);
  if (const auto memory = base::process_memory()) {
    observer.observe(own.memory_usage, memory->resident_bytes);
    observer.observe(own.memory_virtual, memory->virtual_bytes);
  }
  if (const auto life = base::process_life()) {
    observer.observe(own.threads, life->threads);
    observer.observe(own.uptime, life->age.count());
  }
  if (!own.descriptors.enabled()) return;  // who has thousands of them may rather drop this
  if (const auto descriptors = base::open_descriptors()) observer.observe(own.descriptors, *descriptors);
}

}  // namespace

CallbackRegistration observe_process() {
  const ProcessInstruments own;
  return Meter::observe([own](const BatchObserver& observer) { observe_all(own, observer); }, own.cpu_time,
                        own.memory_usage, own.memory_virtual, own.threads, own.descriptors, own.switches,
                        own.faults, own.uptime);
}

}  // namespace ergon::inline v0::telemetry
