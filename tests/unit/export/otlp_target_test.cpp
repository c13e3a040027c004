#include "telemetry/export/otlp_target.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <ergon/config/exporters.hpp>
#include <ergon/config/metric_exporters.hpp>

namespace ergon::telemetry {
namespace {

constexpr const char* kTraceService = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

std::string grpc_url(std::string_view endpoint, bool is_insecure = false) {
  return grpc_address(endpoint, is_insecure, Signal::spans).url;
}
std::string http_url(std::string_view endpoint, Signal signal = Signal::spans) {
  return http_address(endpoint, signal).url;
}

TEST(OtlpTarget, GrpcIsTheServiceAtTheEndpoint) {
  EXPECT_EQ(grpc_url("http://collector:4317"), std::string("http://collector:4317") + kTraceService);
  EXPECT_EQ(grpc_url("https://collector:4317/"), std::string("https://collector:4317") + kTraceService);
  EXPECT_EQ(grpc_url("http://collector:4317/base/path"),
            std::string("http://collector:4317") + kTraceService);
  EXPECT_EQ(grpc_address("http://c", false, Signal::logs).url,
            "http://c/opentelemetry.proto.collector.logs.v1.LogsService/Export");
  EXPECT_EQ(grpc_address("http://c", false, Signal::metric_points).url,
            "http://c/opentelemetry.proto.collector.metrics.v1.MetricsService/Export");
}

TEST(OtlpTarget, GrpcWithoutASchemeIsSecureUnlessToldOtherwise) {
  EXPECT_EQ(grpc_url("collector:4317"), std::string("https://collector:4317") + kTraceService);
  EXPECT_EQ(grpc_url("collector:4317", true), std::string("http://collector:4317") + kTraceService);
  EXPECT_EQ(grpc_url("https://collector:4317", true), std::string("https://collector:4317") + kTraceService)
      << "a scheme beats it";
}

TEST(OtlpTarget, ReachesSocketsOfThisMachine) {
  for (const char* endpoint : {"unix:/run/otel.sock", "unix:///run/otel.sock"}) {
    const OtlpAddress grpc = grpc_address(endpoint, false, Signal::spans);
    EXPECT_EQ(grpc.url, std::string("http://localhost") + kTraceService);
    EXPECT_EQ(grpc.unix_socket, "/run/otel.sock");
    const OtlpAddress http = http_address(endpoint, Signal::logs);
    EXPECT_EQ(http.url, "http://localhost/v1/logs");
    EXPECT_EQ(http.unix_socket, "/run/otel.sock");
  }
}

TEST(OtlpTarget, HttpIsTheUrlAsItIs) {
  EXPECT_EQ(http_url("http://c:4318/v1/traces"), "http://c:4318/v1/traces");
  EXPECT_EQ(http_url("https://c/otlp?tenant=a"), "https://c/otlp?tenant=a");
  EXPECT_EQ(http_url("http://c:4318"), "http://c:4318/") << "no path is the root";
  EXPECT_EQ(http_url("http://c:4318?tenant=a"), "http://c:4318/?tenant=a");
  EXPECT_EQ(http_url(""), "http://localhost:4318/v1/traces");
  EXPECT_EQ(http_url("", Signal::metric_points), "http://localhost:4318/v1/metrics");
}

TEST(OtlpTarget, KnowsEndpoints) {
  for (const char* good : {"http://h:4317", "https://h", "h:4317", "h", "http://[::1]:4317", "[::1]:4317",
                           "unix:/a", "unix:a", "http://h:4317/", "http://h:4317/x"})
    EXPECT_TRUE(is_grpc_endpoint(good)) << good;
  for (const char* bad : {"", "http://", "http://h:0", "http://h:99999", "http://h:x", "unix:", "h:4317/x",
                          "ftp://h", "http://u@h", "http://h h", "http://[::1"})
    EXPECT_FALSE(is_grpc_endpoint(bad)) << bad;
  for (const char* good : {"", "http://h:4318/v1/traces", "https://h/a?b=c", "unix:/a"})
    EXPECT_TRUE(is_http_endpoint(good)) << good;
  for (const char* bad : {"h:4318", "http://", "http:///v1", "http://h/a b", "http://h/#x", "ftp://h/"})
    EXPECT_FALSE(is_http_endpoint(bad)) << bad;
  EXPECT_TRUE(is_grpc_endpoint("unix:/" + std::string(106, 'a')));
  EXPECT_FALSE(is_grpc_endpoint("unix:/" + std::string(107, 'a'))) << "longer than a socket's name may be";
}

TEST(OtlpTarget, KnowsProxies) {
  for (const char* good :
       {"", "http://p:3128", "https://p:443", "http://user:word@p:3128", "http://[::1]:80", "http://p:3128/"})
    EXPECT_TRUE(is_proxy(good)) << good;
  for (const char* bad : {"p:3128", "socks5://p:1", "http://", "http://p:x", "http://p", "http://[::1]"})
    EXPECT_FALSE(is_proxy(bad)) << bad;
}

// A header that the protocol needs can't be replaced, and none can be forged by a line break.
TEST(OtlpTarget, KnowsHeaders) {
  for (const char* good : {"api-key", "Authorization", "x-scope-orgid", "user-agent"})
    EXPECT_TRUE(is_header_name(good)) << good;
  for (const char* bad :
       {"", "a b", "a:b", "a\n", "Content-Type", "content-length", "grpc-timeout", "TE", "é"})
    EXPECT_FALSE(is_header_name(bad)) << bad;
  for (const char* good : {"", "Basic dXNlcjpwYXNz==", "a b", "é"})
    EXPECT_TRUE(is_header_value(good)) << good;
  for (const char* bad : {" a", "a ", "a\r\nb: c", "a\x7F"}) EXPECT_FALSE(is_header_value(bad)) << bad;
}

// opentelemetry-configuration, OtlpHttpExporter.headers_list: entries of `headers` take priority.
TEST(OtlpTarget, HasTheHeadersOfAListThatAreNotSaidByThemselves) {
  EXPECT_EQ(header_lines({{"api-key", "1"}}, "tenant=a%2Cb, API-Key=2,empty="),
            (std::vector<std::string>{"api-key: 1", "tenant: a,b", "empty;"}));
  EXPECT_TRUE(is_headers_list(""));
  EXPECT_TRUE(is_headers_list("a=b,c=d"));
  for (const char* bad : {"a", "a b=c", "=c", "a=%0A", "a=%zz", "content-type=x"})
    EXPECT_FALSE(is_headers_list(bad)) << bad;
}

TEST(OtlpTarget, IsMadeOfTheConfiguration) {
  const OtlpGrpcExporter exporter{.endpoint = "https://c:4317",
                                  .tls = {.ca_file = "ca", .cert_file = "cert", .key_file = "key"},
                                  .headers = {{"api-key", "1"}, {"empty", ""}},
                                  .compression = OtlpCompression::gzip,
                                  .timeout = std::chrono::milliseconds(7),
                                  .max_response_size = 9,
                                  .proxy = "http://p:1",
                                  .retry = {.max_elapsed = std::chrono::milliseconds(3)}};
  const OtlpTarget target = grpc_target(exporter, Signal::spans);
  EXPECT_EQ(target.protocol, OtlpProtocol::grpc);
  EXPECT_EQ(target.headers, (std::vector<std::string>{"api-key: 1", "empty;"}));
  EXPECT_TRUE(target.is_compressed && target.is_tls() && target.is_grpc());
  EXPECT_EQ(target.tls.ca_file + target.tls.cert_file + target.tls.key_file, "cacertkey");
  EXPECT_EQ(target.timeout, exporter.timeout);
  EXPECT_EQ(target.max_response_size, 9U);
  EXPECT_EQ(target.proxy, exporter.proxy);
  EXPECT_EQ(target.retry.max_elapsed, exporter.retry.max_elapsed);
  const OtlpTarget json =
      http_target(OtlpHttpMetricExporter{.encoding = OtlpEncoding::json}, Signal::metric_points);
  EXPECT_EQ(json.protocol, OtlpProtocol::http_json);
  EXPECT_EQ(json.signal, Signal::metric_points);
  EXPECT_FALSE(json.is_compressed || json.is_tls() || json.is_grpc());
}

}  // namespace
}  // namespace ergon::telemetry
