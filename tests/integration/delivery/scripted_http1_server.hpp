#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "integration/delivery/counted_records.hpp"
#include "integration/delivery/loopback.hpp"

namespace ergon::test {

/// The answer to one request; by default that it was taken.
struct HttpReply {
  int status = 200;
  std::string headers{"content-type: application/x-protobuf\r\n"};  // each with its end of line
  std::string body{};
  bool is_taken = true;     // the request's records count as arrived
  bool is_endless = false;  // no length is told, and the body goes on until the client has enough
};

/// An HTTP/1.1 server in clear text whose answers are scripted, as an OTLP backend or as a proxy that is
/// asked to CONNECT. The script runs on a thread for each connection.
class ScriptedHttp1Server {
 public:
  using Answer = std::function<HttpReply(const std::string& path)>;

  explicit ScriptedHttp1Server(Answer answer = [](const std::string&) { return HttpReply{}; });

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] std::size_t connections() const { return server_.connections(); }
  [[nodiscard]] Arrivals arrived() const { return records_.arrived(); }
  /// Complete requests, taken or not.
  [[nodiscard]] std::size_t requests() const { return requests_; }

 private:
  void serve(int socket);
  [[nodiscard]] bool answer(int socket, const std::string& path, const std::string& body);

  const Answer answer_;
  CountedRecords records_;
  std::atomic<std::size_t> requests_{0};  // the connections' threads write
  ConnectionServer server_;
};

}  // namespace ergon::test
