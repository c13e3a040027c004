#include "telemetry/record/record_body.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/utf8.hpp"
#include "base/wire.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

namespace wire = base::wire;

namespace {

constexpr std::size_t kMostHeadBytes = 16;  // a tag and a length

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

}  // namespace

bool append_raw(SpanBody& body, std::string_view bytes) noexcept {
  if (!ensure_room(body, bytes.size())) return false;
  std::memcpy(body.data + body.size, bytes.data(), bytes.size());
  body.size += static_cast<std::uint32_t>(bytes.size());
  return true;
}

bool was_valid_utf8(std::string_view text) noexcept {
  if (base::is_valid_utf8(text)) return true;
  if (ThreadBlock* block = t_thread.block) block->repaired_strings.add();
  return false;
}

bool append_any_text(SpanBody& body, std::uint8_t tag, std::string_view text) noexcept {
  if (!ensure_room(body, text.size() + kMostHeadBytes)) return false;
  std::byte* at = body.data + body.size;
  *at++ = static_cast<std::byte>(tag);
  at = wire::put_varint(at, text.size());
  if (!base::copy_is_ascii(at, text) && !was_valid_utf8(text)) [[unlikely]] {
    try {
      return append_any_text(body, tag, base::repair_utf8(text));
    } catch (...) {
      return false;
    }
  }
  body.size = static_cast<std::uint32_t>(at - body.data) + static_cast<std::uint32_t>(text.size());
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

std::uint32_t find_field(const SpanBody& body, std::uint8_t tag) noexcept {
  std::uint32_t at = 0;
  while (at < body.size) {
    const BodyField field = field_at(body, at);
    if (field.tag == tag) break;
    at += field.size;
  }
  return at;
}

BodyField field_at(const std::byte* body, std::uint32_t offset) noexcept {
  std::uint32_t at = offset + 1;
  std::uint32_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<std::uint32_t>(body[at++]);
    length |= (byte & 0x7FU) << shift;
    if (byte < 0x80) break;
  }
  return {static_cast<std::uint8_t>(body[offset]),
          offset,
          at + length - offset,
          {reinterpret_cast<const char*>(body + at), length}};
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

}  // namespace ergon::inline v0::telemetry
