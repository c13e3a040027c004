#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "telemetry/export/verdict.hpp"

namespace ergon::inline v0::telemetry {

/// gRPC's status codes that are told apart here.
enum class GrpcStatus : std::uint8_t {
  ok = 0,
  cancelled = 1,
  unknown = 2,
  deadline_exceeded = 4,
  permission_denied = 7,
  resource_exhausted = 8,
  aborted = 10,
  out_of_range = 11,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  data_loss = 15,
  unauthenticated = 16,
};

/// What a gRPC server answered, headers and trailers together.
struct GrpcAnswer {
  long http_status{0};
  bool is_grpc{false};  // the content type said so
  std::optional<int> status;
  std::string message;  // percent-decoded
  std::string details;  // grpc-status-details-bin: a google.rpc.Status, decoded from base64
  std::string body;     // the length-prefixed response message
};

/// Takes one header or trailer line as curl delivers it.
void take_header(GrpcAnswer& answer, std::string_view line);

/// Reads an answer by OTLP's rules (protocol/otlp.md: retryable codes, partial success), with one step beyond
/// them: RESOURCE_EXHAUSTED is retried without RetryInfo too (docs/adr/0006).
[[nodiscard]] Verdict judge(const GrpcAnswer& answer);

}  // namespace ergon::inline v0::telemetry
