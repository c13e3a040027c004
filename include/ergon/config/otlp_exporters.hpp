#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace ergon::inline v0 {

/// How a connection is secured, for `https://` endpoints; PEM files. Others ignore it, but for `insecure`.
struct TlsConfig {
  /// The certificate authorities to trust. Empty: those of the system.
  std::string ca_file{};
  /// The certificate, and its key, that this side shows where the server asks for one (mutual TLS): both or
  /// neither.
  std::string cert_file{};
  std::string key_file{};
  /// Of gRPC's endpoints without a scheme, `host:port`: in clear text instead of with TLS.
  bool insecure{false};
};

/// A header of every request.
struct OtlpHeader {
  std::string name{};
  std::string value{};
};

/// In YAML: `none`, `gzip`.
enum class OtlpCompression : std::uint8_t { none, gzip };

/// How requests over HTTP are written. In YAML: `protobuf`, `json`.
enum class OtlpEncoding : std::uint8_t { protobuf, json };

/// What is done about a request that failed and may succeed later: it is sent again after a pause that grows,
/// varied by a fifth either way, and that is never shorter than the server asks for (Retry-After, RetryInfo).
/// When memory is nearly full requests are given up sooner. In YAML: `retry`.
struct OtlpRetry {
  /// The first pause.
  std::chrono::milliseconds initial_interval{1'000};
  /// The longest pause.
  std::chrono::milliseconds max_interval{5'000};
  /// From one pause to the next.
  double multiplier{1.5};
  /// From a request's first attempt on; then its records are dropped and counted (`retry_exhausted`). 0: no
  /// second attempt.
  std::chrono::milliseconds max_elapsed{300'000};
};

/// Sends to an OTLP backend (an OpenTelemetry Collector, say) over gRPC. In YAML: `otlp_grpc`.
/// What can't be sent is retried where the protocol allows it, then dropped and counted; the program never
/// waits (specification: protocol/otlp.md, protocol/exporter.md).
struct OtlpGrpcExporter {
  /// `http://host:port` in clear text, `https://host:port` with TLS, `host:port` as `tls.insecure` says, or
  /// `unix:/path` to a socket on this machine.
  std::string endpoint{"http://localhost:4317"};
  TlsConfig tls{};
  /// Beside those that the protocol needs.
  std::vector<OtlpHeader> headers{};
  /// More of them as text: `name1=value1,name2=value2`, percent-encoded. Of one that is in both, `headers`
  /// counts.
  std::string headers_list{};
  OtlpCompression compression{OtlpCompression::none};
  /// The limit of one attempt, not of all its retries; 0 is no limit.
  std::chrono::milliseconds timeout{10'000};
  /// Of a request before it is compressed; what is more goes in several. A record that is larger by itself is
  /// dropped and counted (`too_large`). Most servers take no more than 4 MiB unless told to.
  std::int64_t max_request_size{4 << 20};
  /// Of an answer; one that is larger loses its request (`non_retryable`).
  std::int64_t max_response_size{4 << 20};
  /// `http://host:port`; empty: as HTTPS_PROXY, http_proxy and NO_PROXY of the environment say.
  std::string proxy{};
  OtlpRetry retry{};
};

/// Sends to an OTLP backend over HTTP. In YAML: `otlp_http`.
struct OtlpHttpExporter {
  /// The URL of the signal, used as it is. Empty: that of this machine's port 4318, with the signal's path,
  /// `/v1/traces`, `/v1/logs` or `/v1/metrics`. `unix:/path`: to that path, through a socket on this machine.
  std::string endpoint{};
  TlsConfig tls{};
  /// Beside those that the protocol needs.
  std::vector<OtlpHeader> headers{};
  /// More of them as text: `name1=value1,name2=value2`, percent-encoded. Of one that is in both, `headers`
  /// counts.
  std::string headers_list{};
  OtlpCompression compression{OtlpCompression::none};
  OtlpEncoding encoding{OtlpEncoding::protobuf};
  /// As of OtlpGrpcExporter.
  std::chrono::milliseconds timeout{10'000};
  std::int64_t max_request_size{4 << 20};
  std::int64_t max_response_size{4 << 20};
  std::string proxy{};
  OtlpRetry retry{};
};

/// Writes OTLP's JSON, a line for each batch, for programs without a backend: what a Collector's
/// `otlpjsonfile` receiver reads (specification: protocol/file-exporter.md). In YAML:
/// `otlp_file/development`.
struct OtlpFileExporter {
  /// `stdout`, or `file://` and a path, with `{pid}`, `{task}` and `{timestamp}` filled in as in log files'
  /// names: `file:///var/log/orders-{pid}.jsonl`.
  std::string output_stream{"stdout"};
  /// A file so long is put aside, as `RotatingFileHandler` does it.
  std::int64_t max_bytes{100'000'000};
  /// Files put aside that are kept.
  std::int64_t backup_count{5};
  /// Of files that are made, in octal; the process's umask is taken off.
  std::string permissions{"0640"};
};

}  // namespace ergon::inline v0
