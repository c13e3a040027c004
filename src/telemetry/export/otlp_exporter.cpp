#include "telemetry/export/otlp_exporter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>

#include "telemetry/export/split.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

namespace {

std::shared_ptr<CURLSH> make_pool() {
  CURLSH* pool = curl_share_init();
  if (pool == nullptr) return nullptr;
  curl_share_setopt(pool, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
  return {pool, [](CURLSH* one) { curl_share_cleanup(one); }};
}

}  // namespace

OtlpExporter::OtlpExporter(OtlpTarget target, std::shared_ptr<ResultInbox> results)
    : target_(std::move(target)),
      most_in_flight_(target_.signal == Signal::metric_points ? 1 : 2),
      results_(std::move(results)),
      backoff_(target_.retry),
      connections_(make_pool()) {}

OtlpExporter::~OtlpExporter() = default;

void OtlpExporter::enqueue(ExportBatch batch) {
  {
    const std::lock_guard guard(mutex_);
    if (!is_closed_) {
      queued_.push_back(std::move(batch));
      return;
    }
  }
  drop(batch, DropReason::shutdown);
}

void OtlpExporter::close() {
  const std::lock_guard guard(mutex_);
  is_closed_ = true;
}

void OtlpExporter::take_queued() {
  const std::lock_guard guard(mutex_);
  for (ExportBatch& batch : queued_) ready_.push_back({.batch = std::move(batch)});
  queued_.clear();
}

void OtlpExporter::prepare(Clock::time_point now) {
  take_queued();
  while (active_.size() < most_in_flight_ && !ready_.empty()) {
    active_.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  for (Request& request : active_) {
    if (request.transfer != nullptr || request.not_before > now) continue;
    if (request.first_attempt == Clock::time_point{}) request.first_attempt = now;
    ++request.attempts;
    request.connections = connections_;
    request.is_started = false;
    try {
      request.transfer = std::make_unique<Transfer>(target_, attempt_timeout(request, now),
                                                    connections_.get(), request.batch.payload);
    } catch (const std::bad_alloc&) {  // as any other failure to send
      request.not_before = now + backoff_.pause(request.attempts, {});
    }
  }
}

// No longer than what is left of the request's own time.
std::chrono::milliseconds OtlpExporter::attempt_timeout(const Request& request, Clock::time_point now) const {
  using std::chrono::milliseconds;
  if (target_.export_timeout.count() == 0) return target_.timeout;
  const auto taken = std::chrono::duration_cast<milliseconds>(now - request.first_attempt);
  const milliseconds left = std::max(milliseconds(1), target_.export_timeout - taken);
  return target_.timeout.count() == 0 ? left : std::min(left, target_.timeout);
}

void OtlpExporter::start(CURLM* multi, Clock::time_point now) {
  for (Request& request : active_) {
    if (request.transfer == nullptr || request.is_started) continue;
    request.is_started = curl_multi_add_handle(multi, request.transfer->handle()) == CURLM_OK;
    if (request.is_started) continue;
    request.transfer.reset();
    request.not_before = now + backoff_.pause(request.attempts, {});
  }
}

std::uint64_t OtlpExporter::bytes_moved() const {
  std::uint64_t moved = 0;
  for (const Request& request : active_) {
    if (request.transfer != nullptr) moved += 1 + request.transfer->bytes_moved();
  }
  return moved;
}

bool OtlpExporter::finish(CURLM* multi, CURL* handle, CURLcode result, Clock::time_point now) {
  const auto found = std::ranges::find_if(active_, [&](const Request& request) {
    return request.transfer != nullptr && request.transfer->handle() == handle;
  });
  if (found == active_.end()) return false;
  Verdict verdict{.kind = Verdict::Kind::retry};
  base::guard("telemetry: an answer to an OTLP request could not be read, and it will be tried again",
              [&] { verdict = found->transfer->verdict(result); });
  Request request = std::move(*found);
  active_.erase(found);
  curl_multi_remove_handle(multi, handle);
  request.transfer.reset();
  if (result != CURLE_OK && request.connections == connections_) connections_ = make_pool();
  request.connections.reset();
  apply(std::move(request), verdict, now);
  return true;
}

// What is told of a batch.
std::string OtlpExporter::text_of(const ExportBatch& batch, std::string_view message) const {
  constexpr std::array kRecords{"spans", "log records", "metric points"};
  return fmt::format("{}: {} {}{}{}", target_.name, batch.count,
                     kRecords[static_cast<std::size_t>(batch.signal)], message.empty() ? "" : ": ", message);
}

void OtlpExporter::apply(Request request, const Verdict& verdict, Clock::time_point now) {
  switch (verdict.kind) {
    case Verdict::Kind::delivered:
      return deliver(request, verdict);
    case Verdict::Kind::retry:
      return retry(std::move(request), verdict, now);
    case Verdict::Kind::split:
      return halve(std::move(request));
    case Verdict::Kind::refused:
      diagnostics_.refused.report(text_of(request.batch, verdict.message));
      return drop(request.batch, DropReason::non_retryable);
  }
}

void OtlpExporter::deliver(const Request& request, const Verdict& verdict) {
  const std::uint64_t rejected = std::min(verdict.rejected, request.batch.count);
  const std::string_view message(verdict.message);
  if (rejected > 0) {
    diagnostics_.partial.report(text_of(
        request.batch, fmt::format("{} rejected{}{}", rejected, message.empty() ? "" : ": ", message)));
  } else if (!message.empty()) {
    diagnostics_.warned.report(text_of(request.batch, message));
  }
  ExportResult result;
  result.batch_id = request.batch.id;
  result.pipeline = request.batch.pipeline;
  result.delivered = request.batch.count - rejected;
  result.rejected = rejected;
  results_->post(result);
}

// Then old records make room for new ones, unless others have taken the memory.
bool OtlpExporter::holds_too_much(const Request& request) const {
  if (!g_budget.is_nearly_full()) return false;
  std::size_t held = request.batch.payload.size();
  for (const Request& other : active_) held += other.batch.payload.size();
  for (const Request& other : ready_) held += other.batch.payload.size();
  return held > own_part_;
}

void OtlpExporter::retry(Request request, const Verdict& verdict, Clock::time_point now) {
  const auto pause = backoff_.pause(request.attempts, verdict.server_delay);
  const auto elapsed = now + pause - request.first_attempt;
  const bool is_over = elapsed > backoff_.max_elapsed() ||
                       (target_.export_timeout.count() > 0 && elapsed > target_.export_timeout);
  if (is_over || holds_too_much(request)) {
    auto& diagnostic = is_over ? diagnostics_.exhausted : diagnostics_.no_memory;
    diagnostic.report(text_of(request.batch, verdict.message));
    return drop(request.batch, DropReason::retry_exhausted);
  }
  diagnostics_.retrying.report(text_of(request.batch, verdict.message));
  request.not_before = now + pause;
  active_.push_back(std::move(request));
}

void OtlpExporter::halve(Request request) {
  auto halves = split(request.batch);
  if (!halves) {
    diagnostics_.too_large.report(text_of(request.batch, {}));
    return drop(request.batch, DropReason::too_large);
  }
  ready_.push_front({.batch = std::move(halves->second), .first_attempt = request.first_attempt});
  ready_.push_front({.batch = std::move(halves->first), .first_attempt = request.first_attempt});
}

void OtlpExporter::drop(const ExportBatch& batch, DropReason reason) {
  ExportResult result;
  result.batch_id = batch.id;
  result.pipeline = batch.pipeline;
  result.dropped = batch.count;
  result.reason = reason;
  results_->post(result);
}

std::optional<Clock::time_point> OtlpExporter::next_retry() const {
  std::optional<Clock::time_point> next;
  for (const Request& request : active_) {
    if (request.transfer == nullptr && (!next || request.not_before < *next)) next = request.not_before;
  }
  return next;
}

void OtlpExporter::abandon(CURLM* multi) {
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

}  // namespace ergon::inline v0::telemetry
