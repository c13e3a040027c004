#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "telemetry/export/grpc_verdict.hpp"
#include "telemetry/export/http_verdict.hpp"
#include "telemetry/export/otlp_target.hpp"
#include "telemetry/export/request_body.hpp"

namespace ergon::inline v0::telemetry {

/// One request as a curl handle, over gRPC or plain HTTP: made, added to the multi handle, and asked when it
/// is done. The target and the payload must outlive it. The network thread's alone.
class Transfer {
 public:
  /// `timeout`: of this attempt; 0 is no limit. Throws std::bad_alloc.
  Transfer(const OtlpTarget& target, std::chrono::milliseconds timeout, CURLSH* connections,
           std::string& payload);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() = default;

  [[nodiscard]] CURL* handle() const { return handle_.get(); }
  /// Bytes of its body that have been sent, and of its answer that have come.
  [[nodiscard]] std::uint64_t bytes_moved() const;
  /// What the finished request means; transport errors are retried, all but an answer that is too large.
  [[nodiscard]] Verdict verdict(CURLcode result) const;

 private:
  struct Deleter {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };

  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t take_line(char* bytes, std::size_t size, std::size_t count, void* self);
  void add_header(const std::string& line);
  void add_headers();
  void set_route(CURLSH* connections);
  void set_tls();
  void set_request();
  void set_answer();
  [[nodiscard]] bool has_answer(CURLcode result) const;
  [[nodiscard]] Verdict verdict_of_answer() const;

  const OtlpTarget& target_;
  const std::chrono::milliseconds timeout_;
  RequestBody body_;
  std::unique_ptr<curl_slist, Deleter> headers_;
  std::unique_ptr<CURL, Deleter> handle_;  // uses what is above
  std::variant<GrpcAnswer, HttpAnswer> answer_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace ergon::inline v0::telemetry
