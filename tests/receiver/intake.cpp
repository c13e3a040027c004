#include "receiver/intake.hpp"

#include <opentelemetry/proto/collector/logs/v1/logs_service.pb.h>
#include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "receiver/status_details.hpp"
#include "receiver/wire_count.hpp"

namespace ergon::receiver {
namespace {

namespace collector = opentelemetry::proto::collector;

constexpr int kInternal = 13;

constexpr std::array<std::string_view, 17> kStatusNames{
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

std::string status_name(int code) {
  const auto index = static_cast<std::size_t>(code);
  return index < kStatusNames.size() ? std::string(kStatusNames[index]) : std::to_string(code);
}

std::unique_ptr<google::protobuf::Message> empty_request(Signal signal) {
  switch (signal) {
    case Signal::traces:
      return std::make_unique<collector::trace::v1::ExportTraceServiceRequest>();
    case Signal::logs:
      return std::make_unique<collector::logs::v1::ExportLogsServiceRequest>();
    case Signal::metrics:
      break;
  }
  return std::make_unique<collector::metrics::v1::ExportMetricsServiceRequest>();
}

std::string partial_response(Signal signal, std::size_t rejected, const std::string& message) {
  const auto count = static_cast<std::int64_t>(rejected);
  if (signal == Signal::traces) {
    collector::trace::v1::ExportTraceServiceResponse response;
    response.mutable_partial_success()->set_rejected_spans(count);
    response.mutable_partial_success()->set_error_message(message);
    return response.SerializeAsString();
  }
  if (signal == Signal::logs) {
    collector::logs::v1::ExportLogsServiceResponse response;
    response.mutable_partial_success()->set_rejected_log_records(count);
    response.mutable_partial_success()->set_error_message(message);
    return response.SerializeAsString();
  }
  collector::metrics::v1::ExportMetricsServiceResponse response;
  response.mutable_partial_success()->set_rejected_data_points(count);
  response.mutable_partial_success()->set_error_message(message);
  return response.SerializeAsString();
}

Reply refusal(const Failure& failure) {
  Reply reply{.code = failure.code, .message = failure.message};
  if (failure.retry_after) {
    reply.details = status_with_retry_info(failure.code, failure.message, *failure.retry_after);
  }
  return reply;
}

}  // namespace

std::unique_ptr<google::protobuf::Message> parse_request(Signal signal, const std::string& bytes) {
  auto request = empty_request(signal);
  if (!request->ParseFromString(bytes)) return nullptr;
  return request;
}

bool Intake::is_well_formed(RequestNote& note, const std::string& bytes) const {
  const auto items = count_items(note.signal, bytes);
  if (!items) return false;
  note.items = *items;
  if (is_sink_) return true;
  const auto request = parse_request(note.signal, bytes);
  if (!request) return false;
  const std::size_t with_unknown = request->ByteSizeLong();
  request->DiscardUnknownFields();
  note.unknown_bytes = with_unknown - request->ByteSizeLong();
  return true;
}

Reply Intake::decide(RequestNote& note, const std::string& bytes) {
  const bool is_valid = is_well_formed(note, bytes);
  const Faults faults = faults_.next(note.signal);
  Reply reply;
  if (faults.failure) {
    reply = refusal(*faults.failure);
  } else if (!is_valid) {
    reply = {.code = kInternal, .message = "the request is not valid protobuf of its service"};
  } else {
    const std::size_t rejected = faults.partial ? std::min(faults.partial->rejected, note.items) : 0;
    note.accepted = note.items - rejected;
    if (faults.partial) reply.body = partial_response(note.signal, rejected, faults.partial->message);
  }
  reply.delay = faults.delay;
  return reply;
}

Reply Intake::receive(RequestNote note, std::string bytes) {
  note.bytes = bytes.size();
  Reply reply = decide(note, bytes);
  note.status = status_name(reply.code);
  received_.add(std::move(note), std::move(bytes));
  return reply;
}

}  // namespace ergon::receiver
