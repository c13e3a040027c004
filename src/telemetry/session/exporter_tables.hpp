#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include <ergon/config/description.hpp>
#include <ergon/config/exporters.hpp>
#include <ergon/config/extension.hpp>
#include <ergon/config/metric_exporters.hpp>

// Of exporters: tables as those of config_description.cpp, a part of which they are.
namespace ergon {

inline bool is_readable_file(std::string_view path) {
  if (path.empty()) return true;
  const std::string name(path);
  struct stat status{};
  return stat(name.c_str(), &status) == 0 && !S_ISDIR(status.st_mode) && access(name.c_str(), R_OK) == 0;
}

inline bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

// HOST or HOST:PORT; an IPv6 address in brackets.
inline bool is_authority(std::string_view text) {
  const std::size_t host_end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (host_end == 0 || text.empty()) return false;
  if (host_end == std::string_view::npos) return !text.starts_with('[');
  const std::string_view rest = text.substr(text.starts_with('[') ? host_end + 1 : host_end);
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

inline bool is_endpoint(std::string_view endpoint) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!endpoint.starts_with(scheme) || endpoint.find_first_of(" ?#@") != std::string_view::npos) continue;
    const std::string_view rest = endpoint.substr(scheme.size());
    return is_authority(rest.substr(0, rest.find('/')));
  }
  return false;
}

inline constexpr std::chrono::milliseconds kLongestAttempt = std::chrono::hours(24);
inline constexpr config::StringForm kReadableFile{&is_readable_file, "the path of a file that can be read"};
inline constexpr config::StringForm kEndpoint{&is_endpoint, "http://HOST:PORT or https://HOST:PORT"};

constexpr auto ergon_describe(config::Tag<TlsConfig>) {
  return config::object(
      "How the server's certificate is checked.",
      config::field<&TlsConfig::ca_file>(
          "ca_file", "PEM file of the certificate authorities to trust; empty: the system's.",
          {.form = &kReadableFile}));
}

// Of those for one signal and those for all.
template <class Otlp>
constexpr auto endpoint_field() {
  return config::field<&Otlp::endpoint>("endpoint", "http://host:port in clear text, https:// with TLS.",
                                        {.form = &kEndpoint});
}
template <class Otlp>
constexpr auto attempt_field() {
  return config::field<&Otlp::timeout>("timeout", "Limit of one attempt; 0 is no limit.",
                                       {.minimum = std::chrono::milliseconds(0), .maximum = kLongestAttempt});
}
template <class Otlp>
constexpr auto tls_field() {
  return config::field<&Otlp::tls>("tls", "TLS, for https:// endpoints.");
}

constexpr auto ergon_describe(config::Tag<OtlpGrpcExporter>) {
  return config::object("Sends to an OTLP backend over gRPC.", endpoint_field<OtlpGrpcExporter>(),
                        attempt_field<OtlpGrpcExporter>(), tls_field<OtlpGrpcExporter>());
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
  return config::object("Sends to an OTLP backend over gRPC.", endpoint_field<OtlpGrpcMetricExporter>(),
                        attempt_field<OtlpGrpcMetricExporter>(), tls_field<OtlpGrpcMetricExporter>(),
                        temporality_field<OtlpGrpcMetricExporter>(),
                        histograms_field<OtlpGrpcMetricExporter>());
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
  return config::one_of("Where metrics go, and how they are wanted there.",
                        config::alternative<MetricExporterConfig, OtlpGrpcMetricExporter>("otlp_grpc"),
                        config::alternative<MetricExporterConfig, ConsoleMetricExporter>("console"),
                        config::alternative<MetricExporterConfig, InMemoryMetricExporter>("in_memory"),
                        config::registered<MetricExporterConfig, Custom>(detail::kExporters));
}

}  // namespace ergon
