#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "receiver/intake.hpp"

namespace ergon::receiver {

struct ServerOptions {
  std::uint16_t port = 0;          // 0: any free one
  std::string certificate_file{};  // empty: without TLS
  std::string key_file{};
  std::string client_ca_file{};  // set: clients must show a certificate that it signed
};

/// The grpc++ server with the three OTLP services on 127.0.0.1. Serves from construction to destruction;
/// throws std::runtime_error when it cannot listen or read a file. The destructor waits for ordered delays.
class ExportServer {
 public:
  ExportServer(const ServerOptions& options, Intake& intake);
  ~ExportServer();

  std::uint16_t port() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ergon::receiver
