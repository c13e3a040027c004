// An OTLP/HTTP server answers, but not with 200 and a message.

#include "integration/delivery/fault_backends.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

// To the first requests of each signal.
std::function<std::unique_ptr<FaultBackend>()> answering_first(int count, const HttpReply& reply) {
  return [count, reply] {
    return std::make_unique<Http1Backend>(
        [spans = first_replies(count, reply), logs = first_replies(count, reply)](const std::string& path) {
          return path == "/v1/traces" ? spans() : logs();
        });
  };
}

HttpReply refused(int status, const std::string& headers = {}) {
  return {.status = status, .headers = headers, .is_taken = false};
}

}  // namespace

std::vector<FaultRow> http_rows() {
  return {
      {.name = "NothingIsWrong", .make_backend = answering_first(0, {})},
      {.name = "TooManyRequestsWithRetryAfter",
       .make_backend = answering_first(2, refused(429, "retry-after: 1\r\n")),
       .expected = {.least_wait = 1s, .diagnostic = "tried again"}},
      {.name = "ServiceUnavailable",
       .make_backend = answering_first(2, refused(503)),
       .expected = {.diagnostic = "tried again"}},
      {.name = "BadRequest",
       .make_backend = answering_first(1, refused(400)),
       .expected = {.fate = Fate::some_dropped,
                    .reason = "non_retryable",
                    .diagnostic = "its records are lost"}},
      {.name = "EndlessAnswer",
       .make_backend =
           [] {
             const HttpReply endless{.is_taken = false, .is_endless = true};
             return std::make_unique<Http1Backend>([endless](const std::string&) { return endless; });
           },
       .order = {.max_response_size = 65'536},
       .expected = {.fate = Fate::all_dropped,
                    .reason = "non_retryable",
                    .diagnostic = "its records are lost"}},
  };
}

}  // namespace ergon::test
