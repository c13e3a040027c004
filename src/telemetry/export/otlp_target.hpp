#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/otlp_exporters.hpp>
#include <ergon/telemetry/statistics.hpp>

namespace ergon::inline v0::telemetry {

enum class OtlpProtocol : std::uint8_t { grpc, http_protobuf, http_json };

/// Where and how an exporter's requests go, the same for all of them.
struct OtlpTarget {
  std::string name{};  // for people
  OtlpProtocol protocol{OtlpProtocol::grpc};
  Signal signal{Signal::spans};
  std::string url{};
  std::string unix_socket{};           // a path; empty: the url's host
  std::vector<std::string> headers{};  // `name: value`, of the user's
  bool is_compressed{false};           // gzip
  TlsConfig tls{};
  std::string proxy{};                          // empty: the environment's
  std::chrono::milliseconds timeout{10'000};    // of one attempt; 0 is no limit
  std::chrono::milliseconds export_timeout{0};  // of all attempts at a request; 0 is no limit but retry's
  std::size_t max_response_size{4U << 20U};
  OtlpRetry retry{};

  [[nodiscard]] bool is_grpc() const { return protocol == OtlpProtocol::grpc; }
  [[nodiscard]] bool is_tls() const { return url.starts_with("https:"); }
};

/// An endpoint of the configuration as a URL, with the path of a unix socket where it is one.
struct OtlpAddress {
  std::string url{};
  std::string unix_socket{};
};
/// gRPC's: the path is the service's, whatever the endpoint has.
[[nodiscard]] OtlpAddress grpc_address(std::string_view endpoint, bool is_insecure, Signal signal);
/// OTLP/HTTP's: a URL is used as it is, with `/` where it has no path
/// (protocol/exporter.md#endpoint-urls-for-otlphttp).
[[nodiscard]] OtlpAddress http_address(std::string_view endpoint, Signal signal);

/// Whether it may be an endpoint of gRPC, or of HTTP.
[[nodiscard]] bool is_grpc_endpoint(std::string_view endpoint);
[[nodiscard]] bool is_http_endpoint(std::string_view endpoint);
/// Whether it may be a proxy's.
[[nodiscard]] bool is_proxy(std::string_view url);
/// Whether a user's header may have this name: a token that the protocol does not use itself.
[[nodiscard]] bool is_header_name(std::string_view name);
/// Whether a header may have this value: no control characters, no space at its ends.
[[nodiscard]] bool is_header_value(std::string_view value);

/// As curl takes them; of `list` (`headers_list`) those that are not in `headers`.
[[nodiscard]] std::vector<std::string> header_lines(const std::vector<OtlpHeader>& headers,
                                                    std::string_view list);
/// Whether it may be a `headers_list`.
[[nodiscard]] bool is_headers_list(std::string_view list);

/// What both kinds of exporter say alike.
template <class Exporter>
[[nodiscard]] OtlpTarget common_target(const Exporter& exporter, Signal signal, const OtlpAddress& address) {
  return {.signal = signal,
          .url = address.url,
          .unix_socket = address.unix_socket,
          .headers = header_lines(exporter.headers, exporter.headers_list),
          .is_compressed = exporter.compression == OtlpCompression::gzip,
          .tls = exporter.tls,
          .proxy = exporter.proxy,
          .timeout = exporter.timeout,
          .max_response_size = static_cast<std::size_t>(exporter.max_response_size),
          .retry = exporter.retry};
}

/// From an exporter of the configuration, for spans and logs or for metrics.
template <class Grpc>
[[nodiscard]] OtlpTarget grpc_target(const Grpc& exporter, Signal signal) {
  return common_target(exporter, signal, grpc_address(exporter.endpoint, exporter.tls.insecure, signal));
}

template <class Http>
[[nodiscard]] OtlpTarget http_target(const Http& exporter, Signal signal) {
  OtlpTarget target = common_target(exporter, signal, http_address(exporter.endpoint, signal));
  target.protocol =
      exporter.encoding == OtlpEncoding::json ? OtlpProtocol::http_json : OtlpProtocol::http_protobuf;
  return target;
}

}  // namespace ergon::inline v0::telemetry
