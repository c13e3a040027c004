#include "telemetry/record/record_body.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/utf8.hpp"
#include "base/wire.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::telemetry {

namespace wire = base::wire;

namespace {

// Tags of AnyValue's and KeyValue's fields.
constexpr std::byte kKeyTag{0x0a};
constexpr std::byte kValueTag{0x12};
constexpr std::byte kStringTag{0x0a};
constexpr std::byte kBoolTag{0x10};
constexpr std::byte kIntTag{0x18};
constexpr std::byte kDoubleTag{0x21};
constexpr std::uint32_t kArrayField = 5;
constexpr std::uint32_t kKeyValueListField = 6;
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
    default:
      return true;
  }
}

bool was_valid_utf8(std::string_view text) noexcept {
  if (base::is_valid_utf8(text)) return true;
  if (ThreadBlock* block = t_thread.block) block->repaired_strings.add();
  return false;
}

std::string clean(std::string_view text) {
  return was_valid_utf8(text) ? std::string(text) : base::repair_utf8(text);
}

// As they will be sent: two ill-formed keys may become one.
bool is_same_key(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (base::is_ascii(a) || base::is_ascii(b)) return false;
  return base::repair_utf8(a) == base::repair_utf8(b);
}

// Arrays and maps, off the hot path: encoded from the inside out into a string.
std::string encode_value(const AttributeValue& value, int depth);

class ListEncoder final : public detail::ValueVisitor {
 public:
  explicit ListEncoder(int depth) : depth_(depth) {}
  void element(const AttributeValue& value) override {
    wire::append_field(list, kListValuesField, encode_value(value, depth_));
  }
  void entry(std::string_view key, const AttributeValue& value) override {
    std::string pair;
    wire::append_field(pair, 1, clean(key));
    wire::append_field(pair, 2, encode_value(value, depth_));
    wire::append_field(list, kListValuesField, pair);
  }

  std::string list;

 private:
  int depth_;
};

std::string encode_value(const AttributeValue& value, int depth) {
  std::string encoded;
  const auto kind = value.kind();
  if (kind == AttributeValue::Kind::erased || kind == AttributeValue::Kind::map) {
    ListEncoder list(depth + 1);
    if (depth < kValueDepthLimit) value.visit(list);
    wire::append_field(encoded, value.holds_entries() ? kKeyValueListField : kArrayField, list.list);
  } else if (kind == AttributeValue::Kind::string) {
    wire::append_field(encoded, 1, clean(value.text()));
  } else if (kind == AttributeValue::Kind::unsigned_integer) {
    wire::append_field(encoded, 1, std::to_string(static_cast<std::uint64_t>(value.integer())));
  } else {
    std::byte scalar[16];
    std::byte* end = scalar;
    put_scalar(end, value);
    encoded.assign(reinterpret_cast<const char*>(scalar), static_cast<std::size_t>(end - scalar));
  }
  return encoded;
}

bool append_raw(SpanBody& body, std::string_view bytes) noexcept {
  if (!ensure_room(body, bytes.size())) return false;
  std::memcpy(body.data + body.size, bytes.data(), bytes.size());
  body.size += static_cast<std::uint32_t>(bytes.size());
  return true;
}

std::byte* take_spare() noexcept {
  ThreadBlock* block = t_thread.block;
  if (block == nullptr || block->spare_blocks.count == 0) return nullptr;
  return block->spare_blocks.blocks[--block->spare_blocks.count];
}

bool keep_spare(std::byte* bytes) noexcept {
  ThreadBlock* block = t_thread.block;
  if (block == nullptr || block->spare_blocks.count == block->spare_blocks.blocks.size()) return false;
  block->spare_blocks.blocks[block->spare_blocks.count++] = bytes;
  return true;
}

[[gnu::cold, gnu::noinline]] bool append_attribute_slow(SpanBody& body, AttributeTag tag,
                                                        std::string_view key,
                                                        const AttributeValue& value) noexcept try {
  std::string pair;
  wire::append_field(pair, 1, clean(key));
  wire::append_field(pair, 2, encode_value(value, 0));
  std::string field(1, static_cast<char>(tag));
  wire::append_varint(field, pair.size());
  return append_raw(body, field + pair);
} catch (...) {
  return false;
}

}  // namespace

bool append_any_attribute(SpanBody& body, AttributeTag tag, std::string_view key,
                          const AttributeValue& value) noexcept {
  if (value.kind() >= AttributeValue::Kind::erased || value.kind() == AttributeValue::Kind::unsigned_integer)
      [[unlikely]] {
    return append_attribute_slow(body, tag, key, value);
  }
  const std::size_t text_bytes = value.kind() == AttributeValue::Kind::string ? value.text().size() : 0;
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
    if (!key_is_good || !value_is_good) return append_attribute_slow(body, tag, key, value);
  }
  body.size = static_cast<std::uint32_t>(at - body.data);
  return true;
}

std::uint32_t append_attributes(SpanBody& body, AttributeTag tag, Attributes attributes) noexcept {
  std::uint32_t kept = 0;
  std::uint32_t dropped = 0;
  for (const Attribute* at = attributes.begin(); at != attributes.end(); ++at) {
    const auto has_this_key = [at](const Attribute& other) { return is_same_key(other.key, at->key); };
    if (std::any_of(attributes.begin(), at, has_this_key)) continue;
    const Attribute* last = at;
    for (const Attribute* later = at + 1; later != attributes.end(); ++later) {
      if (has_this_key(*later)) last = later;
    }
    const bool fits =
        kept < kAttributeLimit && !at->key.empty() && append_attribute(body, tag, at->key, last->value);
    fits ? ++kept : ++dropped;
  }
  return dropped;
}

EncodedAttributes::EncodedAttributes(AttributeTag tag, Attributes attributes) noexcept
    : count_(static_cast<std::uint32_t>(attributes.size())) {
  reset_body(body_);
  dropped_ = append_attributes(body_, tag, attributes);
}

std::uint32_t EncodedAttributes::append_to(SpanBody& body) const noexcept {
  const std::string_view bytes(reinterpret_cast<const char*>(body_.data), body_.size);
  return append_raw(body, bytes) ? dropped_ : count_;
}

bool append_text(SpanBody& body, std::uint8_t tag, std::string_view text) noexcept {
  if (!ensure_room(body, text.size() + kMostHeadBytes)) return false;
  std::byte* at = body.data + body.size;
  if (!put_ascii(at, static_cast<std::byte>(tag), text) && !was_valid_utf8(text)) [[unlikely]] {
    try {
      return append_text(body, tag, base::repair_utf8(text));
    } catch (...) {
      return false;
    }
  }
  body.size = static_cast<std::uint32_t>(at - body.data);
  return true;
}

bool grow_body(SpanBody& body, std::size_t extra) noexcept {
  std::size_t wanted = std::max<std::size_t>(body.size + extra, std::size_t{body.capacity} * 2);
  if (wanted > kMostRecordBytes) return false;
  const bool was_inline = body.data == body.inline_bytes.data();
  if (was_inline) wanted = std::max<std::size_t>(wanted, SpareBlocks::kBlockBytes);
  std::byte* grown = was_inline && wanted == SpareBlocks::kBlockBytes ? take_spare() : nullptr;
  if (grown == nullptr)
    grown = static_cast<std::byte*>(std::realloc(was_inline ? nullptr : body.data, wanted));
  if (grown == nullptr) return false;
  if (was_inline) std::memcpy(grown, body.data, body.size);
  body.data = grown;
  body.capacity = static_cast<std::uint32_t>(wanted);
  return true;
}

void free_body(SpanBody& body) noexcept {
  if (body.capacity != SpareBlocks::kBlockBytes || !keep_spare(body.data)) std::free(body.data);
  reset_body(body);
}

void erase_bytes(SpanBody& body, std::uint32_t offset, std::uint32_t size) noexcept {
  std::memmove(body.data + offset, body.data + offset + size, body.size - offset - size);
  body.size -= size;
}

BodyField field_at(const SpanBody& body, std::uint32_t offset) noexcept {
  std::uint32_t at = offset + 1;
  std::uint32_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<std::uint32_t>(body.data[at++]);
    length |= (byte & 0x7FU) << shift;
    if (byte < 0x80) break;
  }
  return {static_cast<std::uint8_t>(body.data[offset]),
          offset,
          at + length - offset,
          {reinterpret_cast<const char*>(body.data + at), length}};
}

std::string_view key_of(std::string_view key_value) noexcept {
  std::size_t at = 1;
  std::size_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(key_value[at++]);
    length |= static_cast<std::size_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) break;
  }
  return key_value.substr(at, length);
}

}  // namespace ergon::telemetry
