#include "integration/arrived.hpp"

#include <algorithm>
#include <unordered_set>

namespace ergon::test {
namespace {

using nlohmann::json;

// The W3C flags sampled and random; bit 8 says that bit 9, is_remote, is known.
constexpr unsigned kSampledAndRandom = 0x103;

std::string where(const json& span) { return text(span, "name") + " " + text(span, "span_id"); }

bool lost_nothing(const json& span) {
  return span.at("dropped_attributes") == 0 && span.at("dropped_events") == 0 &&
         span.at("dropped_links") == 0;
}

void check_inside(const json& span, const json* parent, Complaints& complaints) {
  if (!complaints.expect(parent != nullptr, where(span), "has no parent")) return;
  const bool starts_inside = time_of(span, "start") + kClockError >= time_of(*parent, "start");
  const bool ends_inside = time_of(span, "end") <= time_of(*parent, "end") + kClockError;
  complaints.expect(starts_inside && ends_inside, where(span), "is outside of its parent's time");
}

}  // namespace

std::size_t Arrived::metric_points() const {
  std::size_t points = 0;
  for (const json& metric : metrics) points += metric.at("points").size();
  return points;
}

Arrived take_all(OtlpReceiver& receiver) {
  return {.spans = receiver.spans(), .logs = receiver.logs(), .metrics = receiver.metrics()};
}

TraceIndex::TraceIndex(const std::vector<json>& spans) : size_(spans.size()) {
  for (const json& span : spans) traces_[text(span, "trace_id")].push_back(&span);
}

const TraceIndex::Spans& TraceIndex::trace(const std::string& trace_id) const {
  static const Spans kNone;
  const auto found = traces_.find(trace_id);
  return found == traces_.end() ? kNone : found->second;
}

const json* TraceIndex::find(const std::string& trace_id, const std::string& span_id) const {
  const Spans& spans = trace(trace_id);
  const auto found =
      std::ranges::find_if(spans, [&](const json* span) { return span->at("span_id") == span_id; });
  return found == spans.end() ? nullptr : *found;
}

TraceIndex::Spans TraceIndex::children(const json& parent) const {
  Spans found;
  std::ranges::copy_if(trace(text(parent, "trace_id")), std::back_inserter(found),
                       [&](const json* span) { return span->at("parent_span_id") == parent.at("span_id"); });
  return found;
}

TraceIndex::Spans TraceIndex::named(std::string_view name) const {
  Spans found;
  for (const auto& [id, spans] : traces_) {
    std::ranges::copy_if(spans, std::back_inserter(found),
                         [&](const json* one) { return one->at("name") == name; });
  }
  return found;
}

Complaints TraceIndex::check_forms() const {
  Complaints complaints;
  std::unordered_set<std::string> span_ids;
  for (const auto& [trace_id, spans] : traces_) {
    complaints.expect(is_id(trace_id, 32), trace_id, "is no trace id");
    for (const json* span : spans) {
      const std::string id = text(*span, "span_id");
      const std::string parent = text(*span, "parent_span_id");
      complaints.expect(is_id(id, 16), where(*span), "has no span id");
      complaints.expect(span_ids.insert(id).second, where(*span), "came twice, or its id did");
      if (!parent.empty()) check_inside(*span, find(trace_id, parent), complaints);
      complaints.expect(time_of(*span, "start") > 0, where(*span), "has no start");
      complaints.expect(time_of(*span, "end") >= time_of(*span, "start"), where(*span),
                        "ends before its start");
      complaints.expect(span->at("flags") == kSampledAndRandom, where(*span), "has other flags");
      complaints.expect(lost_nothing(*span), where(*span), "lost something");
      complaints.expect(text(*span, "trace_state").empty(), where(*span), "has a trace state");
    }
  }
  return complaints;
}

std::string text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t time_of(const json& item, const char* key) {
  return std::stoull(item.at(key).get<std::string>());
}

bool is_id(const std::string& text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos &&
         text.find_first_not_of('0') != std::string::npos;
}

Complaints check_unique_keys(const Arrived& arrived) {
  Complaints complaints;
  for (const auto* items : {&arrived.spans, &arrived.logs, &arrived.metrics}) {
    for (const json& item : *items) {
      if (item.contains("duplicate_keys")) complaints.add("keys twice: " + item.dump());
    }
  }
  return complaints;
}

Complaints check_requests(const std::vector<json>& requests) {
  Complaints complaints;
  for (const json& request : requests) {
    const std::string note = request.dump();
    complaints.expect(request.at("unknown_bytes") == 0, "unknown bytes in", note);
    complaints.expect(request.at("items") > 0, "nothing in", note);
    complaints.expect(request.at("time_left_ms").is_number() && request.at("time_left_ms") > 0,
                      "no time left in", note);
    const std::string agent = text(request.at("metadata"), "user-agent");
    complaints.expect(agent.starts_with("ergon-cpp/"), "another user agent in", note);
  }
  return complaints;
}

}  // namespace ergon::test
