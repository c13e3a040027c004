#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>

#include <ergon/config/description.hpp>
#include <ergon/config/exporters.hpp>
#include <ergon/config/extension.hpp>
#include <ergon/config/metric_exporters.hpp>

#include "telemetry/export/otlp_target.hpp"
#include "telemetry/session/file_tables.hpp"

// Of exporters: tables as those of config_description.cpp, a part of which they are.
namespace ergon::inline v0 {

inline bool is_readable_file(std::string_view path) {
  if (path.empty()) return true;
  const std::string name(path);
  struct stat status{};
  return stat(name.c_str(), &status) == 0 && !S_ISDIR(status.st_mode) && access(name.c_str(), R_OK) == 0;
}

inline constexpr std::chrono::milliseconds kLongestAttempt = std::chrono::hours(24);
inline constexpr config::StringForm kReadableFile{&is_readable_file, "the path of a file that can be read"};
inline constexpr config::StringForm kGrpcEndpoint{
    &telemetry::is_grpc_endpoint,
    "http://HOST:PORT, https://HOST:PORT, HOST:PORT or unix:PATH, without a password"};
inline constexpr config::StringForm kHttpEndpoint{
    &telemetry::is_http_endpoint,
    "http://HOST:PORT/PATH, https://HOST:PORT/PATH or unix:PATH, without a password"};
inline constexpr config::StringForm kProxy{&telemetry::is_proxy,
                                           "http://HOST:PORT, or with USER:PASSWORD@ before the host"};
inline constexpr config::StringForm kHeaderName{
    &telemetry::is_header_name, "letters, digits and -._, and none of those that the protocol uses itself"};
inline constexpr config::StringForm kHeadersList{
    &telemetry::is_headers_list, "name=value pairs separated by commas, with %XX for , and %", true};
inline constexpr config::StringForm kHeaderValue{
    &telemetry::is_header_value, "text without control characters or spaces at its ends", true};

constexpr auto ergon_describe(config::Tag<TlsConfig>) {
  return config::object(
      "How a connection is secured.",
      config::field<&TlsConfig::ca_file>(
          "ca_file", "PEM file of the certificate authorities to trust; empty: the system's.",
          {.form = &kReadableFile}),
      config::field<&TlsConfig::cert_file>("cert_file", "PEM file of this side's certificate (mutual TLS).",
                                           {.needs = "key_file", .form = &kReadableFile}),
      config::field<&TlsConfig::key_file>("key_file", "PEM file of its key.",
                                          {.needs = "cert_file", .form = &kReadableFile}),
      config::field<&TlsConfig::insecure>("insecure",
                                          "Whether gRPC endpoints without a scheme are in clear text."));
}

constexpr auto ergon_describe(config::Tag<OtlpHeader>) {
  return config::object("A header of every request.",
                        config::field<&OtlpHeader::name>("name", "Its name.", {.form = &kHeaderName}),
                        config::field<&OtlpHeader::value>("value", "Its value.", {.form = &kHeaderValue}));
}

constexpr auto ergon_describe(config::Tag<OtlpCompression>) {
  return config::enumeration("How requests are compressed.", config::name("none", OtlpCompression::none),
                             config::name("gzip", OtlpCompression::gzip));
}

constexpr auto ergon_describe(config::Tag<OtlpEncoding>) {
  return config::enumeration("How requests are written.", config::name("protobuf", OtlpEncoding::protobuf),
                             config::name("json", OtlpEncoding::json));
}

constexpr auto ergon_describe(config::Tag<OtlpRetry>) {
  return config::object(
      "What is done about a request that failed and may succeed later.",
      config::field<&OtlpRetry::initial_interval>(
          "initial_interval", "The first pause.",
          {.minimum = std::chrono::milliseconds(1), .maximum = kLongestAttempt}),
      config::field<&OtlpRetry::max_interval>(
          "max_interval", "The longest pause.",
          {.minimum = std::chrono::milliseconds(1), .maximum = kLongestAttempt}),
      config::field<&OtlpRetry::multiplier>("multiplier", "From one pause to the next.",
                                            {.minimum = 1, .maximum = 100}),
      config::field<&OtlpRetry::max_elapsed>(
          "max_elapsed", "Since the first attempt; then records are dropped. 0: no second attempt.",
          {.minimum = std::chrono::milliseconds(0), .maximum = kLongestAttempt}));
}

// Of exporters over gRPC and HTTP, for one signal and for all.
template <class Otlp>
constexpr auto tls_field() {
  return config::field<&Otlp::tls>("tls", "TLS, for https:// endpoints.");
}
template <class Otlp>
constexpr auto headers_field() {
  return config::field<&Otlp::headers>("headers", "Beside those that the protocol needs.");
}
template <class Otlp>
constexpr auto headers_list_field() {
  return config::field<&Otlp::headers_list>("headers_list", "More as text, name=value and commas.",
                                            {.form = &kHeadersList});
}
template <class Otlp>
constexpr auto compression_field() {
  return config::field<&Otlp::compression>("compression", "How requests are compressed.");
}
template <class Otlp>
constexpr auto attempt_field() {
  return config::field<&Otlp::timeout>("timeout", "Limit of one attempt; 0 is no limit.",
                                       {.minimum = std::chrono::milliseconds(0), .maximum = kLongestAttempt});
}
template <class Otlp>
constexpr auto request_size_field() {
  return config::field<&Otlp::max_request_size>(
      "max_request_size", "Of a request before it is compressed; what is more goes in several.",
      {.unit = "By", .minimum = 64 << 10, .maximum = 64 << 20});
}
template <class Otlp>
constexpr auto response_size_field() {
  return config::field<&Otlp::max_response_size>("max_response_size",
                                                 "Of an answer; a larger one loses its request.",
                                                 {.unit = "By", .minimum = 1 << 10, .maximum = 64 << 20});
}
template <class Otlp>
constexpr auto proxy_field() {
  return config::field<&Otlp::proxy>("proxy", "http://host:port; empty: as the environment says.",
                                     {.form = &kProxy});
}
template <class Otlp>
constexpr auto retry_field() {
  return config::field<&Otlp::retry>("retry", "What is done about requests that failed.");
}

// `more`: rows that only exporters of metrics have.
template <class Grpc, class... Fields>
constexpr auto describe_grpc(const Fields&... more) {
  return config::object(
      "Sends to an OTLP backend over gRPC.",
      config::field<&Grpc::endpoint>("endpoint", "http://host:port in clear text, https:// with TLS.",
                                     {.form = &kGrpcEndpoint}),
      tls_field<Grpc>(), headers_field<Grpc>(), headers_list_field<Grpc>(), compression_field<Grpc>(),
      attempt_field<Grpc>(), request_size_field<Grpc>(), response_size_field<Grpc>(), proxy_field<Grpc>(),
      retry_field<Grpc>(), more...);
}
template <class Http, class... Fields>
constexpr auto describe_http(const Fields&... more) {
  return config::object(
      "Sends to an OTLP backend over HTTP.",
      config::field<&Http::endpoint>("endpoint", "The signal's URL; empty: of port 4318 on this machine.",
                                     {.form = &kHttpEndpoint}),
      tls_field<Http>(), headers_field<Http>(), headers_list_field<Http>(), compression_field<Http>(),
      config::field<&Http::encoding>("encoding", "How requests are written."), attempt_field<Http>(),
      request_size_field<Http>(), response_size_field<Http>(), proxy_field<Http>(), retry_field<Http>(),
      more...);
}
template <class File, class... Fields>
constexpr auto describe_otlp_file(const Fields&... more) {
  return config::object("Writes OTLP's JSON, a line for each batch.",
                        config::field<&File::output_stream>("output_stream", "stdout, or file:// and a path.",
                                                            {.form = &kOutputStream}),
                        max_bytes_field<File>(1), backup_count_field<File>(), permissions_field<File>(),
                        more...);
}

constexpr auto ergon_describe(config::Tag<OtlpGrpcExporter>) { return describe_grpc<OtlpGrpcExporter>(); }
constexpr auto ergon_describe(config::Tag<OtlpHttpExporter>) { return describe_http<OtlpHttpExporter>(); }
constexpr auto ergon_describe(config::Tag<OtlpFileExporter>) {
  return describe_otlp_file<OtlpFileExporter>();
}

constexpr auto ergon_describe(config::Tag<ConsoleExporter>) {
  return config::object("Writes to standard output, for people.");
}

constexpr auto ergon_describe(config::Tag<InMemoryExporter>) {
  return config::object(
      "Keeps everything in memory: for tests.",
      config::field<&InMemoryExporter::store>("store", "The name by which it can be read."));
}

constexpr auto ergon_describe(config::Tag<Exporter>) {
  return config::one_of("Where a batch of telemetry goes.",
                        config::alternative<Exporter, OtlpGrpcExporter>("otlp_grpc"),
                        config::alternative<Exporter, OtlpHttpExporter>("otlp_http"),
                        config::alternative<Exporter, OtlpFileExporter>("otlp_file/development"),
                        config::alternative<Exporter, ConsoleExporter>("console"),
                        config::alternative<Exporter, InMemoryExporter>("in_memory"),
                        config::registered<Exporter, Custom>(detail::kExporters));
}

// What exporters of metrics have beside their own.
template <class MetricExporter>
constexpr auto temporality_field() {
  return config::field<&MetricExporter::temporality_preference>(
      "temporality_preference", "Whether points tell of all, or of what is new.");
}
template <class MetricExporter>
constexpr auto histograms_field() {
  return config::field<&MetricExporter::default_histogram_aggregation>(
      "default_histogram_aggregation", "What becomes of histograms where no view says it.");
}

constexpr auto ergon_describe(config::Tag<OtlpGrpcMetricExporter>) {
  using Otlp = OtlpGrpcMetricExporter;
  return describe_grpc<Otlp>(temporality_field<Otlp>(), histograms_field<Otlp>());
}
constexpr auto ergon_describe(config::Tag<OtlpHttpMetricExporter>) {
  using Otlp = OtlpHttpMetricExporter;
  return describe_http<Otlp>(temporality_field<Otlp>(), histograms_field<Otlp>());
}
constexpr auto ergon_describe(config::Tag<OtlpFileMetricExporter>) {
  using Otlp = OtlpFileMetricExporter;
  return describe_otlp_file<Otlp>(temporality_field<Otlp>(), histograms_field<Otlp>());
}

constexpr auto ergon_describe(config::Tag<ConsoleMetricExporter>) {
  return config::object("Writes a table to standard output, for people.",
                        temporality_field<ConsoleMetricExporter>(),
                        histograms_field<ConsoleMetricExporter>());
}

constexpr auto ergon_describe(config::Tag<InMemoryMetricExporter>) {
  return config::object(
      "Keeps everything in memory: for tests.",
      config::field<&InMemoryMetricExporter::store>("store", "The name by which it can be read."),
      temporality_field<InMemoryMetricExporter>(), histograms_field<InMemoryMetricExporter>());
}

constexpr auto ergon_describe(config::Tag<MetricExporterConfig>) {
  return config::one_of(
      "Where metrics go, and how they are wanted there.",
      config::alternative<MetricExporterConfig, OtlpGrpcMetricExporter>("otlp_grpc"),
      config::alternative<MetricExporterConfig, OtlpHttpMetricExporter>("otlp_http"),
      config::alternative<MetricExporterConfig, OtlpFileMetricExporter>("otlp_file/development"),
      config::alternative<MetricExporterConfig, ConsoleMetricExporter>("console"),
      config::alternative<MetricExporterConfig, InMemoryMetricExporter>("in_memory"),
      config::registered<MetricExporterConfig, Custom>(detail::kExporters));
}

}  // namespace ergon::inline v0
