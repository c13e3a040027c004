#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <ergon/extend/propagator.hpp>
#include <ergon/telemetry/attributes.hpp>

// Maps of strings, and lists of pairs of them, as carriers. Keys are compared as HTTP's are, without case. By
// loops: <algorithm> would be the costliest header of all that <ergon/telemetry.hpp> includes.
namespace ergon::inline v0::detail {

[[nodiscard]] constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool is_same_key(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// The entries must be the carrier's own, as views of them are handed out.
template <class T>
concept ReadableCarrier =
    MapLike<T> && std::is_lvalue_reference_v<ReferenceOf<const T>> && requires(ReferenceOf<const T> entry) {
      { entry.second } -> std::convertible_to<std::string_view>;
    };

template <class T>
concept ListCarrier = requires(T& list, std::string text) { list.emplace_back(text, text); };

template <class T>
concept WritableCarrier =
    ReadableCarrier<T> &&
    (ListCarrier<T> || requires(T& map, std::string text) { map.emplace(text, text); }) &&
    requires(T& map) { map.erase(map.begin()); } &&
    requires(ReferenceOf<T> entry, std::string text) { entry.second = text; };

template <ReadableCarrier Map>
class MapReader final : public CarrierReader {
 public:
  explicit MapReader(const Map& map) noexcept : map_(map) {}

  [[nodiscard]] std::optional<std::string_view> get(std::string_view key) const override {
    for (const auto& [name, value] : map_) {
      if (is_same_key(name, key)) return std::string_view(value);
    }
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string_view> get_all(std::string_view key) const override {
    std::vector<std::string_view> values;
    for (const auto& [name, value] : map_) {
      if (is_same_key(name, key)) values.emplace_back(value);
    }
    return values;
  }
  [[nodiscard]] std::vector<std::string_view> keys() const override {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : map_) names.emplace_back(name);
    return names;
  }

 private:
  const Map& map_;
};

template <WritableCarrier Map>
class MapWriter final : public CarrierWriter {
 public:
  explicit MapWriter(Map& map) noexcept : map_(map) {}

  // The first entry stays, as it is spelled, with the new value.
  void set(std::string_view key, std::string_view value) override {
    const auto first = next(map_.begin(), key);
    if (first != map_.end()) {
      first->second = std::string(value);
      return remove_from(std::next(first), key);
    }
    if constexpr (ListCarrier<Map>) {
      map_.emplace_back(std::string(key), std::string(value));
    } else {
      map_.emplace(std::string(key), std::string(value));
    }
  }
  void remove(std::string_view key) override { remove_from(map_.begin(), key); }

 private:
  using Iterator = IteratorOf<Map>;

  Iterator next(Iterator from, std::string_view key) {
    while (from != map_.end() && !is_same_key(from->first, key)) ++from;
    return from;
  }
  void remove_from(Iterator from, std::string_view key) {
    while ((from = next(from, key)) != map_.end()) from = map_.erase(from);
  }

  Map& map_;
};

}  // namespace ergon::inline v0::detail
