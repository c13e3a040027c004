#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "integration/complaints.hpp"
#include "support/otlp_receiver.hpp"

namespace ergon::test {

/// All that a backend took, item by item in the form that tests/receiver/README.md shows.
struct Arrived {
  std::vector<nlohmann::json> spans{};
  std::vector<nlohmann::json> logs{};
  std::vector<nlohmann::json> metrics{};

  [[nodiscard]] std::size_t metric_points() const;
};

[[nodiscard]] Arrived take_all(OtlpReceiver& receiver);

/// Each time is worked out by itself, from the last calibration before it, so two may disagree by this much;
/// the clock's rules allow no more. In nanoseconds.
inline constexpr std::uint64_t kClockError = 1'000'000;

/// Spans by their ids. Refers to the spans that it was made from.
class TraceIndex {
 public:
  using Spans = std::vector<const nlohmann::json*>;

  explicit TraceIndex(const std::vector<nlohmann::json>& spans);

  /// All spans of a trace; none when it did not arrive.
  [[nodiscard]] const Spans& trace(const std::string& trace_id) const;
  [[nodiscard]] const nlohmann::json* find(const std::string& trace_id, const std::string& span_id) const;
  [[nodiscard]] Spans children(const nlohmann::json& parent) const;
  [[nodiscard]] Spans named(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Of every span: ids, unique in all traces, a parent that is in the trace, times, flags, nothing dropped.
  [[nodiscard]] Complaints check_forms() const;

 private:
  std::unordered_map<std::string, Spans> traces_;
  std::size_t size_;
};

/// The member as a string; empty when it is missing or no string.
[[nodiscard]] std::string text(const nlohmann::json& object, const char* key);
/// Nanoseconds since 1970.
[[nodiscard]] std::uint64_t time_of(const nlohmann::json& item, const char* key);
[[nodiscard]] bool is_id(const std::string& text, std::size_t digits);

/// No key occurs twice in any list of attributes, of the item or of its resource and scope.
[[nodiscard]] Complaints check_unique_keys(const Arrived& arrived);
/// Every request was well-formed: whole, in fields that the protos know, and with time left.
[[nodiscard]] Complaints check_requests(const std::vector<nlohmann::json>& requests);

}  // namespace ergon::test
