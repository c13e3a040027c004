#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "receiver/received_requests.hpp"

namespace ergon::receiver {

/// An item says where it comes from, or a line {"origin":{…}} says it once for the items that follow: about
/// half the work at both ends.
enum class Origins { in_items, apart };

/// Hands the accepted items of one request to `write`, line by line.
void dump_request(const AcceptedRequest& accepted, Origins origins,
                  const std::function<void(const nlohmann::json& line)>& write);

}  // namespace ergon::receiver
