#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "receiver/fault_plan.hpp"
#include "receiver/received_requests.hpp"
#include "receiver/signal.hpp"

namespace google::protobuf {
class Message;
}

namespace ergon::receiver {

/// How a request is answered: a gRPC status, the details that go with it, or the bytes of a response.
struct Reply {
  int code = 0;
  std::string message{};
  std::string details{};
  std::string body{};
  std::chrono::milliseconds delay{0};
};

/// The Export…ServiceRequest in these bytes; null if they are not one (invalid UTF-8 in a string included).
std::unique_ptr<google::protobuf::Message> parse_request(Signal signal, const std::string& bytes);

/// Decides about each request and keeps what was accepted; knows nothing of gRPC. Called by gRPC's threads,
/// several at once. A request is stored when it arrives, even if its answer is ordered to be late.
class Intake {
 public:
  Intake(ReceivedRequests& received, FaultPlan& faults, bool is_sink)
      : received_(received), faults_(faults), is_sink_(is_sink) {}

  /// `note` arrives with what the transport knows: signal, metadata, deadline, encoding.
  Reply receive(RequestNote note, std::string bytes);

 private:
  Reply decide(RequestNote& note, const std::string& bytes);
  bool is_well_formed(RequestNote& note, const std::string& bytes) const;

  ReceivedRequests& received_;
  FaultPlan& faults_;
  const bool is_sink_;
};

}  // namespace ergon::receiver
