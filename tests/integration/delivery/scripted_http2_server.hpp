#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "integration/delivery/counted_records.hpp"
#include "integration/delivery/http2_connection.hpp"
#include "integration/delivery/loopback.hpp"

namespace ergon::test {

/// gRPC's frame around a message that is not compressed.
std::string grpc_frame(std::string_view message);

/// The answer to one request; by default that it was taken.
struct GrpcReply {
  enum class Kind : std::uint8_t {
    whole,    // headers, body and trailers
    endless,  // headers, then a body that never ends
    reset,    // RST_STREAM with REFUSED_STREAM
    hang_up,  // the connection ends without an answer
  };
  Kind kind = Kind::whole;
  bool is_taken = true;  // the request's records count as arrived
  Http2Headers headers{{":status", "200"}, {"content-type", "application/grpc"}};
  std::string body = grpc_frame("");
  Http2Headers trailers{{"grpc-status", "0"}};  // none: what is before them ends the stream
};

/// A status and a message without a body: trailers only.
GrpcReply refusal(int status, const std::string& message);

/// How a connection is treated.
struct Http2Script {
  std::string greeting{};  // instead of HTTP/2: bytes that are none, and then the end
  std::uint32_t stream_window = 0x7fff'ffffU;
  bool opens_connection_window = true;          // else all streams together have the first 64 KiB
  std::optional<std::uint32_t> most_streams{};  // more at once are reset with REFUSED_STREAM
  std::optional<std::chrono::milliseconds> goes_away_after{};
  /// Asked at a stream's headers: an answer that does not wait for the request's end, or none.
  std::function<std::optional<GrpcReply>()> answer_early = [] { return std::nullopt; };
  /// Asked when a request is complete.
  std::function<GrpcReply()> answer = [] { return GrpcReply{}; };
};

/// A gRPC server in clear text that does by a script what no well-made server can be brought to. It reads
/// frames and bodies, not the requests' headers. Scripts run on a thread for each connection.
class ScriptedHttp2Server {
 public:
  using Scripts = std::function<Http2Script(std::size_t connection)>;  // by numbers from 0

  explicit ScriptedHttp2Server(Scripts scripts);

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] std::size_t connections() const { return server_.connections(); }
  [[nodiscard]] Arrivals arrived() const { return records_.arrived(); }
  /// Complete requests, taken or not.
  [[nodiscard]] std::size_t requests() const { return requests_; }

 private:
  // One connection while it is served.
  class Service;

  void serve(int socket, std::size_t number);

  const Scripts scripts_;
  CountedRecords records_;
  std::atomic<std::size_t> requests_{0};  // the connections' threads write
  ConnectionServer server_;
};

}  // namespace ergon::test
