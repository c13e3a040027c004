#include "config/parse_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace ergon::inline v0::config {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr std::array<std::pair<std::string_view, nanoseconds>, 6> kUnits{
    {{"ns", 1ns}, {"us", 1us}, {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}}};

bool is_digit(char character) noexcept { return character >= '0' && character <= '9'; }

bool is_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

// std::from_chars takes no plus sign.
std::string_view without_plus(std::string_view text) { return text.starts_with('+') ? text.substr(1) : text; }

constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> kSizeUnits{{{"", 1},
                                                                               {"B", 1},
                                                                               {"KB", 1'000},
                                                                               {"MB", 1'000'000},
                                                                               {"GB", 1'000'000'000},
                                                                               {"KiB", 1LL << 10U},
                                                                               {"MiB", 1LL << 20U},
                                                                               {"GiB", 1LL << 30U}}};

template <class T>
constexpr T kLargest = std::numeric_limits<T>::max();
template <>
constexpr nanoseconds kLargest<nanoseconds> = nanoseconds::max();

// Digits and one of these units, as so many of the smallest.
template <class T, std::size_t N>
std::optional<ParsedNumber<T>> parse_with_unit(std::string_view text,
                                               const std::array<std::pair<std::string_view, T>, N>& units) {
  const auto unit_start = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
  const std::string_view digits = text.substr(0, unit_start);
  const auto* const unit =
      std::ranges::find(units, text.substr(unit_start), &std::pair<std::string_view, T>::first);
  if (digits.empty() || unit == units.end()) return std::nullopt;
  constexpr T kMost = kLargest<T>;
  std::int64_t count = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (result.ec != std::errc{} || count > kMost / unit->second) return ParsedNumber<T>{kMost, false};
  return ParsedNumber<T>{unit->second * count, true};
}

// [digits][.digits], with at least one digit in all: what is left of a number without sign and exponent.
bool is_decimal(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return is_digits(text);
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(point + 1);
  return (whole.empty() || is_digits(whole)) && (fraction.empty() || is_digits(fraction)) && text.size() > 1;
}

}  // namespace

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<ParsedNumber<std::int64_t>> parse_integer(std::string_view text) {
  const std::string_view digits = without_sign(text);
  if (!is_digits(digits) || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  const std::string_view number = without_plus(text);
  ParsedNumber<std::int64_t> parsed;
  const auto result = std::from_chars(number.data(), number.data() + number.size(), parsed.value);
  parsed.is_exact = result.ec == std::errc{};
  return parsed;
}

std::optional<ParsedNumber<double>> parse_number(std::string_view text) {
  const std::string_view unsigned_text = without_sign(text);
  const std::size_t exponent = unsigned_text.find_first_of("eE");
  if (!is_decimal(unsigned_text.substr(0, exponent))) return std::nullopt;
  if (exponent != std::string_view::npos && !is_digits(without_sign(unsigned_text.substr(exponent + 1)))) {
    return std::nullopt;
  }
  const std::string_view number = without_plus(text);
  ParsedNumber<double> parsed;
  const auto result = std::from_chars(number.data(), number.data() + number.size(), parsed.value);
  parsed.is_exact = result.ec == std::errc{};
  return parsed;
}

std::optional<ParsedNumber<nanoseconds>> parse_duration(std::string_view text) {
  return parse_with_unit<nanoseconds>(text, kUnits);
}

std::optional<ParsedNumber<std::int64_t>> parse_size(std::string_view text) {
  return parse_with_unit<std::int64_t>(text, kSizeUnits);
}

}  // namespace ergon::inline v0::config
