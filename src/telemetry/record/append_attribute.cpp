#include "telemetry/record/append_attribute.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/utf8.hpp"
#include "base/wire.hpp"

namespace ergon::inline v0::telemetry {

namespace wire = base::wire;

namespace {

// Tags of AnyValue's and KeyValue's fields.
constexpr std::byte kKeyTag{0x0a};
constexpr std::byte kValueTag{0x12};
constexpr std::byte kStringTag{0x0a};
constexpr std::byte kBoolTag{0x10};
constexpr std::byte kIntTag{0x18};
constexpr std::byte kDoubleTag{0x21};
constexpr std::byte kBytesTag{0x3a};
constexpr std::uint32_t kStringField = 1;
constexpr std::uint32_t kArrayField = 5;
constexpr std::uint32_t kKeyValueListField = 6;
constexpr std::uint32_t kBytesField = 7;
constexpr std::uint32_t kListValuesField = 1;

constexpr std::size_t kMostHeadBytes = 48;  // tags, lengths and a number: all but the strings

std::size_t text_size(std::string_view text) noexcept {
  return 1 + wire::varint_size(text.size()) + text.size();
}

std::size_t scalar_size(const AttributeValue& value) noexcept {
  switch (value.kind()) {
    case AttributeValue::Kind::boolean:
      return 2;
    case AttributeValue::Kind::integer:
      return 1 + wire::varint_size(static_cast<std::uint64_t>(value.integer()));
    case AttributeValue::Kind::floating:
      return 9;
    case AttributeValue::Kind::string:
    case AttributeValue::Kind::bytes:
      return text_size(value.text());
    default:
      return 0;
  }
}

// Copies the text; false when it holds more than ASCII, which the caller then has to look at.
bool put_ascii(std::byte*& at, std::byte tag, std::string_view text) noexcept {
  *at++ = tag;
  at = wire::put_varint(at, text.size());
  const bool is_ascii = base::copy_is_ascii(at, text);
  at += text.size();
  return is_ascii;
}

bool put_scalar(std::byte*& at, const AttributeValue& value) noexcept {
  switch (value.kind()) {
    case AttributeValue::Kind::boolean:
      *at++ = kBoolTag;
      *at++ = static_cast<std::byte>(value.boolean());
      return true;
    case AttributeValue::Kind::integer:
      *at++ = kIntTag;
      at = wire::put_varint(at, static_cast<std::uint64_t>(value.integer()));
      return true;
    case AttributeValue::Kind::floating:
      *at++ = kDoubleTag;
      at = wire::put_fixed(at, value.floating());
      return true;
    case AttributeValue::Kind::string:
      return put_ascii(at, kStringTag, value.text());
    case AttributeValue::Kind::bytes:
      put_ascii(at, kBytesTag, value.text());
      return true;
    default:
      return true;
  }
}

std::string clean(std::string_view text) {
  return was_valid_utf8(text) ? std::string(text) : base::repair_utf8(text);
}

// As they will be sent: two ill-formed keys may become one.
bool is_same_key(std::string_view a, std::string_view b) noexcept {
  if (a == b) return true;
  return !base::is_ascii(a) && !base::is_ascii(b) && base::are_same_repaired(a, b);
}

// Arrays and maps, off the hot path: encoded from the inside out into a string.
std::string encode_value(const AttributeValue& value, AttributeLimits limits, int depth);

class ListEncoder final : public detail::ValueVisitor {
 public:
  ListEncoder(AttributeLimits limits, int depth) : limits_(limits), depth_(depth) {}
  void element(const AttributeValue& value) override {
    values_.push_back(encode_value(value, limits_, depth_));
  }
  // The last value of a key is the one, in the first one's place.
  void entry(std::string_view key, const AttributeValue& value) override {
    std::string name = clean(key);
    std::string pair;
    wire::append_field(pair, 1, name);
    wire::append_field(pair, 2, encode_value(value, limits_, depth_));
    const auto [place, is_new] = places_.try_emplace(std::move(name), values_.size());
    if (is_new) {
      values_.push_back(std::move(pair));
    } else {
      values_[place->second] = std::move(pair);
    }
  }
  [[nodiscard]] std::string list() const {
    std::string list;
    for (const std::string& value : values_) wire::append_field(list, kListValuesField, value);
    return list;
  }

 private:
  AttributeLimits limits_;
  int depth_;
  std::vector<std::string> values_;
  std::unordered_map<std::string, std::size_t> places_;  // of a map's keys
};

std::string encode_value(const AttributeValue& value, AttributeLimits limits, int depth) {
  std::string encoded;
  switch (value.kind()) {
    case AttributeValue::Kind::erased:
    case AttributeValue::Kind::map: {
      ListEncoder list(limits, depth + 1);
      if (depth < limits.depth) value.visit(list);
      wire::append_field(encoded, value.holds_entries() ? kKeyValueListField : kArrayField, list.list());
      break;
    }
    case AttributeValue::Kind::string:
      wire::append_field(encoded, kStringField,
                         base::first_characters(clean(value.text()), limits.value_length));
      break;
    case AttributeValue::Kind::bytes:
      wire::append_field(encoded, kBytesField, value.text().substr(0, limits.value_length));
      break;
    case AttributeValue::Kind::unsigned_integer:
      wire::append_field(encoded, kStringField, std::to_string(static_cast<std::uint64_t>(value.integer())));
      break;
    default:
      std::byte scalar[16];
      std::byte* end = scalar;
      put_scalar(end, value);
      encoded.assign(reinterpret_cast<const char*>(scalar), static_cast<std::size_t>(end - scalar));
  }
  return encoded;
}

[[gnu::cold, gnu::noinline]] bool append_attribute_slow(SpanBody& body, AttributeTag tag,
                                                        std::string_view key, const AttributeValue& value,
                                                        AttributeLimits limits) noexcept try {
  std::string pair;
  wire::append_field(pair, 1, clean(key));
  wire::append_field(pair, 2, encode_value(value, limits, 0));
  std::string field(1, static_cast<char>(tag));
  wire::append_varint(field, pair.size());
  return append_raw(body, field + pair);
} catch (...) {
  return false;
}

// A string or bytes beyond the limit. What is ill-formed is repaired before characters are counted.
[[gnu::cold, gnu::noinline]] bool append_shortened(SpanBody& body, AttributeTag tag, std::string_view key,
                                                   const AttributeValue& value,
                                                   AttributeLimits limits) noexcept {
  const std::uint32_t length = std::exchange(limits.value_length, AttributeLimits::kNoLimit);
  if (length == AttributeLimits::kNoLimit) return false;  // larger than any record
  if (value.kind() == AttributeValue::Kind::bytes) {
    const std::span kept(reinterpret_cast<const std::byte*>(value.text().data()), length);
    return append_any_attribute(body, tag, key, kept, limits);
  }
  const std::string_view kept = base::first_characters(value.text(), length);
  if (base::is_valid_utf8(kept)) return append_any_attribute(body, tag, key, kept, limits);
  limits.value_length = length;
  return append_attribute_slow(body, tag, key, value, limits);
}

}  // namespace

bool append_any_attribute(SpanBody& body, AttributeTag tag, std::string_view key, const AttributeValue& value,
                          AttributeLimits limits) noexcept {
  if (value.kind() >= AttributeValue::Kind::erased || value.kind() == AttributeValue::Kind::unsigned_integer)
      [[unlikely]] {
    return append_attribute_slow(body, tag, key, value, limits);
  }
  const std::size_t text_bytes = value.kind() >= AttributeValue::Kind::string ? value.text().size() : 0;
  if (text_bytes > limits.value_length) [[unlikely]]
    return append_shortened(body, tag, key, value, limits);
  if (!ensure_room(body, key.size() + text_bytes + kMostHeadBytes)) return false;
  const std::size_t value_size = scalar_size(value);
  std::byte* at = body.data + body.size;
  *at++ = static_cast<std::byte>(tag);
  at = wire::put_varint(at, text_size(key) + 1 + wire::varint_size(value_size) + value_size);
  const bool key_is_ascii = put_ascii(at, kKeyTag, key);
  *at++ = kValueTag;
  at = wire::put_varint(at, value_size);
  const bool value_is_ascii = put_scalar(at, value);
  if (!(key_is_ascii && value_is_ascii)) [[unlikely]] {
    const bool key_is_good = key_is_ascii || base::is_valid_utf8(key);
    const bool value_is_good = value_is_ascii || base::is_valid_utf8(value.text());
    if (!key_is_good || !value_is_good) return append_attribute_slow(body, tag, key, value, limits);
  }
  body.size = static_cast<std::uint32_t>(at - body.data);
  return true;
}

std::uint32_t append_attributes(SpanBody& body, AttributeTag tag, std::span<const Attribute> attributes,
                                AttributeLimits limits) noexcept {
  std::uint32_t kept = 0;
  std::uint32_t dropped = 0;
  for (auto at = attributes.begin(); at != attributes.end(); ++at) {
    const auto has_this_key = [at](const Attribute& other) { return is_same_key(other.key, at->key); };
    if (std::any_of(attributes.begin(), at, has_this_key)) continue;
    auto last = at;
    for (auto later = at + 1; later != attributes.end(); ++later) {
      if (has_this_key(*later)) last = later;
    }
    const bool fits =
        kept < limits.count && !at->key.empty() && append_attribute(body, tag, at->key, last->value, limits);
    fits ? ++kept : ++dropped;
  }
  return dropped;
}

EncodedAttributes::EncodedAttributes(AttributeTag tag, std::span<const Attribute> attributes,
                                     AttributeLimits limits) noexcept
    : count_(static_cast<std::uint32_t>(attributes.size())) {
  reset_body(body_);
  dropped_ = append_attributes(body_, tag, attributes, limits);
}

std::uint32_t EncodedAttributes::append_to(SpanBody& body) const noexcept {
  const std::string_view bytes(reinterpret_cast<const char*>(body_.data), body_.size);
  return append_raw(body, bytes) ? dropped_ : count_;
}

}  // namespace ergon::inline v0::telemetry
