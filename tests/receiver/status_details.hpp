#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace ergon::receiver {

/// The bytes of a google.rpc.Status that holds one google.rpc.RetryInfo, as grpc-status-details-bin carries
/// it. Written by hand: no package ships generated code for google/rpc.
std::string status_with_retry_info(int code, std::string_view message, std::chrono::milliseconds retry_after);

}  // namespace ergon::receiver
