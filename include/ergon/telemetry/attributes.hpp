#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

class AttributeValue;
struct Attribute;

namespace detail {

// Receives the elements of an array or the entries of a map, one by one, while a value is encoded.
class ValueVisitor {
 public:
  virtual void element(const AttributeValue& value) = 0;
  virtual void entry(std::string_view key, const AttributeValue& value) = 0;

 protected:
  ~ValueVisitor() = default;
};

template <class T>
concept StringLike = std::convertible_to<const T&, std::string_view> && !std::same_as<T, std::nullptr_t>;

// What a range-for of it walks. The standard's own concepts of ranges are in a header that costs a user's
// compilation too much.
namespace range_access {
using std::begin;
using std::end;

template <class T>
using Iterator = decltype(begin(std::declval<T&>()));

template <class T>
concept Range = requires(T& range) {
  { begin(range) } -> std::input_iterator;
  { begin(range) != end(range) } -> std::convertible_to<bool>;
};
}  // namespace range_access

template <class T>
concept Range = range_access::Range<T>;
template <Range T>
using IteratorOf = range_access::Iterator<T>;
template <Range T>
using ReferenceOf = std::iter_reference_t<IteratorOf<T>>;

template <class T>
concept MapLike = Range<const T> && requires(ReferenceOf<const T> entry) {
  { entry.first } -> std::convertible_to<std::string_view>;
  entry.second;
};

// std::filesystem::path, without its header: it owns its text, but does not convert to a view of it. As the
// range of itself that it is, it would nest for ever.
template <class T>
concept PathLike = !StringLike<T> && requires(const T& path) {
  { path.native() } -> std::convertible_to<std::string_view>;
  requires std::is_lvalue_reference_v<decltype(path.native())>;
};

// Raw bytes in one piece: std::vector<std::byte>, std::span<const std::byte>, and their like.
template <class T>
concept BytesLike = Range<const T> && std::contiguous_iterator<IteratorOf<const T>> &&
                    std::same_as<std::iter_value_t<IteratorOf<const T>>, std::byte>;

template <class T>
concept ArrayLike = Range<const T> && !StringLike<T> && !PathLike<T> && !MapLike<T> && !BytesLike<T>;

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

}  // namespace detail

/// A map value given in place: `{"request", ergon::Map{{"method", "GET"}, {"size", 12}}}`.
/// Borrows its entries: use it only inside the call that records it.
struct Map {
  std::initializer_list<Attribute> entries;

  constexpr Map(std::initializer_list<Attribute> list) : entries(list) {}
};

/// The value of an attribute, any kind that OTLP's AnyValue has: bool, integer or enum (int64), floating
/// point (double), string or path, bytes (a range of std::byte in one piece), array, map, or empty. It
/// borrows strings, bytes, arrays and maps, so it must not outlive the full expression that made it;
/// recording copies them. A raw pointer never becomes a bool: only `const char*` converts, and null is the
/// empty string. Unsigned values above int64's range become strings. Specification:
/// common/README.md#anyvalue.
class AttributeValue {
 public:
  enum class Kind : std::uint8_t {
    empty,
    boolean,
    integer,
    unsigned_integer,
    floating,
    string,
    bytes,
    erased,
    map
  };

  constexpr AttributeValue() noexcept = default;

  template <std::same_as<bool> T>
  constexpr AttributeValue(T value) noexcept : kind_(Kind::boolean), integer_(value ? 1 : 0) {}

  template <detail::Integer T>
  constexpr AttributeValue(T value) noexcept
      : kind_(fits_int64(value) ? Kind::integer : Kind::unsigned_integer),
        integer_(static_cast<std::int64_t>(value)) {}

  template <class T>
    requires std::is_enum_v<T>
  constexpr AttributeValue(T value) noexcept
      : AttributeValue(static_cast<std::underlying_type_t<T>>(value)) {}

  template <std::floating_point T>
  constexpr AttributeValue(T value) noexcept : kind_(Kind::floating), floating_(static_cast<double>(value)) {}

  constexpr AttributeValue(const char* text) noexcept
      : AttributeValue(text == nullptr ? std::string_view{} : std::string_view{text}) {}

  constexpr AttributeValue(std::string_view text) noexcept
      : kind_(Kind::string), size_(text.size()), text_(text.data()) {}

  template <detail::StringLike T>
    requires(!std::is_pointer_v<std::decay_t<T>> && !std::same_as<T, std::string_view>)
  constexpr AttributeValue(const T& text) noexcept : AttributeValue(static_cast<std::string_view>(text)) {}

  template <detail::PathLike T>
  constexpr AttributeValue(const T& path) noexcept : AttributeValue(std::string_view(path.native())) {}

  template <detail::BytesLike T>
  constexpr AttributeValue(const T& bytes) noexcept
      : kind_(Kind::bytes), size_(std::size(bytes)), bytes_(std::data(bytes)) {}

  template <class T>
    requires detail::ArrayLike<T> || detail::MapLike<T>
  constexpr AttributeValue(const T& range) noexcept
      : kind_(Kind::erased), visit_(&visit_range<T>), object_(&range) {}

  constexpr AttributeValue(const Map& map) noexcept
      : kind_(Kind::map), size_(map.entries.size()), entries_(map.entries.begin()) {}

  [[nodiscard]] constexpr Kind kind() const noexcept { return kind_; }
  [[nodiscard]] constexpr bool boolean() const noexcept { return integer_ != 0; }
  [[nodiscard]] constexpr std::int64_t integer() const noexcept { return integer_; }
  [[nodiscard]] constexpr double floating() const noexcept { return floating_; }
  /// Of a string, and of bytes the bytes.
  [[nodiscard]] std::string_view text() const noexcept {
    return kind_ == Kind::bytes ? std::string_view(reinterpret_cast<const char*>(bytes_), size_)
                                : std::string_view(text_, size_);
  }

  /// Whether the value holds map entries rather than array elements (only for kinds erased and map).
  [[nodiscard]] constexpr bool holds_entries() const noexcept {
    return kind_ == Kind::map || erased_is_map();
  }

  /// Calls the visitor for each element or entry of an array or map.
  void visit(detail::ValueVisitor& visitor) const;

 private:
  using Visit = bool (*)(const void* range, detail::ValueVisitor* visitor);

  template <detail::Integer T>
  static constexpr bool fits_int64(T value) noexcept {
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(std::uint64_t)) {
      return value <= static_cast<T>(std::numeric_limits<std::int64_t>::max());
    } else {
      return true;
    }
  }

  // Answers whether T is map-like; with a visitor, also walks the range.
  template <class T>
  static bool visit_range(const void* object, detail::ValueVisitor* visitor) {
    if (visitor != nullptr) {
      for (const auto& item : *static_cast<const T*>(object)) {
        if constexpr (detail::MapLike<T>) {
          visitor->entry(item.first, AttributeValue(item.second));
        } else if constexpr (std::same_as<std::iter_value_t<detail::IteratorOf<const T>>, bool>) {
          visitor->element(AttributeValue(static_cast<bool>(item)));
        } else {
          visitor->element(AttributeValue(item));
        }
      }
    }
    return detail::MapLike<T>;
  }

  constexpr bool erased_is_map() const noexcept { return kind_ == Kind::erased && visit_(object_, nullptr); }

  Kind kind_{Kind::empty};
  union {
    std::size_t size_{0};
    Visit visit_;
  };
  union {
    std::int64_t integer_{0};
    double floating_;
    const char* text_;
    const std::byte* bytes_;
    const void* object_;
    const Attribute* entries_;
  };
};

/// A key and its value. Keys are not empty by the specification; an empty one is dropped and counted.
struct Attribute {
  std::string_view key;
  AttributeValue value;
};

/// Attributes as every recording call takes them: `{{"order.id", id}, {"amount", 12.5}}`.
using Attributes = std::initializer_list<Attribute>;

inline void AttributeValue::visit(detail::ValueVisitor& visitor) const {
  if (kind_ == Kind::erased) {
    visit_(object_, &visitor);
  } else if (kind_ == Kind::map) {
    for (const Attribute* entry = entries_; entry != entries_ + size_; ++entry) {
      visitor.entry(entry->key, entry->value);
    }
  }
}

}  // namespace ergon::inline v0
