#include "task/dead_letter.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <ergon/telemetry/propagation.hpp>

#include "task/enqueue_time.hpp"
#include "task/shortened.hpp"

namespace ergon::inline v0::detail {
namespace {

std::string_view kind_name(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::business:
      return "business";
    case ErrorKind::timeout:
      return "timeout";
    case ErrorKind::system:
      break;
  }
  return "system";
}

}  // namespace

RawTransaction to_dead_letter(const RawTransaction& transaction, const TaskError& error) {
  RawTransaction letter = transaction;
  const std::string prefix = "ergon.dead_letter.";
  letter.metadata[prefix + "error_type"] = error.type;
  letter.metadata[prefix + "error_kind"] = kind_name(error.kind);
  letter.metadata[prefix + "message"] = shortened(error.message, kLongestReason);
  letter.metadata[prefix + "attempts"] = std::to_string(error.attempts);
  letter.metadata[prefix + "deliveries"] = std::to_string(transaction.deliveries);
  letter.metadata[prefix + "time"] = enqueue_time_text(std::chrono::system_clock::now());
  inject(letter.metadata);
  return letter;
}

}  // namespace ergon::inline v0::detail
