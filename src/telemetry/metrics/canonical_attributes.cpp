#include "telemetry/metrics/canonical_attributes.hpp"

#include <map>

namespace ergon::inline v0::telemetry {

namespace {

// Calls `visit(key, field)` for each field.
template <class Visit>
void for_each_field(std::string_view encoded, Visit visit) {
  SpanBody body;
  body.data = reinterpret_cast<std::byte*>(const_cast<char*>(encoded.data()));
  body.size = static_cast<std::uint32_t>(encoded.size());
  for (std::uint32_t at = 0; at < body.size;) {
    const BodyField field = field_at(body, at);
    visit(key_of(field.content), encoded.substr(field.offset, field.size));
    at += field.size;
  }
}

}  // namespace

std::string canonical_attributes(std::string_view encoded) {
  std::map<std::string_view, std::string_view> by_key;
  for_each_field(encoded, [&](std::string_view key, std::string_view field) { by_key[key] = field; });
  std::string sorted;
  for (const auto& [key, field] : by_key) sorted.append(field);
  return sorted;
}

// Tags are one byte each.
std::string filtered_attributes(std::string_view canonical, const AttributeFilter& filter, AttributeTag tag,
                                bool keeps) {
  std::string filtered;
  for_each_field(canonical, [&](std::string_view key, std::string_view field) {
    if (filter.keeps(key) != keeps) return;
    filtered.append(1, static_cast<char>(tag)).append(field.substr(1));
  });
  return filtered;
}

std::string overflow_attributes(AttributeTag tag) {
  SpanBody body;
  reset_body(body);
  append_attribute(body, tag, "otel.metric.overflow", true);
  return {reinterpret_cast<const char*>(body.data), body.size};
}

}  // namespace ergon::inline v0::telemetry
