#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <string>

#include "telemetry/export/grpc_verdict.hpp"

namespace ergon::telemetry {

/// Where and how an exporter's requests go, the same for all of them.
struct TransferOptions {
  std::string url;
  std::string ca_file;
  std::chrono::milliseconds timeout{10'000};  // of one attempt; 0 is no limit
};

/// One gRPC call over HTTP/2 as a curl handle: made, added to the multi handle, and asked when it is done.
/// The payload must outlive it. The network thread's alone.
class Transfer {
 public:
  Transfer(const TransferOptions& options, CURLSH* connections, std::string& payload);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  [[nodiscard]] CURL* handle() const { return handle_; }
  /// What the finished call means; transport errors are retried, all but an answer larger than 4 MiB.
  [[nodiscard]] Verdict verdict(CURLcode result) const;

 private:
  static constexpr std::size_t kLargestResponse = 4U << 20U;

  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t take_line(char* bytes, std::size_t size, std::size_t count, void* self);
  void set_options(const TransferOptions& options, CURLSH* connections, std::string& payload);

  CURL* handle_;
  curl_slist* headers_{nullptr};
  GrpcAnswer answer_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace ergon::telemetry
