#include <ergon/telemetry/trace_state.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <new>
#include <optional>
#include <utility>

#include "telemetry/propagation/header_text.hpp"

namespace ergon::inline v0 {

namespace {

using detail::TraceStateText;
using telemetry::next_list_member;

constexpr std::size_t kMostKeyCharacters = 256;
constexpr std::size_t kMostValueCharacters = 256;
constexpr std::size_t kLargeMember = 128;  // those beyond go first (W3C trace-context, tracestate limits)

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_key(std::string_view key) {
  if (key.empty() || key.size() > kMostKeyCharacters || !is_lower_or_digit(key.front())) return false;
  return std::ranges::all_of(key, [](char c) {
    return is_lower_or_digit(c) || c == '_' || c == '-' || c == '*' || c == '/' || c == '@';
  });
}

bool is_value(std::string_view value) {
  if (value.empty() || value.size() > kMostValueCharacters || value.back() == ' ') return false;
  return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

struct Member {
  std::string_view key;
  std::string_view value;

  [[nodiscard]] std::size_t size() const { return key.size() + 1 + value.size(); }
};

// Views of a header's members while it is changed: one more than there may be, for the one that is added.
class Members {
 public:
  [[nodiscard]] const Member* begin() const { return all_.data(); }
  [[nodiscard]] const Member* end() const { return all_.data() + count_; }
  [[nodiscard]] std::size_t size() const { return count_; }

  [[nodiscard]] const Member* find(std::string_view key) const {
    return std::ranges::find(begin(), end(), key, &Member::key);
  }
  void add(Member member) { all_[count_++] = member; }
  void add_first(Member member) {
    std::move_backward(all_.data(), all_.data() + count_, all_.data() + count_ + 1);
    all_[0] = member;
    ++count_;
  }
  void remove(const Member* member) {
    Member* const at = all_.data() + (member - begin());
    std::move(at + 1, all_.data() + count_, at);
    --count_;
  }

  [[nodiscard]] std::size_t characters() const {
    std::size_t sum = count_ == 0 ? 0 : count_ - 1;
    for (const Member& member : *this) sum += member.size();
    return sum;
  }

  // Whole members go, the large ones first, then from the end; the first `kept` stay.
  void truncate(std::size_t kept) {
    for (std::size_t at = count_; at > kept && characters() > TraceState::kMostCharacters; --at) {
      if (all_[at - 1].size() > kLargeMember) remove(begin() + at - 1);
    }
    while (count_ > kept && characters() > TraceState::kMostCharacters) --count_;
  }

 private:
  std::array<Member, TraceState::kMostMembers + 1> all_;
  std::size_t count_{0};
};

// Nothing where the text breaks the grammar.
std::optional<Members> members_of(std::string_view header) {
  Members members;
  std::size_t seen = 0;
  while (!header.empty()) {
    const std::string_view text = next_list_member(header);
    if (text.empty()) continue;  // allowed: "it is easier for vendors"
    const std::size_t equals = text.find('=');
    if (++seen > TraceState::kMostMembers || equals == std::string_view::npos) return std::nullopt;
    const Member member{text.substr(0, equals), text.substr(equals + 1)};
    if (!is_key(member.key) || !is_value(member.value)) return std::nullopt;
    if (members.find(member.key) == members.end()) members.add(member);
  }
  return members;
}

// All that are never freed: a list that only grows, walked without a lock, as a fork may come at any moment.
struct ImmortalText {
  TraceStateText* text;
  ImmortalText* next;
};
constinit std::atomic<ImmortalText*> g_immortals{nullptr};  // pushed with release, walked with acquire

// Null for no members, and where there is no memory.
TraceStateText* make_text(const Members& members) noexcept try {
  if (members.size() == 0) return nullptr;
  std::string text;
  text.reserve(members.characters());
  for (const Member& member : members) {
    if (!text.empty()) text += ',';
    text.append(member.key).append("=").append(member.value);
  }
  return new TraceStateText(std::move(text));
} catch (...) {
  return nullptr;
}

TraceStateText* parse_text(std::string_view header) noexcept {
  std::optional<Members> members = members_of(header);
  if (!members) return nullptr;
  members->truncate(0);
  return make_text(*members);
}

}  // namespace

detail::TraceStateText::TraceStateText(std::string its_text) noexcept
    : Counted([](Counted* self) noexcept { delete static_cast<TraceStateText*>(self); }),
      text(std::move(its_text)) {}

TraceState TraceState::parse(std::string_view header) noexcept {
  return TraceState(detail::Shared(parse_text(header)));
}

TraceState TraceState::immortal(std::string_view header) noexcept {
  TraceStateText* const text = parse_text(header);
  TraceState made{detail::Shared(text)};
  if (text == nullptr) return made;
  ImmortalText* first = g_immortals.load(std::memory_order_acquire);
  for (const ImmortalText* one = first; one != nullptr; one = one->next) {
    if (one->text->text == text->text) return TraceState(detail::Shared(one->text));
  }
  auto* const added = new (std::nothrow) ImmortalText{text, first};
  if (added == nullptr) return made;
  text->keep_for_ever();
  while (!g_immortals.compare_exchange_weak(added->next, added, std::memory_order_acq_rel)) {
  }
  return made;
}

std::size_t TraceState::size() const noexcept {
  return is_empty() ? 0 : static_cast<std::size_t>(std::ranges::count(to_header(), ',')) + 1;
}

std::string_view TraceState::get(std::string_view key) const noexcept {
  std::string_view rest = to_header();
  while (!rest.empty()) {
    const std::string_view member = next_list_member(rest);
    const std::size_t equals = member.find('=');
    if (member.substr(0, equals) == key) return member.substr(equals + 1);
  }
  return {};
}

TraceState TraceState::set(std::string_view key, std::string_view value) const noexcept {
  std::optional<Members> members = members_of(to_header());
  if (!members || !is_key(key) || !is_value(value)) return *this;
  if (const Member* old = members->find(key); old != members->end()) members->remove(old);
  members->add_first({key, value});
  if (members->size() > kMostMembers) members->remove(members->end() - 1);
  members->truncate(1);
  TraceStateText* const text = make_text(*members);
  return text != nullptr ? TraceState(detail::Shared(text)) : *this;
}

TraceState TraceState::erase(std::string_view key) const noexcept {
  std::optional<Members> members = members_of(to_header());
  const Member* const old = members ? members->find(key) : nullptr;
  if (old == nullptr || old == members->end()) return *this;
  members->remove(old);
  if (members->size() == 0) return {};
  TraceStateText* const text = make_text(*members);
  return text != nullptr ? TraceState(detail::Shared(text)) : *this;
}

}  // namespace ergon::inline v0
