#pragma once

#include <cstdio>
#include <istream>
#include <nlohmann/json.hpp>
#include <string>

#include "receiver/fault_plan.hpp"
#include "receiver/received_requests.hpp"

namespace ergon::receiver {

/// Reads one command a line and answers in whole, flushed JSON lines; README.md lists the commands. All of
/// it happens on the thread that calls run(), while gRPC's threads go on receiving.
class CommandLoop {
 public:
  CommandLoop(ReceivedRequests& received, FaultPlan& faults, std::istream& in, std::FILE* out)
      : received_(received), faults_(faults), in_(in), out_(out) {}

  /// Returns at `quit` and at the end of the input.
  void run();

  /// One line, for what is said before the loop begins.
  void answer(const nlohmann::json& line);

 private:
  void execute(const std::string& command, const nlohmann::json& arguments);
  void dump(const nlohmann::json& arguments);
  void list_requests();
  void wait(const nlohmann::json& arguments);
  void order_failure(const nlohmann::json& arguments);
  void order_partial_success(const nlohmann::json& arguments);
  void order_delay(const nlohmann::json& arguments);
  void clear();
  void write(const nlohmann::json& line);

  ReceivedRequests& received_;
  FaultPlan& faults_;
  std::istream& in_;
  std::FILE* out_;
};

}  // namespace ergon::receiver
