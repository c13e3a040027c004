// Records a fixed set of spans, logs and metrics so many times (once unless it is said), as a YAML file
// configures telemetry, and prints its statistics as JSON: otlp_sender TELEMETRY.yaml [ROUNDS]
// What it records is written down once more in python_receiver/known_items.py.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry.hpp>

#include "print_books.hpp"

namespace {

using namespace ergon;
using namespace std::chrono_literals;

constexpr std::string_view kText = "žluť 𝄞 \"quoted\" \\ / \n\t\x01\x7f";

Timestamp at(std::chrono::milliseconds since) { return Timestamp(1'700'000'000s + since); }

const Tracer& tracer() {
  static const Tracer kTracer = get_tracer("sender", {.version = "1.2.3",
                                                      .schema_url = "https://opentelemetry.io/schemas/1.37.0",
                                                      .attributes = {{"scope.test", true}}});
  return kTracer;
}

const SpanContext& remote() {
  static const SpanContext kRemote{.trace_id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
                                   .span_id = {{17, 18, 19, 20, 21, 22, 23, 24}},
                                   .trace_flags = SpanContext::kSampled,
                                   .is_remote = true,
                                   .trace_state = TraceState::parse("vendor=a,other=b")};
  return kRemote;
}

// Calls `use` with attributes of every type.
template <class Use>
void with_all_types(std::int64_t round, Use use) {
  static const std::array kBytes{std::byte{0}, std::byte{1}, std::byte{0xFE}, std::byte{0xFF}};
  static const std::vector<std::byte> kNoBytes;
  static const std::vector<int> kInts{1, -2, 3};
  static const std::vector<double> kDoubles{0.5, -1.5};
  static const std::vector<bool> kBools{true, false};
  static const std::vector<std::string> kTexts{"a", "", "b"};
  static const std::vector<std::string> kNoTexts;
  static const std::map<std::string, int> kNoEntries;
  use({{"round", round},
       {"bool.true", true},
       {"bool.false", false},
       {"int.zero", 0},
       {"int.least", std::numeric_limits<std::int64_t>::min()},
       {"int.most", std::numeric_limits<std::int64_t>::max()},
       {"unsigned.most", std::numeric_limits<std::uint64_t>::max()},
       {"double", 0.1},
       {"double.tiny", std::numeric_limits<double>::denorm_min()},
       {"double.whole", 3.0},
       {"double.minus_zero", -0.0},
       {"double.infinite", std::numeric_limits<double>::infinity()},
       {"double.nan", std::numeric_limits<double>::quiet_NaN()},
       {"text.empty", ""},
       {"text", kText},
       {"bytes", kBytes},
       {"bytes.empty", kNoBytes},
       {"array.ints", kInts},
       {"array.doubles", kDoubles},
       {"array.bools", kBools},
       {"array.texts", kTexts},
       {"array.empty", kNoTexts},
       {"map", Map{{"text", "t"}, {"number", 7}, {"map", Map{{"deep", true}}}}},
       {"map.empty", kNoEntries},
       {"empty", AttributeValue{}}});
}

void record_logs_of_every_level(std::int64_t round) {
  static const Logger kLogger = get_logger("sender.log");
  static constexpr std::array<std::string_view, 6> kNames{"TRACE",   "DEBUG", "INFO",
                                                          "WARNING", "ERROR", "CRITICAL"};
  with_all_types(round, [&](Attributes attributes) {
    for (std::size_t level = 0; level < kNames.size(); ++level) {
      kLogger.with(attributes)
          .log(static_cast<Level>(level), "a record of level {}, {}", kNames[level], round);
    }
  });
}

void record_logs_without_span(std::int64_t round) {
  static const Logger kLogger = get_logger("sender.log");
  kLogger.with({{"round", round}}).event("order.charged").info("charged {} {}", 12.5, "EUR");
  kLogger.warning("žluť \"{}\"", round);
}

// Within a span, so that histograms have exemplars; the other instruments are used outside of it.
void record_durations() {
  static const Histogram<double> kDuration =
      get_meter("sender").histogram("duration", {.unit = "s", .boundaries = {0.1, 1, 10}});
  for (const double value : {0.0625, 0.5, 5.0, 50.0}) kDuration.record(value);
}

void record_other_metrics() {
  static const Meter kMeter = get_meter("sender");
  static const auto kOrders =
      kMeter.counter("orders", {.unit = "{order}", .description = "Orders that were charged"});
  static const auto kRevenue = kMeter.counter<double>("revenue", {.unit = "EUR"});
  static const auto kOpen = kMeter.up_down_counter("open", {.unit = "{order}"});
  static const auto kSize = kMeter.histogram<std::int64_t>("size", {.unit = "By"});
  static const auto kTemperature = kMeter.gauge("temperature", {.unit = "Cel"});
  static const auto kFloor = kMeter.gauge<std::int64_t>("floor", {.unit = "1"});
  kOrders.add(3, {{"currency", "EUR"}});
  kOrders.add(4, {{"currency", "USD"}});
  kRevenue.add(12.5);
  kOpen.add(5);
  kOpen.add(-2);
  for (const std::int64_t value : {1, 2, 4}) kSize.record(value);
  kTemperature.record(21.5);
  kFloor.record(-7);
}

SpanContext record_charge(std::int64_t round) {
  auto span = tracer().scoped_span(
      "charge", {{"round", round}},
      {.kind = SpanKind::client, .links = {{remote(), {{"why", "cause"}}}}, .start_time = at(10ms)});
  span.add_event("retried", {{"attempt", 2}}, at(11ms));
  span.add_event("gave up", {}, at(12ms));
  record_logs_of_every_level(round);
  record_durations();
  span.set_status(StatusCode::error, "card declined");
  const SpanContext context = span.context();
  span.end(at(20ms));
  return context;
}

void record_spans(std::int64_t round) {
  auto receive = tracer().scoped_span("receive", {},
                                      {.kind = SpanKind::server, .parent = &remote(), .start_time = at(0ms)});
  with_all_types(round, [&](Attributes attributes) {
    for (const Attribute& one : attributes) receive.set_attribute(one.key, one.value);
  });
  const SpanContext charge = record_charge(round);
  Span notify =
      tracer().start_span("notify", {{"round", round}}, {.kind = SpanKind::producer, .start_time = at(21ms)});
  notify.set_status(StatusCode::ok);
  notify.end(at(22ms));
  tracer()
      .start_span("žádost 𝄞", {{"round", round}},
                  {.kind = SpanKind::consumer, .root = true, .links = {{charge}}, .start_time = at(23ms)})
      .end(at(24ms));
  tracer().start_span("store", {{"round", round}}, {.start_time = at(25ms)}).end(at(26ms));
  receive.end(at(30ms));
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || count > 3) return 2;
  const std::int64_t rounds = count == 3 ? std::atoll(arguments[2]) : 1;
  auto session = telemetry::start_from_file(
      arguments[1], {.on_full = telemetry::OnFull::block, .max_block = std::chrono::minutes(1)});
  if (!session) return 1;
  const Meter meter = get_meter("sender");
  const auto sent =
      meter.observable_counter("sent", {.unit = "By"}).observe([](const auto& to) { to.observe(1000); });
  const auto waiting =
      meter.observable_up_down_counter("waiting", {.unit = "{order}"}).observe([](const auto& to) {
        to.observe(-3);
      });
  const auto load =
      meter.observable_gauge("load", {.unit = "1"}).observe([](const auto& to) { to.observe(0.75); });
  for (std::int64_t round = 0; round < rounds; ++round) {
    record_spans(round);
    record_logs_without_span(round);
    record_other_metrics();
  }
  const bool is_done = session.shutdown(std::chrono::seconds(30));
  ergon::test::print_books(session.statistics(), is_done);
}
