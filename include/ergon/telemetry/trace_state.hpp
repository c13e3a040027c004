#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off_trace_state.hpp>
#else

#include <cstddef>
#include <string>
#include <string_view>

#include <ergon/telemetry/counted.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

namespace detail {

// The header as it is written, never empty.
struct TraceStateText final : Counted {
  explicit TraceStateText(std::string its_text) noexcept;

  std::string text;
};

}  // namespace detail

/// What vendors and samplers say of a trace, as keys and values that travel with its ids (W3C trace-context
/// level 2, tracestate). Immutable and one pointer wide: copies share the text, and an empty one costs
/// nothing. It holds at most 32 members and 1,024 characters; what has more loses whole members, those of
/// more than 128 characters first, then from the end. Any thread. Where there is no memory, changes are left
/// out.
class TraceState {
 public:
  static constexpr std::size_t kMostMembers = 32;
  static constexpr std::size_t kMostCharacters = 1'024;

  constexpr TraceState() noexcept = default;

  /// From the header's value; several headers of the name are joined with commas before. One that breaks the
  /// grammar, or with more than 32 members, is empty as a whole. Of a repeated key the first counts.
  [[nodiscard]] ERGON_API static TraceState parse(std::string_view header) noexcept;
  /// The same for a text that is given to every trace, as samplers do: it is never freed, and its copies on
  /// many threads do not contend for a count. Equal texts share one.
  [[nodiscard]] ERGON_API static TraceState immortal(std::string_view header) noexcept;

  [[nodiscard]] constexpr bool is_empty() const noexcept { return !text_; }
  /// Members.
  [[nodiscard]] ERGON_API std::size_t size() const noexcept;
  /// The value of a key; empty when there is none. It lives as long as any copy of this object.
  [[nodiscard]] ERGON_API std::string_view get(std::string_view key) const noexcept;
  /// With the key's value changed or added; it becomes the first member, and a 33rd falls off the end. A key
  /// is `[a-z0-9][a-z0-9_*/@-]{0,255}`, a value up to 256 printable ASCII characters without `,` and `=` and
  /// not ending in a space; others change nothing.
  [[nodiscard]] ERGON_API TraceState set(std::string_view key, std::string_view value) const noexcept;
  [[nodiscard]] ERGON_API TraceState erase(std::string_view key) const noexcept;
  /// `key=value,key=value`; empty when there is none. It lives as long as any copy of this object.
  [[nodiscard]] std::string_view to_header() const noexcept {
    return text_ ? std::string_view(static_cast<const detail::TraceStateText*>(text_.get())->text)
                 : std::string_view{};
  }

  friend constexpr bool operator==(const TraceState& a, const TraceState& b) noexcept {
    return a.text_ == b.text_ || a.to_header() == b.to_header();
  }

 private:
  constexpr explicit TraceState(detail::Shared text) noexcept : text_(static_cast<detail::Shared&&>(text)) {}

  detail::Shared text_;
};

}  // namespace ergon::inline v0
#endif
