#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>

#include "unit/session/environment.hpp"
#include "unit/support_engine/child_status.hpp"
#include "unit/support_engine/memory_session.hpp"

// specification: context/api-propagators.md#propagators-distribution, #global-propagators; configuration of
// propagators (configuration/sdk-environment-variables.md, opentelemetry-configuration's `propagator`).
namespace ergon::telemetry {
namespace {

using ergon::test::child_status;
using ergon::test::everything;
using ergon::test::MemorySession;
using ergon::test::Variable;
using Fields = std::vector<std::string_view>;

const Fields kUsual{"traceparent", "tracestate", "baggage"};

// Writes one header of the program's own.
class TenantPropagator final : public TextMapPropagator {
 public:
  struct Options {
    std::string header{"x-tenant"};
    std::int64_t length{8};
    friend constexpr auto ergon_describe(config::Tag<Options>) {
      return config::object("", config::field<&Options::header>("header", "", {.required = true}),
                            config::field<&Options::length>("length", "", {.minimum = 1}));
    }
  };
  explicit TenantPropagator(Options options) : options_(std::move(options)) {
    if (options_.header == "refused") throw std::runtime_error("no such header");
  }

  void inject(const Context& context, CarrierWriter& carrier) const override {
    const auto length = static_cast<std::size_t>(options_.length);
    carrier.set(options_.header, context.baggage().get("tenant").substr(0, length));
  }
  [[nodiscard]] Context extract(const Context& context, const CarrierReader& carrier) const override {
    const auto tenant = carrier.get(options_.header);
    return tenant ? context.with_baggage(context.baggage().set("tenant", *tenant)) : context;
  }
  [[nodiscard]] Fields fields() const override { return {options_.header}; }

 private:
  Options options_;
};

// Writes nothing, unless it is not of this process.
class SilentPropagator final : public TextMapPropagator {
 public:
  void inject(const Context&, CarrierWriter& carrier) const override {
    if (home_ != ::getpid()) carrier.set("from.another", "process");
  }
  [[nodiscard]] Context extract(const Context& context, const CarrierReader&) const override {
    return context;
  }
  [[nodiscard]] Fields fields() const override { return {"silent"}; }

 private:
  pid_t home_ = ::getpid();
};

struct OtherOptions {
  int number{0};
  ERGON_OPTIONS(OtherOptions, number);
};

const bool kRegistered = [] {
  register_extension<TenantPropagator>("tenant");
  register_extension<SilentPropagator>("silent");
  return true;
}();

TelemetryConfig with(std::vector<Propagator> composite) {
  TelemetryConfig config = everything();
  config.propagator = PropagatorConfig{std::move(composite)};
  return config;
}

Fields fields_under(TelemetryConfig config, RuntimeOptions options = {}) {
  const MemorySession session(std::move(config), std::move(options));
  EXPECT_TRUE(session.errors().empty());
  return global_propagator().fields();
}

std::vector<std::string> errors_of(std::vector<Propagator> composite) {
  return MemorySession(with(std::move(composite))).errors();
}

// Reads a file and starts a session of it, whose logs and spans go nowhere.
class FromFile {
 public:
  explicit FromFile(const std::string& yaml) : path_(::testing::TempDir() + "propagator.yaml") {
    std::ofstream(path_) << "logging: {handlers: [{console: {level: 'off'}}]}\n" << yaml;
    ::testing::internal::CaptureStderr();
    session_ = start_from_file(path_);
    static_cast<void>(::testing::internal::GetCapturedStderr());
  }

  [[nodiscard]] const std::vector<std::string>& errors() const { return session_.errors(); }

 private:
  std::string path_;
  Session session_;
};

TEST(Propagator, IsTraceContextAndBaggageWhereNothingSaysOtherwise) {
  EXPECT_EQ(fields_under(everything()), kUsual);
  const FromFile file("propagator:\n");
  EXPECT_TRUE(file.errors().empty());
  EXPECT_EQ(global_propagator().fields(), kUsual);
}

TEST(Propagator, IsWhatTheConfigurationNames) {
  EXPECT_EQ(fields_under(with({B3Single{}})), (Fields{"b3"}));
  EXPECT_EQ(fields_under(with({B3Multi{}, W3cBaggage{}})),
            (Fields{"X-B3-TraceId", "X-B3-SpanId", "X-B3-Sampled", "X-B3-Flags", "baggage"}));
  EXPECT_EQ(fields_under(with({})), Fields{});
  EXPECT_EQ(global_propagator().fields(), Fields{}) << "it stays when the session stops";
}

TEST(Propagator, IsReadFromYaml) {
  const FromFile file("propagator: {composite: [{tracecontext: }, {b3multi: {}}, {b3: }, {baggage: }]}\n");
  EXPECT_EQ(file.errors(), std::vector<std::string>{});
  EXPECT_EQ(global_propagator().fields(), (Fields{"traceparent", "tracestate", "X-B3-TraceId", "X-B3-SpanId",
                                                  "X-B3-Sampled", "X-B3-Flags", "b3", "baggage"}));
}

TEST(Propagator, OfTheProgramsOwnIsBuiltWithItsOptions) {
  ASSERT_TRUE(kRegistered);
  const TenantPropagator::Options options{.header = "tenant-id", .length = 3};
  const MemorySession session(with({W3cTraceContext{}, Custom{"tenant", options}}));
  ASSERT_EQ(session.errors(), std::vector<std::string>{});
  std::map<std::string, std::string> headers;
  inject(headers, Context().with_baggage(Baggage().set("tenant", "acme")));
  EXPECT_EQ(headers, (std::map<std::string, std::string>{{"tenant-id", "acm"}}));
  EXPECT_EQ(extract(headers).baggage().get("tenant"), "acm");
}

TEST(Propagator, OfTheProgramsOwnHasDefaults) {
  EXPECT_EQ(fields_under(with({Custom{"tenant"}, Custom{"silent"}})), (Fields{"x-tenant", "silent"}));
}

TEST(Propagator, OfTheProgramsOwnIsBuiltAnewInAForkedChild) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  const MemorySession session(with({Custom{"silent"}, W3cTraceContext{}}));
  const auto act = [] {
    const auto span = get_tracer("forks").scoped_span("the child's first");
    std::map<std::string, std::string> headers;
    inject(headers);
    return headers.size() == 1 && headers.contains("traceparent") ? 0 : 1;
  };
  EXPECT_EQ(child_status(act), 0);
}

TEST(Propagator, OfTheProgramsOwnIsReadFromYaml) {
  const FromFile file(
      "propagator: {composite: [{baggage: }, {tenant: {header: t}}, {silent: }, {tenant: }]}\n");
  EXPECT_EQ(file.errors(), std::vector<std::string>{});
  EXPECT_EQ(global_propagator().fields(), (Fields{"baggage", "t", "silent", "x-tenant"}));
}

TEST(Propagator, ErrorsInYamlNamePlaceFoundAndAllowed) {
  const FromFile file(
      "propagator:\n"
      "  composite:\n"
      "    - {tracecontex: }\n"
      "    - {tenant: {length: 0}}\n"
      "    - baggage\n"
      "    - {silent: {x: 1}}\n");
  ASSERT_EQ(file.errors().size(), 4U);
  const std::vector<std::string> expected{
      "yaml:4:8: propagator.composite[0].tracecontex: found an unknown key; allowed: tracecontext, baggage, "
      "b3, b3multi, silent, tenant (did you mean tracecontext?)",
      "yaml:5:25: propagator.composite[1].tenant.length: found 0; allowed: a whole number of 1 or more",
      "yaml:6:7: propagator.composite[2]: found baggage; allowed: a map with one key of tracecontext, "
      "baggage, "
      "b3, b3multi, silent, tenant",
      "yaml:7:17: propagator.composite[3].silent.x: found an unknown key; allowed: none"};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(file.errors()[i].ends_with(expected[i])) << file.errors()[i];
}

TEST(Propagator, ErrorsInCodeNamePathFoundAndAllowed) {
  EXPECT_EQ(errors_of({W3cBaggage{}, Custom{"tenent"}}),
            (std::vector<std::string>{"propagator.composite[1].tenent: found an unregistered name; allowed: "
                                      "silent, tenant"}));
  EXPECT_EQ(
      errors_of({Custom{"tenant", OtherOptions{}}}),
      (std::vector<std::string>{"propagator.composite[0].tenant: found options of another type; allowed: "
                                "those of tenant"}));
  EXPECT_EQ(
      errors_of({Custom{"tenant", TenantPropagator::Options{.length = 0}}}),
      (std::vector<std::string>{"propagator.composite[0].tenant.length: found 0; allowed: a whole number "
                                "of 1 or more"}));
  EXPECT_EQ(
      errors_of({Custom{"tenant", TenantPropagator::Options{.header = "refused"}}}),
      (std::vector<std::string>{"propagator.composite[0].tenant: it could not be made: no such header"}));
}

// opentelemetry-configuration, propagator.composite_list: appended to `composite`, duplicates left out.
TEST(Propagator, TakesAListOfNames) {
  {
    const FromFile file("propagator: {composite_list: \"b3, none ,tenant\"}\n");
    EXPECT_TRUE(file.errors().empty());
    EXPECT_EQ(global_propagator().fields(), (Fields{"b3", "x-tenant"})) << "and no others by default";
  }
  {
    const FromFile file(
        "propagator: {composite: [{tenant: {header: x}}, {baggage: }], composite_list: \"b3,tenant\"}\n");
    EXPECT_TRUE(file.errors().empty());
    EXPECT_EQ(global_propagator().fields(), (Fields{"x", "baggage", "b3"}));
  }
  const FromFile file("propagator: {composite_list: \"b3,nobody\"}\n");
  ASSERT_EQ(file.errors().size(), 1U);
  EXPECT_NE(file.errors()[0].find("composite_list: found \"b3,nobody\""), std::string::npos)
      << file.errors()[0];
}

TEST(Propagator, OfASessionThatCouldNotStartIsNotTakenOver) {
  EXPECT_EQ(fields_under(everything()), kUsual);
  EXPECT_FALSE(errors_of({B3Single{}, Custom{"unknown"}}).empty());
  EXPECT_EQ(global_propagator().fields(), kUsual);
  const MemorySession first(with({B3Single{}}));
  const MemorySession second(with({B3Multi{}}));
  EXPECT_FALSE(second.errors().empty());
  EXPECT_EQ(global_propagator().fields(), (Fields{"b3"}));
}

// OTEL_PROPAGATORS: a list, "values MUST be deduplicated", `none`
TEST(PropagatorsEnvironment, FillsWhatTheFileLeavesOut) {
  const Variable variable("OTEL_PROPAGATORS", "b3 , baggage,b3,,tenant");
  EXPECT_EQ(fields_under(everything(), {.config_is_from_file = true}), (Fields{"b3", "baggage", "x-tenant"}));
  EXPECT_EQ(fields_under(with({B3Multi{}}), {.config_is_from_file = true}).size(), 4U) << "a file wins";
  EXPECT_EQ(fields_under(with({B3Multi{}})), (Fields{"b3", "baggage", "x-tenant"})) << "code loses";
}

TEST(PropagatorsEnvironment, MaySayNone) {
  const Variable variable("OTEL_PROPAGATORS", "none");
  EXPECT_EQ(fields_under(everything()), Fields{});
}

TEST(PropagatorsEnvironment, LeavesUnknownNamesOutAndSaysSo) {
  ::testing::internal::CaptureStderr();
  {
    const Variable variable("OTEL_PROPAGATORS", "jaeger,b3");
    EXPECT_EQ(fields_under(everything()), (Fields{"b3"}));
  }
  const Variable variable("OTEL_PROPAGATORS", "jaeger");
  EXPECT_EQ(fields_under(everything()), kUsual) << "as if it were unset";
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("jaeger"), std::string::npos);
}

}  // namespace
}  // namespace ergon::telemetry
