#include "integration/delivery/fault_backends.hpp"

#include <string>

namespace ergon::test {
namespace {

constexpr std::chrono::seconds kPatience{10};

std::string clear_text(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

}  // namespace

ReceiverBackend::ReceiverBackend(const ReceiverFaults& faults, const OtlpReceiverOptions& options)
    : faults_(faults),
      has_tls_(options.tls.has_value()),
      receiver_(options),
      proxy_(receiver_.port(), faults.links) {
  faults_.at_start(receiver_);
}

void ReceiverBackend::direct(DriverOrder& order) {
  const std::uint16_t port = faults_.is_direct ? receiver_.port() : proxy_.port();
  order.endpoint = (has_tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port);
}

void ReceiverBackend::at_half() {
  if (receiver_.pid() != 0) {
    receiver_.wait_for(faults_.awaited_at_half, kPatience);
    keep_arrivals();  // a receiver that ends forgets them
  }
  faults_.at_half(receiver_);
}

void ReceiverBackend::keep_arrivals() {
  for (const auto& span : receiver_.spans()) {
    if (!spans_.insert(span.at("span_id")).second) ++repeated_;
  }
  for (const auto& log : receiver_.logs()) {
    if (!logs_.insert(log.at("span_id")).second) ++repeated_;
  }
}

Arrivals ReceiverBackend::arrived() {
  keep_arrivals();
  return {.spans = spans_.size(), .logs = logs_.size(), .repeated = repeated_};
}

void Http2Backend::direct(DriverOrder& order) { order.endpoint = clear_text(server_.port()); }

void Http1Backend::direct(DriverOrder& order) {
  order.is_http = true;
  order.endpoint = clear_text(server_.port());
}

}  // namespace ergon::test
