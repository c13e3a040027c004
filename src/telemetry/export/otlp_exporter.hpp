#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "telemetry/export/backoff.hpp"
#include "telemetry/export/transfer.hpp"
#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

using Clock = std::chrono::steady_clock;

/// The requests of one OTLP destination for one signal: queued, in flight (two at once, metrics one, as
/// their points stay in order), or waiting to be retried. `enqueue` and `close` are for any thread, the rest
/// is the network thread's.
class OtlpExporter {
 public:
  OtlpExporter(OtlpTarget target, std::shared_ptr<ResultInbox> results);
  OtlpExporter(const OtlpExporter&) = delete;
  OtlpExporter& operator=(const OtlpExporter&) = delete;
  ~OtlpExporter();

  /// Answers a batch that nobody can send with dropped (`non_retryable`).
  void refuse(const ExportBatch& batch) { drop(batch, DropReason::non_retryable); }
  /// Queues a batch; after `close`, answers it with dropped (`shutdown`) at once.
  void enqueue(ExportBatch batch);
  void close();

  /// What it may hold of memory without being to blame when that is short. Before the first batch.
  void set_own_part(std::size_t bytes) { own_part_ = bytes; }

  /// Makes the transfers that may start now, which takes time, and starts them.
  void prepare(Clock::time_point now);
  void start(CURLM* multi, Clock::time_point now);
  /// Takes the outcome of a transfer; false when it is not one of this exporter's.
  bool finish(CURLM* multi, CURL* handle, CURLcode result, Clock::time_point now);
  /// Sent and received by its requests in flight, and one for each: differs when anything has moved, begun or
  /// ended, and is 0 where there is none.
  [[nodiscard]] std::uint64_t bytes_moved() const;
  /// When a retry is due; nothing when none waits.
  [[nodiscard]] std::optional<Clock::time_point> next_retry() const;
  /// Ends all transfers and answers all that is held with dropped (`shutdown`).
  void abandon(CURLM* multi);

 private:
  struct Request {
    ExportBatch batch;
    int attempts{0};
    Clock::time_point first_attempt{};
    Clock::time_point not_before{};
    std::shared_ptr<CURLSH> connections{};  // the pool that the transfer uses, so before it
    std::unique_ptr<Transfer> transfer{};   // from `prepare` to `finish`
    bool is_started{false};
  };

  // Each held back by itself, so that one trouble of one destination never hides another's.
  struct Diagnostics {
    base::Diagnostic retrying{"telemetry: an OTLP request failed and will be tried again"};
    base::Diagnostic refused{"telemetry: the backend refused an OTLP request, its records are lost"};
    base::Diagnostic partial{"telemetry: the backend rejected a part of an OTLP request"};
    base::Diagnostic warned{"telemetry: the backend took an OTLP request and says"};
    base::Diagnostic exhausted{"telemetry: gave an OTLP request up after retrying, its records are lost"};
    base::Diagnostic no_memory{"telemetry: gave an OTLP request up as memory is full, its records are lost"};
    base::Diagnostic too_large{"telemetry: a single record is larger than the backend takes"};
  };

  void take_queued();
  [[nodiscard]] std::chrono::milliseconds attempt_timeout(const Request& request,
                                                          Clock::time_point now) const;
  [[nodiscard]] bool holds_too_much(const Request& request) const;
  [[nodiscard]] std::string text_of(const ExportBatch& batch, std::string_view message) const;
  void apply(Request request, const Verdict& verdict, Clock::time_point now);
  void retry(Request request, const Verdict& verdict, Clock::time_point now);
  void halve(Request request);
  void deliver(const Request& request, const Verdict& verdict);
  void drop(const ExportBatch& batch, DropReason reason);

  const OtlpTarget target_;
  const std::size_t most_in_flight_;
  const std::shared_ptr<ResultInbox> results_;
  std::size_t own_part_{0};
  Backoff backoff_;
  Diagnostics diagnostics_;
  // This exporter's own pool. After a timeout or a transport error it is replaced, as a stalled HTTP/2
  // connection would be reused for ever otherwise; the old one goes with the last transfer that uses it.
  std::shared_ptr<CURLSH> connections_;
  std::vector<Request> active_;  // in flight or waiting to be retried; each holds a slot
  std::deque<Request> ready_;    // not tried yet, in order

  std::mutex mutex_;
  std::vector<ExportBatch> queued_;  // guarded by mutex_
  bool is_closed_{false};            // guarded by mutex_
};

}  // namespace ergon::inline v0::telemetry
