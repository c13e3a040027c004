#include "telemetry/record/span_fields.hpp"

#include <cstring>

#include "base/ticks.hpp"
#include "base/wire.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/span_attributes.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0 {

namespace telemetry {

namespace wire = base::wire;

namespace {

// A message in a message is written behind the room for its length, which is filled in, or moved, afterwards.
template <class Write>
bool append_message(SpanBody& body, std::uint8_t tag, Write write) noexcept {
  constexpr std::uint32_t kHead = 3;  // the tag and a length below 16 KiB, the usual case
  const std::uint32_t start = body.size;
  if (!ensure_room(body, kHead + 8)) return false;
  body.size += kHead;
  if (!write() || !ensure_room(body, 8)) {
    body.size = start;
    return false;
  }
  const std::uint32_t length = body.size - start - kHead;
  const auto head = static_cast<std::uint32_t>(1 + wire::varint_size(length));
  if (head != kHead) std::memmove(body.data + start + head, body.data + start + kHead, length);
  body.data[start] = static_cast<std::byte>(tag);
  wire::put_varint(body.data + start + 1, length);
  body.size = start + head + length;
  return true;
}

bool append_bytes(SpanBody& body, std::uint8_t tag, const void* bytes, std::size_t size) noexcept {
  if (!ensure_room(body, size + 8)) return false;
  std::byte* at = body.data + body.size;
  *at++ = static_cast<std::byte>(tag);
  at = wire::put_varint(at, size);
  at = wire::put_bytes(at, bytes, size);
  body.size = static_cast<std::uint32_t>(at - body.data);
  return true;
}

template <class T>
bool append_fixed(SpanBody& body, std::uint8_t tag, T value) noexcept {
  if (!ensure_room(body, sizeof value + 1)) return false;
  body.data[body.size] = static_cast<std::byte>(tag);
  wire::put_fixed(body.data + body.size + 1, value);
  body.size += 1 + sizeof value;
  return true;
}

bool append_dropped(SpanBody& body, std::uint8_t tag, std::uint32_t dropped) noexcept {
  if (dropped == 0) return true;
  if (!ensure_room(body, 8)) return false;
  body.data[body.size] = static_cast<std::byte>(tag);
  const std::byte* end = wire::put_varint(body.data + body.size + 1, dropped);
  body.size = static_cast<std::uint32_t>(end - body.data);
  return true;
}

// The attributes of an event or link: `append` answers how many were left out.
template <class Append>
bool append_inside(detail::LiveSpan& span, std::uint8_t dropped_tag, Append append) noexcept {
  const std::uint32_t dropped = append();
  span.lost_inside |= dropped > 0;
  return append_dropped(span.body, dropped_tag, dropped);
}

template <class Append>
void append_event(detail::LiveSpan& span, std::string_view name, Timestamp time, Append append) noexcept {
  SpanBody& body = span.body;
  const std::uint64_t given = unix_nanoseconds(time);
  const auto append_time_and_name = [&] {
    if (given != 0) return append_text(body, 0x12, name) && append_fixed(body, kEventTimeTag, given);
    const std::uint64_t ticks = base::read_ticks(static_cast<base::TickSource>(span.clock_source));
    return append_fixed(body, kEventTimeTag, ticks) && append_text(body, 0x12, name);
  };
  const bool added =
      span.event_count < g_recording.event_limit.load(std::memory_order_relaxed) &&
      append_message(
          body, kSpanEventTag, [&] { return append_time_and_name() && append_inside(span, 0x20, append); });
  added ? static_cast<void>(++span.event_count) : static_cast<void>(++span.dropped_events);
}

template <class Append>
void append_link(detail::LiveSpan& span, const SpanContext& linked, Append append) noexcept {
  SpanBody& body = span.body;
  const std::uint32_t flags = linked.trace_flags | 0x100U | (linked.is_remote ? 0x200U : 0U);
  const std::string_view state = linked.trace_state.to_header();
  const bool added = span.link_count < g_recording.link_limit.load(std::memory_order_relaxed) &&
                     append_message(
                         body, kSpanLinkTag,
                         [&] {
                           return append_bytes(body, 0x0a, linked.trace_id.bytes.data(), 16) &&
                                  append_bytes(body, 0x12, linked.span_id.bytes.data(), 8) &&
                                  (state.empty() || append_bytes(body, 0x1a, state.data(), state.size())) &&
                                  append_inside(span, 0x28, append) && append_fixed(body, 0x35, flags);
                         });
  added ? static_cast<void>(++span.link_count) : static_cast<void>(++span.dropped_links);
}

// Where the body has the attribute, or its size.
std::uint32_t find_attribute(const SpanBody& body, std::string_view key) noexcept {
  for (std::uint32_t at = 0; at < body.size;) {
    const BodyField field = field_at(body, at);
    if (field.tag == kSpanAttributeTag && key_of(field.content) == key) return at;
    at += field.size;
  }
  return body.size;
}

// Takes the first field of this tag out of the body.
[[gnu::cold]] void erase_field(SpanBody& body, std::uint8_t tag) noexcept {
  const std::uint32_t at = find_field(body, tag);
  if (at < body.size) erase_bytes(body, at, field_at(body, at).size);
}

AttributeLimits limits_of(AttributeTag tag) noexcept {
  const auto& limits = tag == AttributeTag::event  ? g_recording.event_attributes
                       : tag == AttributeTag::link ? g_recording.link_attributes
                                                   : g_recording.span_attributes;
  return limits.load(std::memory_order_relaxed);
}

// Gives the attribute of a well-formed key its place; `append` encodes it, and answers whether it could.
template <class Append>
[[gnu::always_inline]] inline void place_attribute(detail::LiveSpan& span, std::string_view key,
                                                   AttributeLimits limits, Append append) noexcept {
  const std::uint32_t print = fingerprint(key);
  const bool replaces = may_hold(span, print) && erase_attribute(span.body, key);
  const bool has_place = replaces || (span.attribute_count < limits.count && !key.empty());
  if (!has_place || !append()) [[unlikely]] {
    // One that was to be replaced keeps its place among the counted, or others would lose their fingerprints.
    ++span.dropped_attributes;
    return;
  }
  if (replaces) return;
  if (span.attribute_count < detail::LiveSpan::kIndexedAttributes)
    span.fingerprints[span.attribute_count] = print;
  ++span.attribute_count;
}

void set_clean_attribute(detail::LiveSpan& span, std::string_view key, const AttributeValue& value,
                         AttributeLimits limits) noexcept {
  place_attribute(span, key, limits,
                  [&] { return append_attribute(span.body, AttributeTag::span, key, value, limits); });
}

}  // namespace

std::string_view name_of(const SpanBody& body) noexcept {
  const std::uint32_t at = find_field(body, kSpanNameTag);
  return at < body.size ? field_at(body, at).content : std::string_view{};
}

EncodedAttributes encoded_for(AttributeTag tag, std::span<const Attribute> attributes) noexcept {
  return {tag, attributes, limits_of(tag)};
}

bool erase_attribute(SpanBody& body, std::string_view key) noexcept {
  const std::uint32_t at = find_attribute(body, key);
  if (at == body.size) return false;
  erase_bytes(body, at, field_at(body, at).size);
  return true;
}

void set_any_attribute(detail::LiveSpan& span, std::string_view key, const AttributeValue& value,
                       AttributeLimits limits) noexcept try {
  if (base::is_ascii(key) || was_valid_utf8(key)) return set_clean_attribute(span, key, value, limits);
  set_clean_attribute(span, base::repair_utf8(key), value, limits);
} catch (...) {  // no memory
  ++span.dropped_attributes;
}

void set_attribute(detail::LiveSpan& span, const EncodedAttributes& one) noexcept {
  if (one.body().size == 0) {
    ++span.dropped_attributes;
    return;
  }
  const std::string_view key = key_of(field_at(one.body(), 0).content);
  place_attribute(span, key, limits_of(AttributeTag::span), [&] { return one.append_to(span.body) == 0; });
}

void add_event(detail::LiveSpan& span, std::string_view name, const EncodedAttributes& attributes,
               Timestamp time) noexcept {
  append_event(span, name, time, [&] { return attributes.append_to(span.body); });
}

void add_link(detail::LiveSpan& span, const SpanContext& linked,
              const EncodedAttributes& attributes) noexcept {
  append_link(span, linked, [&] { return attributes.append_to(span.body); });
}

void record_unwinding(detail::LiveSpan& span) noexcept {
  constexpr std::string_view kErrorType = "error.type";
  if (span.status == StatusCode::ok) return;  // final, and no error beside it
  if (span.status == StatusCode::unset) span.set_status(StatusCode::error, {});
  if (find_attribute(span.body, kErrorType) == span.body.size) span.set_attribute(kErrorType, "_OTHER");
}

}  // namespace telemetry

namespace detail {

using namespace telemetry;

void LiveSpan::set_attribute(std::string_view key, const AttributeValue& value) noexcept {
  set_span_attribute(*this, key, value, limits_of(AttributeTag::span));
}

void LiveSpan::add_event(std::string_view name, Attributes attributes, Timestamp time) noexcept {
  if (has_walked(attributes)) [[unlikely]]
    return telemetry::add_event(*this, name, encoded_for(AttributeTag::event, attributes), time);
  append_event(*this, name, time, [&] {
    return append_attributes(body, AttributeTag::event, attributes, limits_of(AttributeTag::event));
  });
}

void LiveSpan::add_link(const SpanContext& linked, Attributes attributes) noexcept {
  if (has_walked(attributes)) [[unlikely]]
    return telemetry::add_link(*this, linked, encoded_for(AttributeTag::link, attributes));
  append_link(*this, linked, [&] {
    return append_attributes(body, AttributeTag::link, attributes, limits_of(AttributeTag::link));
  });
}

// Behind everything else, and then the earlier one goes: without memory for the new name, it stays.
void LiveSpan::update_name(std::string_view name) noexcept {
  if (append_text(body, kSpanNameTag, name)) erase_field(body, kSpanNameTag);
}

void LiveSpan::set_status(StatusCode code, std::string_view message) noexcept {
  if (status == StatusCode::ok || code == StatusCode::unset) return;
  status = code;
  if (has_status_message) erase_field(body, kSpanStatusTag);
  has_status_message =
      code == StatusCode::error && !message.empty() && append_message(body, kSpanStatusTag, [&] {
        if (!append_text(body, 0x12, message) || !ensure_room(body, 2)) return false;
        body.data[body.size++] = std::byte{0x18};
        body.data[body.size++] = static_cast<std::byte>(StatusCode::error);
        return true;
      });
}

}  // namespace detail
}  // namespace ergon::inline v0
