#include <ergon/telemetry/baggage.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/utf8.hpp"
#include "telemetry/propagation/header_text.hpp"

namespace ergon::inline v0 {

namespace {

using telemetry::next_list_member;
using telemetry::take_until;
using telemetry::trimmed;

using Entries = std::vector<BaggageEntry>;

struct BaggageEntries final : detail::Counted {
  explicit BaggageEntries(Entries its_entries)
      : Counted([](Counted* self) noexcept { delete static_cast<BaggageEntries*>(self); }),
        entries(std::move(its_entries)) {}

  Entries entries;
};

detail::Shared share(Entries entries) {
  return entries.empty() ? detail::Shared() : detail::Shared(new BaggageEntries(std::move(entries)));
}

const Entries* entries_in(const detail::Shared& shared) noexcept {
  return shared ? &static_cast<const BaggageEntries*>(shared.get())->entries : nullptr;
}

Entries copy_of(const detail::Shared& shared) {
  const Entries* const entries = entries_in(shared);
  return entries != nullptr ? *entries : Entries{};
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 7230's token.
constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || kTokenMarks.find(c) != std::string_view::npos;
  });
}

bool is_baggage_octet(char c) { return c > ' ' && c <= '~' && c != '"' && c != ',' && c != ';' && c != '\\'; }

bool are_baggage_octets(std::string_view text) { return std::ranges::all_of(text, is_baggage_octet); }

// Properties in canonical form, or nothing where they break the grammar.
std::optional<std::string> canonical_metadata(std::string_view text) {
  std::string metadata;
  while (!text.empty()) {
    std::string_view value = take_until(text, ';');
    const bool has_value = value.find('=') != std::string_view::npos;
    const std::string_view key = trimmed(take_until(value, '='));
    value = trimmed(value);
    if (key.empty() && !has_value) continue;  // `;;`
    if (!is_token(key) || !are_baggage_octets(value)) return std::nullopt;
    if (!metadata.empty()) metadata += ';';
    metadata += key;
    if (has_value) metadata.append("=").append(value);
  }
  return metadata;
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// A % that no two digits follow stands for itself.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_escape = text[at] == '%' && at + 2 < text.size();
    const auto high = is_escape ? hex_digit(text[at + 1]) : std::nullopt;
    const auto low = is_escape ? hex_digit(text[at + 2]) : std::nullopt;
    if (high && low) {
      decoded += static_cast<char>(*high << 4U | *low);
      at += 2;
    } else {
      decoded += text[at];
    }
  }
  return decoded;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kUpperDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_baggage_octet(c) && c != '%') {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kUpperDigits[byte >> 4U], kUpperDigits[byte & 0x0FU]};
    }
  }
  return encoded;
}

void set_entry(Entries& entries, BaggageEntry entry) {
  const auto old = std::ranges::find(entries, entry.name, &BaggageEntry::name);
  old == entries.end() ? entries.push_back(std::move(entry)) : static_cast<void>(*old = std::move(entry));
}

std::optional<BaggageEntry> parse_member(std::string_view member) {
  std::string_view value = take_until(member, ';');
  if (value.find('=') == std::string_view::npos) return std::nullopt;
  const std::string_view name = trimmed(take_until(value, '='));
  value = trimmed(value);
  auto metadata = canonical_metadata(member);
  if (!is_token(name) || !are_baggage_octets(value) || !metadata) return std::nullopt;
  return BaggageEntry{std::string(name), base::repair_utf8(percent_decoded(value)), *std::move(metadata)};
}

std::string member_text(const BaggageEntry& entry) {
  std::string text = entry.name + '=' + percent_encoded(entry.value);
  if (!entry.metadata.empty()) text.append(";").append(entry.metadata);
  return text;
}

// Where there is no memory the baggage stays as it was.
template <class Make>
detail::Shared made_or(const detail::Shared& otherwise, Make make) noexcept try {
  return make();
} catch (...) {
  return otherwise;
}

}  // namespace

Baggage Baggage::parse(std::string_view header) noexcept {
  return Baggage(made_or({}, [&] {
    Entries entries;
    std::size_t used = 0;
    while (!header.empty()) {
      const std::string_view member = next_list_member(header);
      auto entry = parse_member(member);
      if (!entry) continue;
      used += member.size() + (used > 0 ? 1 : 0);
      if (used > kMostCharacters) break;
      set_entry(entries, *std::move(entry));
      if (entries.size() == kMostMembers) break;
    }
    return share(std::move(entries));  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): counted by hand
  }));
}

const BaggageEntry* Baggage::begin() const noexcept {
  const Entries* const entries = entries_in(entries_);
  return entries != nullptr ? entries->data() : nullptr;
}

const BaggageEntry* Baggage::end() const noexcept {
  const Entries* const entries = entries_in(entries_);
  return entries != nullptr ? entries->data() + entries->size() : nullptr;
}

const BaggageEntry* Baggage::find(std::string_view name) const noexcept {
  const BaggageEntry* const found = std::ranges::find(begin(), end(), name, &BaggageEntry::name);
  return found != end() ? found : nullptr;
}

Baggage Baggage::set(std::string_view name, std::string_view value,
                     std::string_view metadata) const noexcept {
  return Baggage(made_or(entries_, [&] {
    Entries entries = copy_of(entries_);
    if (!name.empty()) {
      set_entry(entries, {std::string(name), base::repair_utf8(value),
                          canonical_metadata(metadata).value_or(std::string())});
    }
    return share(std::move(entries));  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): counted by hand
  }));
}

Baggage Baggage::remove(std::string_view name) const noexcept {
  return Baggage(made_or(entries_, [&] {
    Entries entries = copy_of(entries_);
    std::erase_if(entries, [&](const BaggageEntry& entry) { return entry.name == name; });
    return share(std::move(entries));  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): counted by hand
  }));
}

std::string Baggage::to_header() const {
  std::string header;
  std::size_t members = 0;
  for (const BaggageEntry& entry : *this) {
    if (!is_token(entry.name)) continue;
    const std::string member = member_text(entry);
    const std::size_t size = header.size() + (header.empty() ? 0 : 1) + member.size();
    if (members == kMostMembers || size > kMostCharacters) continue;
    if (!header.empty()) header += ',';
    header += member;
    ++members;
  }
  return header;
}

bool Baggage::has_entries_of(const Baggage& other) const noexcept {
  return std::ranges::equal(begin(), end(), other.begin(), other.end());
}

}  // namespace ergon::inline v0
