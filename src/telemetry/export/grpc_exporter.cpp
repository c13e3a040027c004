#include "telemetry/export/grpc_exporter.hpp"

#include <algorithm>

#include "telemetry/export/split.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::telemetry {

namespace {

std::shared_ptr<CURLSH> make_pool() {
  CURLSH* pool = curl_share_init();
  if (pool == nullptr) return nullptr;
  curl_share_setopt(pool, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
  return {pool, [](CURLSH* one) { curl_share_cleanup(one); }};
}

}  // namespace

GrpcExporter::GrpcExporter(TransferOptions options, Signal signal, std::shared_ptr<ResultInbox> results)
    : options_(std::move(options)),
      most_in_flight_(signal == Signal::metric_points ? 1 : 2),
      results_(std::move(results)),
      connections_(make_pool()) {}

GrpcExporter::~GrpcExporter() = default;

void GrpcExporter::enqueue(ExportBatch batch) {
  {
    const std::lock_guard guard(mutex_);
    if (!is_closed_) {
      queued_.push_back(std::move(batch));
      return;
    }
  }
  drop(batch, DropReason::shutdown);
}

void GrpcExporter::close() {
  const std::lock_guard guard(mutex_);
  is_closed_ = true;
}

void GrpcExporter::take_queued() {
  const std::lock_guard guard(mutex_);
  for (ExportBatch& batch : queued_) ready_.push_back({.batch = std::move(batch)});
  queued_.clear();
}

void GrpcExporter::start_ready(CURLM* multi, Clock::time_point now) {
  take_queued();
  while (active_.size() < most_in_flight_ && !ready_.empty()) {
    active_.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  for (Request& request : active_) {
    if (request.transfer != nullptr || request.not_before > now) continue;
    if (request.attempts++ == 0) request.first_attempt = now;
    request.connections = connections_;
    request.transfer = std::make_unique<Transfer>(options_, connections_.get(), request.batch.payload);
    if (request.transfer->handle() != nullptr) {
      curl_multi_add_handle(multi, request.transfer->handle());
    } else {  // no memory: as any other failure to send
      request.transfer.reset();
      request.not_before = now + backoff_.pause(request.attempts, {});
    }
  }
}

bool GrpcExporter::finish(CURLM* multi, CURL* handle, CURLcode result, Clock::time_point now) {
  const auto found = std::ranges::find_if(active_, [&](const Request& request) {
    return request.transfer != nullptr && request.transfer->handle() == handle;
  });
  if (found == active_.end()) return false;
  Request request = std::move(*found);
  active_.erase(found);
  const Verdict verdict = request.transfer->verdict(result);
  curl_multi_remove_handle(multi, handle);
  request.transfer.reset();
  if (result != CURLE_OK && request.connections == connections_) connections_ = make_pool();
  request.connections.reset();
  apply(std::move(request), verdict, now);
  return true;
}

void GrpcExporter::apply(Request request, const Verdict& verdict, Clock::time_point now) {
  switch (verdict.kind) {
    case Verdict::Kind::delivered:
      return deliver(request, verdict);
    case Verdict::Kind::retry:
      return retry(std::move(request), verdict, now);
    case Verdict::Kind::split:
      return halve(std::move(request));
    case Verdict::Kind::refused:
      diagnostics_.refused.report(verdict.message);
      return drop(request.batch, DropReason::non_retryable);
  }
}

void GrpcExporter::deliver(const Request& request, const Verdict& verdict) {
  const std::uint64_t rejected = std::min(verdict.rejected, request.batch.count);
  if (rejected > 0 || !verdict.message.empty()) diagnostics_.partial.report(verdict.message);
  ExportResult result;
  result.batch_id = request.batch.id;
  result.pipeline = request.batch.pipeline;
  result.delivered = request.batch.count - rejected;
  result.rejected = rejected;
  results_->post(result);
}

void GrpcExporter::retry(Request request, const Verdict& verdict, Clock::time_point now) {
  const auto pause = backoff_.pause(request.attempts, verdict.server_delay);
  const bool is_over = now + pause - request.first_attempt > Backoff::kMaxElapsed;
  if (is_over || g_budget.is_nearly_full()) {
    diagnostics_.exhausted.report(verdict.message);
    return drop(request.batch, DropReason::retry_exhausted);
  }
  diagnostics_.retrying.report(verdict.message);
  request.not_before = now + pause;
  active_.push_back(std::move(request));
}

void GrpcExporter::halve(Request request) {
  auto halves = split(request.batch);
  if (!halves) {
    diagnostics_.too_large.report({});
    return drop(request.batch, DropReason::too_large);
  }
  ready_.push_front({.batch = std::move(halves->second)});
  ready_.push_front({.batch = std::move(halves->first)});
}

void GrpcExporter::drop(const ExportBatch& batch, DropReason reason) {
  ExportResult result;
  result.batch_id = batch.id;
  result.pipeline = batch.pipeline;
  result.dropped = batch.count;
  result.reason = reason;
  results_->post(result);
}

std::optional<Clock::time_point> GrpcExporter::next_retry() const {
  std::optional<Clock::time_point> next;
  for (const Request& request : active_) {
    if (request.transfer == nullptr && (!next || request.not_before < *next)) next = request.not_before;
  }
  return next;
}

void GrpcExporter::abandon(CURLM* multi) {
  close();
  take_queued();
  for (Request& request : active_) {
    if (request.transfer != nullptr) curl_multi_remove_handle(multi, request.transfer->handle());
    request.transfer.reset();
    drop(request.batch, DropReason::shutdown);
  }
  for (const Request& request : ready_) drop(request.batch, DropReason::shutdown);
  active_.clear();
  ready_.clear();
  connections_.reset();
}

}  // namespace ergon::telemetry
