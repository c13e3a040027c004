#pragma once

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <ergon/telemetry/attributes.hpp>

namespace ergon::inline v0::telemetry {

/// A set of attributes as a call gives it, remembered so that the next call with the same one is recognised
/// without encoding anything: each text of up to 16 bytes is two words, which together with its size tell all
/// of it; of longer ones a hash comes first and the bytes decide. Keys and values in the order given.
class GivenAttributes {
 public:
  static constexpr std::size_t kMost = 8;

  /// Whether the set can be remembered: not too many, and no value that would have to be walked.
  [[gnu::always_inline]] static bool is_plain(Attributes attributes) noexcept {
    return attributes.size() <= kMost && std::ranges::all_of(attributes, [](const Attribute& one) {
             return one.value.kind() < AttributeValue::Kind::bytes;
           });
  }

  /// Of a plain set.
  [[gnu::always_inline]] static std::uint64_t hash(Attributes attributes, const void* seed) noexcept {
    auto hash = reinterpret_cast<std::uintptr_t>(seed);
    for (const Attribute& one : attributes) {
      const Words key = words_of(one.key);
      const Words value = words_of(one.value);
      hash = ((hash ^ sizes_of(one)) * 0x9e3779b97f4a7c15U) ^
             fold(key.first ^ 0xa0761d6478bd642fU, key.second ^ 0xe7037ed1a0b428dbU) ^
             fold(value.first ^ 0x8ebc6af09c88c6e3U, value.second ^ 0x589965cc75374cc3U);
    }
    return hash ^ (hash >> 32U);
  }

  /// That no given set is.
  GivenAttributes() = default;
  explicit GivenAttributes(Attributes plain)
      : count_(plain.size()), kept_(std::make_unique<Kept[]>(plain.size())) {
    Kept* kept = kept_.get();
    for (const Attribute& one : plain) {
      *kept++ = {sizes_of(one), words_of(one.key), words_of(one.value)};
      for (const std::string_view text : {one.key, text_of(one.value)}) {
        if (text.size() > kWhole) long_texts_.append(text);
      }
    }
  }

  /// Whether the given set is this one; any set may be asked about, and one that is not plain never is.
  [[gnu::always_inline]] [[nodiscard]] bool is(Attributes given) const noexcept {
    if (given.size() != count_) return false;
    const Kept* kept = kept_.get();
    for (const Attribute& one : given) {
      if (sizes_of(one) != kept->sizes) return false;
      if (differ(words_of(one.key), kept->key) || differ(words_of(one.value), kept->value)) return false;
      ++kept;
    }
    return long_texts_.empty() || has_these_long_texts(given);
  }

  [[nodiscard]] std::size_t heap_bytes() const noexcept {
    return count_ == SIZE_MAX ? 0 : count_ * sizeof(Kept) + long_texts_.capacity();
  }

 private:
  static constexpr std::size_t kWhole = 16;

  struct Words {
    std::uint64_t first;
    std::uint64_t second;
  };
  struct Kept {
    std::uint64_t sizes;  // and the kind of the value
    Words key;
    Words value;
  };

  static std::uint64_t load(const char* from) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
  }
  static std::uint64_t load_half(const char* from) noexcept {
    std::uint32_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
  }

  // Where both words overlap they say the same, so with the size no two texts have the same words.
  [[gnu::always_inline]] static Words words_of(std::string_view text) noexcept {
    const char* const at = text.data();
    const std::size_t size = text.size();
    if (size >= 8) {
      if (size > kWhole) [[unlikely]]
        return {XXH3_64bits(at, size), size};
      return {load(at), load(at + size - 8)};
    }
    if (size >= 4) return {load_half(at), load_half(at + size - 4)};
    if (size == 0) return {0, 0};
    const auto byte = [at](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])}; };
    return {byte(0) | byte(size / 2) << 8U | byte(size - 1) << 16U, 0};
  }
  [[gnu::always_inline]] static Words words_of(const AttributeValue& value) noexcept {
    if (value.kind() == AttributeValue::Kind::string) return words_of(value.text());
    if (value.kind() == AttributeValue::Kind::floating)
      return {std::bit_cast<std::uint64_t>(value.floating()), 0};
    return {static_cast<std::uint64_t>(value.integer()), 0};
  }
  static std::string_view text_of(const AttributeValue& value) noexcept {
    return value.kind() == AttributeValue::Kind::string ? value.text() : std::string_view{};
  }
  [[gnu::always_inline]] static std::uint64_t sizes_of(const Attribute& one) noexcept {
    const std::uint64_t value_size = text_of(one.value).size();
    return (one.key.size() ^ (value_size << 28U)) | std::uint64_t{static_cast<std::uint8_t>(one.value.kind())}
                                                        << 60U;
  }
  static bool differ(Words one, Words other) noexcept {
    return ((one.first ^ other.first) | (one.second ^ other.second)) != 0;
  }
  static std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  }

  [[gnu::cold]] [[nodiscard]] bool has_these_long_texts(Attributes given) const noexcept {
    std::string_view left = long_texts_;
    for (const Attribute& one : given) {
      for (const std::string_view text : {one.key, text_of(one.value)}) {
        if (text.size() <= kWhole) continue;
        if (!left.starts_with(text)) return false;
        left.remove_prefix(text.size());
      }
    }
    return left.empty();
  }

  std::size_t count_{SIZE_MAX};
  std::unique_ptr<Kept[]> kept_;
  std::string long_texts_;  // of more than kWhole bytes, one after another
};

}  // namespace ergon::inline v0::telemetry
