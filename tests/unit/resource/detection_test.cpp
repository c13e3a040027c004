#include "telemetry/resource/detection.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include <ergon/config/options.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/extend/resource_detector.hpp>
#include <ergon/telemetry/session.hpp>

#include "unit/session/environment.hpp"

namespace ergon::telemetry {
namespace {

using ergon::test::Variable;

class ZoneDetector final : public ResourceDetector {
 public:
  struct Options {
    std::string zone{"eu-1"};
    bool throws{false};
    ERGON_OPTIONS(Options, zone, throws);
  };
  explicit ZoneDetector(Options options) : options_(std::move(options)) {}
  [[nodiscard]] ResourceAttributes detect() override {
    if (options_.throws) throw std::runtime_error("nobody answers");
    return {{"cloud.availability_zone", options_.zone}, {"cloud.provider", "own"}, {"both", "detected"}};
  }

 private:
  Options options_;
};

class Detection : public ::testing::Test {
 protected:
  Detection() { register_extension<ZoneDetector>("zone"); }

  ResourceAttributes resolve(ResourceConfig resource) {
    TelemetryConfig config{.resource = std::move(resource)};
    errors_.clear();
    resolve_resources(config, environment_, errors_);
    EXPECT_TRUE(config.resource.detection.detectors.empty());
    EXPECT_EQ(config.resource.attributes_list, "");
    return config.resource.attributes;
  }

  ResourceAttributes environment_;
  std::vector<std::string> errors_;
};

TEST_F(Detection, GivesWayToTheListAndThatToAttributes) {
  EXPECT_EQ(resolve({.attributes = {{"own", "x"}},
                     .attributes_list = "own=list,both=list%2Ced",
                     .detection = {.detectors = {Custom("zone")}}}),
            (ResourceAttributes{{"cloud.availability_zone", "eu-1"},
                                {"cloud.provider", "own"},
                                {"both", "list,ed"},
                                {"own", "x"}}));
}

TEST_F(Detection, GivesWayToTheEnvironment) {
  environment_ = {{"cloud.provider", "said"}};
  EXPECT_FALSE(resolve({.detection = {.detectors = {Custom("zone")}}}).contains("cloud.provider"));
}

TEST_F(Detection, LaterDetectorsCount) {
  EXPECT_EQ(
      resolve({.detection = {.detectors = {Custom("zone"), Custom("zone", ZoneDetector::Options{"us-2"})}}})
          .at("cloud.availability_zone"),
      ResourceValue("us-2"));
}

TEST_F(Detection, KeepsWhatIsIncludedAndNotExcluded) {
  EXPECT_EQ(resolve({.detection = {.attributes = {.included = {"cloud.*"}, .excluded = {"*.provider"}},
                                   .detectors = {Custom("zone")}}}),
            (ResourceAttributes{{"cloud.availability_zone", "eu-1"}}));
}

TEST_F(Detection, ReadsTheEnvironment) {
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "a=b");
  const Variable name("OTEL_SERVICE_NAME", "orders");
  EXPECT_EQ(resolve({.detection = {.detectors = {EnvDetector{}}}}),
            (ResourceAttributes{{"a", "b"}, {"service.name", "orders"}}));
  EXPECT_EQ(resolve({.detection = {.detectors = {ServiceDetector{}}}}),
            (ResourceAttributes{{"service.name", "orders"}}));
}

TEST_F(Detection, SaysWhatADetectorThrows) {
  static_cast<void>(
      resolve({.detection = {.detectors = {Custom("zone", ZoneDetector::Options{.throws = true})}}}));
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0], "resource[\"detection/development\"].detectors[0]: nobody answers");
  static_cast<void>(resolve({.detection = {.detectors = {Custom("nobody")}}}));
  EXPECT_EQ(errors_.size(), 1U);
}

TEST_F(Detection, KeepsASessionFromStartingWhereADetectorThrows) {
  TelemetryConfig config{.logging = LoggingConfig{.level = Level::off}};
  config.resource.detection.detectors = {Custom("zone", ZoneDetector::Options{.throws = true})};
  ::testing::internal::CaptureStderr();
  const Session session = start(config);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("nobody answers"), std::string::npos);
  EXPECT_FALSE(session);
  const Variable off("OTEL_SDK_DISABLED", "true");
  EXPECT_TRUE(start(config)) << "nobody is asked where nothing is on";
}

TEST_F(Detection, IsOfEachSignalToo) {
  TelemetryConfig config;
  config.tracing.emplace().resource.detection.detectors = {Custom("zone")};
  resolve_resources(config, environment_, errors_);
  EXPECT_EQ(config.tracing->resource.attributes.at("cloud.provider"), ResourceValue("own"));
  EXPECT_TRUE(config.resource.attributes.empty());
}

}  // namespace
}  // namespace ergon::telemetry
