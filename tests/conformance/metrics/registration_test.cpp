// metrics/api.md: names, units and descriptions of meters and instruments; metrics/sdk.md: duplicate
// registration.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "conformance/metrics/collected.hpp"
#include "unit/support_engine/fresh_process.hpp"

namespace ergon::test {
namespace {

Meter meter() { return get_meter("conformance.registration"); }

TEST(GetMeter, KeepsANameThatIsNone) {
  MemorySession session;
  get_meter("").counter("of.no.meter").add(1);
  bool is_found = false;
  for (const std::string& bytes : session.take(telemetry::Signal::metric_points)) {
    const auto request = decode<ExportMetricsServiceRequest>(bytes);
    for (const auto& scope : request.resource_metrics(0).scope_metrics()) {
      for (const ProtoMetric& metric : scope.metrics()) {
        if (metric.name() != "of.no.meter") continue;
        is_found = true;
        EXPECT_EQ(scope.scope().name(), "");
      }
    }
  }
  EXPECT_TRUE(is_found) << "a meter that works is returned";
}

TEST(InstrumentName, MayHave255CharactersOfItsAlphabet) {
  MemorySession session;
  const std::string name = "Az_09.-/" + std::string(247, 'x');
  meter().counter(name).add(1);
  EXPECT_EQ(collect_one(session, name).sum().data_points(0).as_int(), 1);
}

void use_a_name_that_is_none() {
  MemorySession session;
  meter().counter("1st.name").add(1);
  EXPECT_EQ(collect_one(session, "1st.name").sum().data_points(0).as_int(), 1) << "it works all the same";
}

TEST(InstrumentName, ThatIsNoneIsToldOf) {
  run_in_fresh_process(&use_a_name_that_is_none, "name or unit is none.*1st.name");
}

void use_a_unit_that_is_too_long() {
  MemorySession session;
  meter().counter("long.unit", {.unit = std::string(64, 'u')}).add(1);
  EXPECT_EQ(collect_one(session, "long.unit").unit(), std::string(64, 'u'));
}

TEST(InstrumentUnit, OfMoreThan63CharactersIsToldOf) {
  run_in_fresh_process(&use_a_unit_that_is_too_long, "name or unit is none.*long.unit");
}

TEST(InstrumentUnit, IsCaseSensitive) {
  MemorySession session;
  meter().counter("unit.case", {.unit = "kb"}).add(1);
  meter().counter("unit.case", {.unit = "kB"}).add(2);
  EXPECT_EQ(collect(session, "unit.case").size(), 2U);
}

TEST(InstrumentDescription, IsNotValidated) {
  MemorySession session;
  const std::string description = std::string(2'000, 'd') + "\n\"\xC3\xA4\xE2\x82\xAC\"";
  meter().counter("described", {.description = description}).add(1);
  EXPECT_EQ(collect_one(session, "described").description(), description);
}

void register_with_another_unit() {
  MemorySession session;
  meter().counter("again", {.unit = "s"}).add(1);
  meter().counter("again", {.unit = "ms"}).add(2);
  EXPECT_EQ(collect(session, "again").size(), 2U);
}

TEST(DuplicateInstrument, IsToldOf) {
  run_in_fresh_process(&register_with_another_unit, "an instrument of this name exists.*again");
}

TEST(DuplicateInstrument, OfTheSameIdentityIsTheSame) {
  MemorySession session;
  for (int i = 0; i < 3; ++i) meter().counter("identical", {.unit = "s", .description = "D."}).add(1);
  EXPECT_EQ(collect_one(session, "identical").sum().data_points(0).as_int(), 3);
}

TEST(DuplicateInstrument, OfAnotherMeterIsNone) {
  MemorySession session;
  get_meter("conformance.registration", {.version = "1"}).counter("by.meter").add(1);
  get_meter("conformance.registration", {.version = "2"}).counter("by.meter").add(2);
  EXPECT_EQ(collect(session, "by.meter").size(), 2U);
}

}  // namespace
}  // namespace ergon::test
