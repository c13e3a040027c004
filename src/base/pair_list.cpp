#include "base/pair_list.hpp"

#include <algorithm>
#include <charconv>

namespace ergon::inline v0::base {
namespace {

// Null where a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned char byte = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || result.ptr != digits.data() + digits.size()) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

}  // namespace

std::string_view without_spaces(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<Pair> decoded_pair(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  auto key = percent_decoded(without_spaces(text.substr(0, equals)));
  auto value = percent_decoded(without_spaces(text.substr(equals + 1)));
  if (!key || key->empty() || !value) return std::nullopt;
  return Pair(*std::move(key), *std::move(value));
}

std::optional<Pairs> decoded_pairs(std::string_view list) {
  Pairs pairs;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    auto pair = decoded_pair(list.substr(0, comma));
    if (!pair) return std::nullopt;
    pairs.push_back(*std::move(pair));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return pairs;
}

}  // namespace ergon::inline v0::base
