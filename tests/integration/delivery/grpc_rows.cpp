// A gRPC server answers, and says that it did not take what was sent, or not all of it.

#include "integration/delivery/fault_backends.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

constexpr int kInvalidArgument = 3;  // gRPC status codes
constexpr int kResourceExhausted = 8;
constexpr int kUnavailable = 14;

void give(OtlpReceiver& receiver, const OrderedFailure& order) { receiver.fail_next(order); }
void give(OtlpReceiver& receiver, const OrderedPartialSuccess& order) { receiver.partial_next(order); }

template <class... Orders>
std::function<std::unique_ptr<FaultBackend>()> receiver_with(Orders... orders) {
  return [orders...] {
    return std::make_unique<ReceiverBackend>(
        ReceiverFaults{.at_start = [orders...](OtlpReceiver& receiver) { (give(receiver, orders), ...); }});
  };
}

FaultRow partial_row() {
  return {.name = "PartialSuccess",
          .make_backend = receiver_with(
              OrderedPartialSuccess{
                  .signal = OtlpSignal::traces, .rejected = 7, .message = "too old", .times = 2},
              OrderedPartialSuccess{.signal = OtlpSignal::logs, .rejected = 3, .message = "too old"}),
          .expected = {.rejected_spans = 14, .rejected_logs = 3, .diagnostic = "too old"}};
}

FaultRow refused_row() {
  return {.name = "InvalidArgument",
          .make_backend = receiver_with(
              OrderedFailure{.signal = OtlpSignal::traces, .code = kInvalidArgument, .message = "no tenant"},
              OrderedFailure{.signal = OtlpSignal::logs, .code = kInvalidArgument, .message = "no tenant"}),
          .expected = {.fate = Fate::some_dropped, .reason = "non_retryable", .diagnostic = "no tenant"}};
}

}  // namespace

std::vector<FaultRow> grpc_rows() {
  const OrderedFailure memory_limit{.code = kResourceExhausted, .message = "memory limit", .times = 4};
  OrderedFailure wait_a_little = memory_limit;
  wait_a_little.retry_after = 900ms;
  return {
      {.name = "Unavailable",
       .make_backend =
           receiver_with(OrderedFailure{.code = kUnavailable, .message = "come back later", .times = 4}),
       .expected = {.diagnostic = "spans: come back later"}},
      {.name = "ResourceExhausted",
       .make_backend = receiver_with(memory_limit),
       .expected = {.diagnostic = "spans: memory limit"}},
      {.name = "ResourceExhaustedWithRetryInfo",
       .make_backend = receiver_with(wait_a_little),
       .expected = {.least_wait = 900ms, .diagnostic = "spans: memory limit"}},
      {.name = "LargerThanMax",
       .make_backend = receiver_with(OrderedFailure{
           .code = kResourceExhausted, .message = "received message larger than max (5 vs. 4)", .times = 4})},
      partial_row(),
      refused_row(),
  };
}

}  // namespace ergon::test
