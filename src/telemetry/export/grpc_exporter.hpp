#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.hpp"
#include "telemetry/export/backoff.hpp"
#include "telemetry/export/transfer.hpp"
#include "telemetry/worker/export_batch.hpp"

namespace ergon::telemetry {

using Clock = std::chrono::steady_clock;

/// The requests of one OTLP/gRPC destination for one signal: queued, in flight (two at once, metrics one, as
/// their points stay in order), or waiting to be retried. `enqueue` and `close` are for any thread, the rest
/// is the network thread's.
class GrpcExporter {
 public:
  GrpcExporter(TransferOptions options, Signal signal, std::shared_ptr<ResultInbox> results);
  GrpcExporter(const GrpcExporter&) = delete;
  GrpcExporter& operator=(const GrpcExporter&) = delete;
  ~GrpcExporter();

  /// Answers a batch that nobody can send with dropped (`non_retryable`).
  void refuse(const ExportBatch& batch) { drop(batch, DropReason::non_retryable); }
  /// Queues a batch; after `close`, answers it with dropped (`shutdown`) at once.
  void enqueue(ExportBatch batch);
  void close();

  /// Starts what may start now.
  void start_ready(CURLM* multi, Clock::time_point now);
  /// Takes the outcome of a transfer; false when it is not one of this exporter's.
  bool finish(CURLM* multi, CURL* handle, CURLcode result, Clock::time_point now);
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
    std::unique_ptr<Transfer> transfer{};   // while in flight
  };

  // Each held back by itself, so that one trouble of one destination never hides another's.
  struct Diagnostics {
    base::Diagnostic retrying{"telemetry: an OTLP request failed and will be tried again"};
    base::Diagnostic refused{"telemetry: the backend refused an OTLP request, its records are lost"};
    base::Diagnostic partial{"telemetry: the backend rejected a part of an OTLP request"};
    base::Diagnostic exhausted{"telemetry: gave an OTLP request up after retrying, its records are lost"};
    base::Diagnostic too_large{"telemetry: a single record is larger than the backend takes"};
  };

  void take_queued();
  void apply(Request request, const Verdict& verdict, Clock::time_point now);
  void retry(Request request, const Verdict& verdict, Clock::time_point now);
  void halve(Request request);
  void deliver(const Request& request, const Verdict& verdict);
  void drop(const ExportBatch& batch, DropReason reason);

  const TransferOptions options_;
  const std::size_t most_in_flight_;
  const std::shared_ptr<ResultInbox> results_;
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

}  // namespace ergon::telemetry
