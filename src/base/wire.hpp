#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

// The writing side of protobuf's wire format (encoding.md of protobuf's documentation): just what OTLP needs.
// Two sinks: a raw pointer on the recording threads, where the room was made beforehand, and std::string.

namespace ergon::inline v0::base::wire {

enum class Type : std::uint8_t { varint = 0, fixed64 = 1, length = 2, fixed32 = 5 };

[[nodiscard]] constexpr std::uint32_t tag(std::uint32_t field, Type type) noexcept {
  return (field << 3U) | static_cast<std::uint32_t>(type);
}

[[nodiscard]] constexpr std::size_t varint_size(std::uint64_t value) noexcept {
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

inline std::byte* put_varint(std::byte* at, std::uint64_t value) noexcept {
  while (value >= 0x80) {
    *at++ = static_cast<std::byte>(value | 0x80U);
    value >>= 7U;
  }
  *at++ = static_cast<std::byte>(value);
  return at;
}

template <class T>
std::byte* put_fixed(std::byte* at, T value) noexcept {
  static_assert(std::endian::native == std::endian::little, "the wire is little-endian");
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

inline std::byte* put_bytes(std::byte* at, const void* bytes, std::size_t size) noexcept {
  std::memcpy(at, bytes, size);
  return at + size;
}

inline void append_varint(std::string& out, std::uint64_t value) {
  char bytes[10];
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7U) bytes[size++] = static_cast<char>(value | 0x80U);
  bytes[size++] = static_cast<char>(value);
  out.append(bytes, size);
}

template <class T>
void append_fixed(std::string& out, std::uint32_t field, T value) {
  append_varint(out, tag(field, sizeof(T) == 8 ? Type::fixed64 : Type::fixed32));
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

inline void append_field(std::string& out, std::uint32_t field, std::string_view bytes) {
  append_varint(out, tag(field, Type::length));
  append_varint(out, bytes.size());
  out.append(bytes);
}

inline void append_number(std::string& out, std::uint32_t field, std::uint64_t value) {
  append_varint(out, tag(field, Type::varint));
  append_varint(out, value);
}

/// The bytes that append_field would add.
[[nodiscard]] constexpr std::size_t field_size(std::uint32_t field, std::size_t size) noexcept {
  return varint_size(tag(field, Type::length)) + varint_size(size) + size;
}

}  // namespace ergon::inline v0::base::wire
