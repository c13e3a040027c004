#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

#include <ergon/telemetry/environment_carrier.hpp>

#include "conformance/propagation/headers.hpp"

// specification: context/api-propagators.md#textmap-propagator, #getter, #setter; context/env-carriers.md.
namespace ergon::test {
namespace {

Context some_context() {
  return extract_by("tracecontext", {{"traceparent", std::string(kTraceparent)}, {"tracestate", "foo=1"}})
      .with_baggage(Baggage().set("user", "u-1"));
}

template <class Map>
void expect_round_trip() {
  Map carrier;
  inject(carrier, some_context());
  EXPECT_EQ(std::distance(carrier.begin(), carrier.end()), 3);
  const Context context = extract(carrier, Context());
  EXPECT_EQ(context.span_context(), some_context().span_context());
  EXPECT_EQ(context.baggage(), some_context().baggage());
}

TEST(Carrier, IsAnyMapOrListOfPairsOfStrings) {
  expect_round_trip<std::map<std::string, std::string>>();
  expect_round_trip<std::unordered_map<std::string, std::string>>();
  expect_round_trip<std::multimap<std::string, std::string>>();
  expect_round_trip<std::map<std::string, std::string, std::less<>>>();
  expect_round_trip<std::vector<std::pair<std::string, std::string>>>();
}

TEST(Setter, ReplacesAKeyInWhateverCase) {
  std::map<std::string, std::string> map{{"Traceparent", "old"}, {"other", "kept"}};
  inject(map, some_context());
  EXPECT_EQ(map.at("Traceparent"), kTraceparent);
  EXPECT_FALSE(map.contains("traceparent"));
  EXPECT_EQ(map.at("other"), "kept");
  Headers list{{"BAGGAGE", "old=1"}};
  inject(list, some_context());
  EXPECT_EQ(list.front(), (std::pair<std::string, std::string>{"BAGGAGE", "user=u-1"}));
}

// All of a name: a receiver would join them, or take the first.
TEST(Setter, LeavesOneOfAName) {
  Headers list{{"Baggage", "old=1"}, {"other", "kept"}, {"baggage", "old=2"}, {"BAGGAGE", "old=3"}};
  inject(list, some_context());
  EXPECT_EQ(list.front(), (std::pair<std::string, std::string>{"Baggage", "user=u-1"}));
  EXPECT_EQ(
      std::ranges::count_if(list, [](const auto& one) { return detail::is_same_key(one.first, "baggage"); }),
      1);
  std::multimap<std::string, std::string> map{{"traceparent", "1"}, {"traceparent", "2"}};
  inject(map, some_context());
  EXPECT_EQ(map.count("traceparent"), 1U);
  EXPECT_EQ(map.find("traceparent")->second, kTraceparent);
}

Headers stale_headers() {
  return {{"Traceparent", "old"},  {"tracestate", "old=1"}, {"baggage", "old=1"}, {"BAGGAGE", "old=2"},
          {"X-B3-TraceId", "old"}, {"X-B3-Flags", "1"},     {"other", "kept"}};
}

// What there is of an earlier sender is not this context's.
TEST(Setter, TakesAwayWhatTheContextHasNothingOf) {
  Headers headers = stale_headers();
  inject(headers, extract_by("tracecontext", {{"traceparent", std::string(kTraceparent)}}));
  EXPECT_EQ(headers, (Headers{{"Traceparent", std::string(kTraceparent)},
                              {"X-B3-TraceId", "old"},
                              {"X-B3-Flags", "1"},
                              {"other", "kept"}}))
      << "not those that no propagator in use has";
  headers = stale_headers();
  inject(headers, Context());
  EXPECT_EQ(headers, (Headers{{"X-B3-TraceId", "old"}, {"X-B3-Flags", "1"}, {"other", "kept"}}));
  EnvironmentWriter environment;
  inject(environment, some_context());
  EXPECT_EQ(environment.variables().size(), 3U);
  inject(environment, Context());
  EXPECT_TRUE(environment.variables().empty());
}

TEST(Getter, HasFirstAndAllValuesAndKeys) {
  const Headers headers{{"Key", "1"}, {"other", "2"}, {"KEY", "3"}, {"empty", ""}};
  const detail::MapReader<Headers> reader(headers);
  EXPECT_EQ(reader.get("key"), "1");
  EXPECT_EQ(reader.get("empty"), "");
  EXPECT_EQ(reader.get("none"), std::nullopt);
  EXPECT_EQ(reader.get_all("key"), (std::vector<std::string_view>{"1", "3"}));
  EXPECT_TRUE(reader.get_all("none").empty());
  EXPECT_EQ(reader.keys(), (std::vector<std::string_view>{"Key", "other", "KEY", "empty"}));
}

// A carrier of the program's own, with one value a key.
class OneHeader final : public CarrierReader {
 public:
  [[nodiscard]] std::optional<std::string_view> get(std::string_view key) const override {
    if (key == "traceparent") return kTraceparent;
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string_view> keys() const override { return {"traceparent"}; }
};

TEST(Getter, OfTheProgramsOwnNeedsNoGetAll) {
  EXPECT_EQ(extract(OneHeader(), Context()).span_context().trace_id.to_hex(), kTraceId);
  EXPECT_TRUE(OneHeader().get_all("none").empty());
}

// env-carriers.md#key-name-normalization
TEST(EnvironmentCarrier, WritesNamesOfUpperCaseLettersDigitsAndUnderscores) {
  EXPECT_EQ(environment_name("traceparent"), "TRACEPARENT");
  EXPECT_EQ(environment_name("X-B3-TraceId"), "X_B3_TRACEID");
  EXPECT_EQ(environment_name("3way.key"), "_3WAY_KEY");
  EXPECT_EQ(environment_name("_Ok9"), "_OK9");
  EXPECT_EQ(environment_name("\xC3\xA9=\n"), "____");
  EXPECT_EQ(environment_name(""), "");
}

TEST(EnvironmentCarrier, CarriesAContextToAChildProcess) {
  EnvironmentWriter writer;
  inject(writer, some_context());
  inject(writer, some_context());
  ASSERT_EQ(writer.variables().size(), 3U) << "each name once";
  std::vector<const char*> environment{"PATH=/bin", "no variable"};
  for (const std::string& variable : writer.variables()) environment.push_back(variable.c_str());
  environment.push_back(nullptr);
  const Context context = extract(EnvironmentReader(environment.data()), Context());
  EXPECT_EQ(context.span_context(), some_context().span_context());
  EXPECT_EQ(context.baggage(), some_context().baggage());
}

TEST(EnvironmentCarrier, ReadsThisProcesssOwn) {
  ASSERT_EQ(setenv("TRACEPARENT", std::string(kTraceparent).c_str(), 1), 0);
  const EnvironmentReader reader;
  ASSERT_EQ(unsetenv("TRACEPARENT"), 0);
  EXPECT_EQ(extract(reader, Context()).span_context().span_id.to_hex(), kSpanId) << "copied when made";
  EXPECT_EQ(reader.get("traceparent"), kTraceparent);
  EXPECT_EQ(EnvironmentReader().get("traceparent"), std::nullopt);
}

// env-carriers.md: names match ^[A-Z_][A-Z0-9_]*$
TEST(EnvironmentCarrier, HasOnlyKeysOfItsForm) {
  const char* const environment[] = {"A=1", "_b=2", "lower=3", "9A=4", "A-B=5", "_C9=", "=6", nullptr};
  EXPECT_EQ(EnvironmentReader(environment).keys(), (std::vector<std::string_view>{"A", "_C9"}));
  EXPECT_EQ(EnvironmentReader(environment).get("lower"), std::nullopt);
  EXPECT_EQ(EnvironmentReader(nullptr).keys().size(), 0U);
}

}  // namespace
}  // namespace ergon::test
