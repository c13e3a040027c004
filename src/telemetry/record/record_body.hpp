#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <ergon/telemetry/live_span.hpp>

#include "base/utf8.hpp"

namespace ergon::inline v0::telemetry {

using detail::SpanBody;

inline void reset_body(SpanBody& body) noexcept {
  body.data = body.inline_bytes.data();
  body.size = 0;
  body.capacity = SpanBody::kInlineBytes;
}

/// Gives an outgrown body's heap block back.
[[gnu::cold]] void free_body(SpanBody& body) noexcept;

inline void release_body(SpanBody& body) noexcept {
  if (body.data != body.inline_bytes.data()) [[unlikely]]
    free_body(body);
}

[[gnu::cold]] bool grow_body(SpanBody& body, std::size_t extra) noexcept;

/// Makes room for `extra` more bytes; false when there is no memory.
[[nodiscard]] inline bool ensure_room(SpanBody& body, std::size_t extra) noexcept {
  return body.size + extra <= body.capacity || grow_body(body, extra);
}

/// Appends what is encoded already; false when there is no memory.
bool append_raw(SpanBody& body, std::string_view bytes) noexcept;

/// Whether the text is well-formed; counts it as repaired where it is not.
bool was_valid_utf8(std::string_view text) noexcept;

bool append_any_text(SpanBody& body, std::uint8_t tag, std::string_view text) noexcept;

/// Appends a string field of a one-byte tag, repaired to UTF-8; false when there is no memory. In line for
/// short ASCII, as names are.
inline bool append_text(SpanBody& body, std::uint8_t tag, std::string_view text) noexcept {
  constexpr std::size_t kMostShort = 127;  // its length is one byte
  if (text.size() <= kMostShort && body.size + text.size() + 2 <= body.capacity) [[likely]] {
    std::byte* const at = body.data + body.size;
    at[0] = static_cast<std::byte>(tag);
    at[1] = static_cast<std::byte>(text.size());
    if (base::copy_is_ascii(at + 2, text)) [[likely]] {
      body.size += static_cast<std::uint32_t>(text.size() + 2);
      return true;
    }
  }
  return append_any_text(body, tag, text);
}

/// The first field of this tag, as a position in the body; the body's size when there is none.
[[nodiscard]] std::uint32_t find_field(const SpanBody& body, std::uint8_t tag) noexcept;

/// Takes `size` bytes at `offset` out of the body.
void erase_bytes(SpanBody& body, std::uint32_t offset, std::uint32_t size) noexcept;

/// A field of a body: where it starts, how long it is with its tag, and its content.
struct BodyField {
  std::uint8_t tag;
  std::uint32_t offset;
  std::uint32_t size;
  std::string_view content;
};

/// The field at `offset`; all fields of a body are length-delimited with one-byte tags.
[[nodiscard]] BodyField field_at(const std::byte* body, std::uint32_t offset) noexcept;
[[nodiscard]] inline BodyField field_at(const SpanBody& body, std::uint32_t offset) noexcept {
  return field_at(body.data, offset);
}

/// The key of an encoded KeyValue.
[[nodiscard]] std::string_view key_of(std::string_view key_value) noexcept;

}  // namespace ergon::inline v0::telemetry
