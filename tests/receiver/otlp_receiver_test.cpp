// The receiver that all integration tests trust, checked with a client that shares no code with it but the
// official protos.
#include "support/otlp_receiver.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <string>

#include "receiver/otlp_test_client.hpp"
#include "receiver/sample_requests.hpp"

namespace ergon::receiver {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::OtlpReceiver;
using test::OtlpSignal;
using test::ReceivedCounts;

constexpr int kOk = 0;
constexpr int kDeadlineExceeded = 4;
constexpr int kResourceExhausted = 8;
constexpr int kInternal = 13;
constexpr int kUnavailable = 14;

const json kEveryKind = json::parse(R"({
  "string": "grüße", "bool": true, "int": -9223372036854775808, "whole_double": 3.0,
  "nan": {"double": "NaN"}, "bytes": {"bytes": "AP8Q"}, "array": [1, "two"], "map": {"inner": false},
  "unset": null})");
const json kResource = json::parse(R"({"service.name": "test"})");
const json kScope = json::parse(R"({
  "name": "scope", "version": "1.2", "schema_url": "https://example.org/scope",
  "attributes": {"scope.key": 5}, "dropped_attributes": 0})");
const json kExemplars = json::parse(R"([{
  "time": "7", "value": 2.5, "value_type": "double", "trace_id": "0123456789abcdef0123456789abcdef",
  "span_id": "aabbccddeeff0011", "attributes": {"filtered": 9}}])");

OtlpTestClient client_of(const OtlpReceiver& receiver) {
  return OtlpTestClient(ClientOptions{.port = receiver.port()});
}

TEST(OtlpReceiver, ShowsEveryFieldOfASpan) {
  OtlpReceiver receiver;
  ASSERT_EQ(client_of(receiver).send(full_span()).code, kOk);
  const auto spans = receiver.spans();
  ASSERT_EQ(spans.size(), 1u);
  json expected = json::parse(R"({
    "signal": "span", "resource_schema_url": "https://example.org/resource",
    "trace_id": "0123456789abcdef0123456789abcdef", "span_id": "aabbccddeeff0011",
    "parent_span_id": "2222222222222222", "trace_state": "vendor=1", "flags": 769, "name": "full",
    "kind": "CONSUMER", "start": "1700000000000000001", "end": "1700000000000000009",
    "dropped_attributes": 3, "dropped_events": 0, "dropped_links": 0,
    "events": [{"name": "exception", "time": "5", "attributes": {"exception.type": "E"},
                "dropped_attributes": 0}],
    "links": [{"trace_id": "0123456789abcdef0123456789abcdef", "span_id": "aabbccddeeff0011",
               "trace_state": "a=b", "flags": 1, "attributes": {"linked": 1}, "dropped_attributes": 0}],
    "status": {"code": "ERROR", "message": "broke"}})");
  expected["resource"] = kResource;
  expected["scope"] = kScope;
  expected["attributes"] = kEveryKind;
  EXPECT_EQ(spans[0], expected) << json::diff(expected, spans[0]);
  EXPECT_TRUE(spans[0]["attributes"]["whole_double"].is_number_float());
  EXPECT_TRUE(spans[0]["attributes"]["int"].is_number_integer());
}

TEST(OtlpReceiver, ShowsEveryFieldOfALogAndTellsDuplicateKeys) {
  OtlpReceiver receiver;
  ASSERT_EQ(client_of(receiver).send(full_log()).code, kOk);
  const auto logs = receiver.logs();
  ASSERT_EQ(logs.size(), 1u);
  json expected = json::parse(R"({
    "signal": "log", "resource_schema_url": "https://example.org/resource", "time": "11",
    "observed_time": "12", "severity_number": 13, "severity_text": "warning",
    "attributes": {"twice": 2}, "dropped_attributes": 0, "duplicate_keys": ["twice"],
    "trace_id": "0123456789abcdef0123456789abcdef", "span_id": "aabbccddeeff0011", "flags": 1,
    "event_name": "event"})");
  expected["resource"] = kResource;
  expected["scope"] = kScope;
  expected["body"] = kEveryKind;
  EXPECT_EQ(logs[0], expected) << json::diff(expected, logs[0]);
}

TEST(OtlpReceiver, ShowsEveryKindOfMetric) {
  OtlpReceiver receiver;
  ASSERT_EQ(client_of(receiver).send(one_metric_of_each_kind()).code, kOk);
  EXPECT_EQ(receiver.count(), (ReceivedCounts{.metric_points = 6, .requests = 1}));
  const auto metrics = receiver.metrics();
  ASSERT_EQ(metrics.size(), 5u);

  EXPECT_EQ(metrics[0]["type"], "gauge");
  EXPECT_EQ(metrics[0]["unit"], "By");
  EXPECT_EQ(metrics[0]["points"][0]["value_type"], "double");
  EXPECT_EQ(metrics[0]["scope"], kScope);

  EXPECT_EQ(metrics[1]["type"], "sum");
  EXPECT_EQ(metrics[1]["temporality"], "cumulative");
  EXPECT_EQ(metrics[1]["monotonic"], true);
  json point = json::parse(R"({"attributes": {"key": "value"}, "start": "1700000000000000001",
    "time": "1700000000000000002", "value": 4, "value_type": "int", "flags": 0})");
  point["exemplars"] = kExemplars;
  EXPECT_EQ(metrics[1]["points"][1], point);

  EXPECT_EQ(metrics[2]["temporality"], "delta");
  const json& histogram = metrics[2]["points"][0];
  EXPECT_EQ(histogram["count"], 18446744073709551615u);
  EXPECT_EQ(histogram["bounds"], json({1.0}));
  EXPECT_EQ(histogram["bucket_counts"], json({1, 2}));
  EXPECT_EQ(histogram["min"], 0.5);
  EXPECT_FALSE(histogram.contains("max"));
  EXPECT_EQ(histogram["exemplars"], kExemplars);

  EXPECT_EQ(metrics[3]["type"], "exponential_histogram");
  EXPECT_EQ(metrics[3]["points"][0]["scale"], -2);
  EXPECT_EQ(metrics[3]["points"][0]["positive"], json::parse(R"({"offset": -1, "bucket_counts": [4]})"));
  EXPECT_EQ(metrics[4]["points"][0]["quantiles"], json::parse(R"([{"quantile": 0.5, "value": 8.0}])"));
}

TEST(OtlpReceiver, FailsAsOrderedAndStoresNothing) {
  OtlpReceiver receiver;
  auto client = client_of(receiver);
  receiver.fail_next({.code = kUnavailable, .message = "über", .times = 2, .retry_after = 1250ms});
  receiver.fail_next({.signal = OtlpSignal::logs, .code = kResourceExhausted, .message = "full"});

  const auto first = client.send(plain_spans(3));
  EXPECT_EQ(first.code, kUnavailable);
  EXPECT_EQ(first.message, "über");
  // google.rpc.Status {14, "über", [RetryInfo {1 s 250,000,000 ns}]}, worked out by hand.
  EXPECT_EQ(first.details,
            std::string("\x08\x0e\x12\x05über\x1a\x35\n(type.googleapis.com/google.rpc.RetryInfo"
                        "\x12\x09\n\x07\x08\x01\x10\x80\xe5\x9a\x77"));
  EXPECT_EQ(client.send(plain_logs(1)).code, kUnavailable);
  EXPECT_EQ(client.send(plain_spans(1)).code, kOk);
  const auto refused = client.send(plain_logs(1));
  EXPECT_EQ(refused.code, kResourceExhausted);
  EXPECT_EQ(refused.details, "");

  EXPECT_EQ(receiver.count(), (ReceivedCounts{.spans = 1, .requests = 4}));
  const auto requests = receiver.requests();
  EXPECT_EQ(requests[0]["status"], "UNAVAILABLE");
  EXPECT_EQ(requests[0]["items"], 3);
  EXPECT_EQ(requests[0]["accepted"], 0);
}

TEST(OtlpReceiver, PartialSuccessLeavesOutTheLastItems) {
  OtlpReceiver receiver;
  auto client = client_of(receiver);
  receiver.partial_next({.signal = OtlpSignal::traces, .rejected = 2, .message = "two too many"});
  receiver.partial_next({.signal = OtlpSignal::metrics, .rejected = 4});
  const auto result = client.send(plain_spans(5));
  EXPECT_EQ(result.code, kOk);
  EXPECT_EQ(result.rejected, 2);
  EXPECT_EQ(result.partial_message, "two too many");
  EXPECT_EQ(client.send(one_metric_of_each_kind()).rejected, 4);

  EXPECT_EQ(receiver.count(), (ReceivedCounts{.spans = 3, .metric_points = 2, .requests = 2}));
  const auto spans = receiver.spans();
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[2]["name"], "2");
  const auto metrics = receiver.metrics();
  ASSERT_EQ(metrics.size(), 2u);
  EXPECT_EQ(metrics[1]["points"].size(), 1u);
}

TEST(OtlpReceiver, AnswersLateAsOrderedWithoutHoldingUpOthers) {
  OtlpReceiver receiver;
  receiver.delay_next({.signal = OtlpSignal::traces, .duration = 1h});
  OtlpTestClient impatient({.port = receiver.port(), .timeout = 300ms});
  EXPECT_EQ(impatient.send(plain_spans(1)).code, kDeadlineExceeded);
  EXPECT_EQ(impatient.send(plain_spans(1)).code, kOk);
  EXPECT_EQ(receiver.count().spans, 2u) << "a late answer is to a stored request";
}

TEST(OtlpReceiver, WaitEndsWithTheEventOrAtTheTimeout) {
  OtlpReceiver receiver;
  EXPECT_FALSE(receiver.wait_for({.spans = 1}, 1ms));
  auto sent = std::async(std::launch::async, [&] {
    auto client = client_of(receiver);
    return client.send(plain_spans(2)).code + client.send(plain_logs(3)).code;
  });
  EXPECT_TRUE(receiver.wait_for({.spans = 2, .logs = 3}, 20s)) << receiver.count();
  EXPECT_EQ(sent.get(), kOk);
}

TEST(OtlpReceiver, DescribesRequests) {
  OtlpReceiver receiver;
  OtlpTestClient zipping({.port = receiver.port(), .is_gzip = true});
  ASSERT_EQ(zipping.send(plain_spans(7)).code, kOk);
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0]["signal"], "traces");
  EXPECT_EQ(requests[0]["items"], 7);
  EXPECT_EQ(requests[0]["bytes"], plain_spans(7).ByteSizeLong());
  EXPECT_EQ(requests[0]["status"], "OK");
  EXPECT_EQ(requests[0]["encoding"], "gzip");
  EXPECT_EQ(requests[0]["unknown_bytes"], 0);
  EXPECT_EQ(requests[0]["metadata"]["x-test"], "value");
  EXPECT_TRUE(requests[0]["metadata"].contains("user-agent")) << requests[0];
  EXPECT_GT(requests[0]["time_left_ms"], 10'000);
}

TEST(OtlpReceiver, RefusesInvalidUtf8AndShowsUnknownFields) {
  OtlpReceiver receiver;
  auto client = client_of(receiver);
  auto invalid = plain_spans(1);
  invalid.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0)->set_name("\xff\xfe");
  EXPECT_EQ(client.send(invalid).code, kInternal);
  auto newer = plain_spans(1);
  auto* const span = newer.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0);
  span->GetReflection()->MutableUnknownFields(span)->AddVarint(1000, 1);
  EXPECT_EQ(client.send(newer).code, kOk);
  EXPECT_EQ(receiver.requests()[1]["unknown_bytes"], 3);
  EXPECT_EQ(receiver.count().spans, 1u);
}

TEST(OtlpReceiver, ClearForgetsItemsAndOrders) {
  OtlpReceiver receiver;
  auto client = client_of(receiver);
  ASSERT_EQ(client.send(plain_logs(2)).code, kOk);
  receiver.fail_next({});
  receiver.clear();
  EXPECT_EQ(receiver.count(), ReceivedCounts{});
  EXPECT_TRUE(receiver.logs().empty());
  EXPECT_EQ(client.send(plain_logs(1)).code, kOk);
  EXPECT_EQ(receiver.count().logs, 1u);
}

TEST(OtlpReceiver, TakesRequestsUpTo64Mebibytes) {
  OtlpReceiver receiver;
  auto client = client_of(receiver);
  EXPECT_EQ(client.send(plain_spans(63, 1 << 20)).code, kOk);
  EXPECT_EQ(client.send(plain_spans(65, 1 << 20)).code, kResourceExhausted);
  EXPECT_EQ(receiver.count(), (ReceivedCounts{.spans = 63, .requests = 1}));
}

TEST(OtlpReceiver, SinkCountsAndKeepsNothing) {
  OtlpReceiver receiver({.is_sink = true});
  auto client = client_of(receiver);
  ASSERT_EQ(client.send(full_span()).code, kOk);
  ASSERT_EQ(client.send(plain_logs(9)).code, kOk);
  ASSERT_EQ(client.send(one_metric_of_each_kind()).code, kOk);
  EXPECT_EQ(receiver.count(), (ReceivedCounts{.spans = 1, .logs = 9, .metric_points = 6, .requests = 3}));
  EXPECT_TRUE(receiver.spans().empty());
}

}  // namespace
}  // namespace ergon::receiver
