#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <cstddef>
#include <string>
#include <string_view>

#include <ergon/telemetry/baggage_entry.hpp>
#include <ergon/telemetry/counted.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// Names and values of the program's own that travel with a trace from process to process, such as a tenant
/// (specification: baggage/api.md; W3C baggage). Everybody on the way can read it: no secrets. Immutable and
/// one pointer wide, copies share the entries. Any thread. Where there is no memory, changes are left out.
class Baggage {
 public:
  /// What a header may hold; `to_header` leaves out whole entries beyond, `parse` takes no more.
  static constexpr std::size_t kMostMembers = 64;
  static constexpr std::size_t kMostCharacters = 8'192;

  constexpr Baggage() noexcept = default;

  /// From the header's value; several headers of the name are joined with commas before. Members that break
  /// the grammar are left out; of a repeated name the last counts.
  [[nodiscard]] ERGON_API static Baggage parse(std::string_view header) noexcept;

  [[nodiscard]] constexpr bool is_empty() const noexcept { return !entries_; }
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(end() - begin()); }
  /// Entries in the order in which their names were first set. They live as long as any copy of this object.
  [[nodiscard]] ERGON_API const BaggageEntry* begin() const noexcept;
  [[nodiscard]] ERGON_API const BaggageEntry* end() const noexcept;
  /// The entry of a name, which is case-sensitive, or null.
  [[nodiscard]] ERGON_API const BaggageEntry* find(std::string_view name) const noexcept;
  /// The value of a name; empty when there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const noexcept {
    const BaggageEntry* entry = find(name);
    return entry != nullptr ? std::string_view(entry->value) : std::string_view{};
  }

  /// With the name's value changed or added. Any name but the empty one is taken, but W3C headers carry only
  /// RFC 7230 tokens; a value is any text, its invalid UTF-8 becoming U+FFFD. Metadata that are not W3C
  /// properties are left out.
  [[nodiscard]] ERGON_API Baggage set(std::string_view name, std::string_view value,
                                      std::string_view metadata = {}) const noexcept;
  [[nodiscard]] ERGON_API Baggage remove(std::string_view name) const noexcept;
  /// `name=value;metadata,name=value`, values percent-encoded, within the limits of a header.
  [[nodiscard]] ERGON_API std::string to_header() const;

  friend bool operator==(const Baggage& a, const Baggage& b) noexcept {
    return a.entries_ == b.entries_ || a.has_entries_of(b);
  }

 private:
  explicit Baggage(detail::Shared entries) noexcept : entries_(static_cast<detail::Shared&&>(entries)) {}
  [[nodiscard]] ERGON_API bool has_entries_of(const Baggage& other) const noexcept;

  detail::Shared entries_;
};

}  // namespace ergon::inline v0
#endif
