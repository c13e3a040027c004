#pragma once

#include <string>
#include <string_view>

#include "telemetry/export/otlp_target.hpp"

namespace ergon::inline v0::telemetry {

/// A batch as the body of one request: framed for gRPC, as JSON, compressed. Plain protobuf stays where it
/// is; other forms are made anew for each attempt and live no longer, so that what waits to be sent again
/// takes only the memory that it is charged with.
class RequestBody {
 public:
  /// `payload` is an ExportBatch's, whose first bytes become gRPC's prefix; it must outlive this. Throws
  /// std::bad_alloc.
  RequestBody(const OtlpTarget& target, std::string& payload);
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;
  ~RequestBody() = default;

  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

 private:
  std::string made_;
  std::string_view bytes_;
};

/// The bytes as gzip has them.
[[nodiscard]] std::string gzipped(std::string_view bytes, std::size_t room_before = 0);

}  // namespace ergon::inline v0::telemetry
