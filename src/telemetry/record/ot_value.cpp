#include "telemetry/record/ot_value.hpp"

namespace ergon::telemetry {

namespace {

constexpr std::size_t kLongestValue = 256;

std::string with_entry(std::string_view value, std::string_view entry) {
  std::string joined(entry);
  for_each_ot_entry(value, [&](std::string_view other, std::string_view key, std::string_view) {
    if (key == "th") return;
    if (joined.size() + 1 + other.size() > kLongestValue) return;
    if (!joined.empty()) joined += ';';
    joined += other;
  });
  return joined;
}

}  // namespace

TraceState with_threshold(const TraceState& state, std::string_view entry) {
  const std::string_view value = state.get("ot");
  const std::string changed = with_entry(value, entry);
  if (changed == value) return state;
  return changed.empty() ? state.erase("ot") : state.set("ot", changed);
}

void forget_threshold(TraceState& state) noexcept try {
  bool has_threshold = false;
  for_each_ot_entry(state.get("ot"), [&](std::string_view, std::string_view key, std::string_view) {
    has_threshold |= key == "th";
  });
  if (has_threshold) state = with_threshold(state, {});
} catch (...) {  // no memory
}

}  // namespace ergon::telemetry
