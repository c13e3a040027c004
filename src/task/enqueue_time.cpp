#include "task/enqueue_time.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace ergon::inline v0::detail {
namespace {

constexpr std::string_view kForm = "0000-00-00T00:00:00";  // 0 for any digit
constexpr std::size_t kMostDigits = 9;                     // of a fraction, that count

// Made once: they are too long to be looked for without memory.
const std::string& key() {
  static const auto* const kKey = new std::string("ergon.enqueue_time");
  return *kKey;
}
const std::string& not_before_key() {
  static const auto* const kKey = new std::string("ergon.not_before");
  return *kKey;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool has_form(std::string_view text) noexcept {
  return text.size() > kForm.size() &&
         std::equal(kForm.begin(), kForm.end(), text.begin(),
                    [](char form, char c) { return form == '0' ? is_digit(c) : form == c; });
}

unsigned number_in(std::string_view digits) noexcept {
  unsigned number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// What stands behind the seconds: `Z`, or `.`, digits and `Z`.
std::optional<std::chrono::nanoseconds> fraction_of(std::string_view rest) noexcept {
  if (!rest.ends_with('Z')) return std::nullopt;
  rest.remove_suffix(1);
  if (rest.empty()) return std::chrono::nanoseconds(0);
  rest.remove_prefix(1);
  std::int64_t nanoseconds = 0;
  for (std::size_t i = 0; i < std::max(rest.size(), kMostDigits); ++i) {
    if (i < rest.size() && !is_digit(rest[i])) return std::nullopt;
    if (i < kMostDigits) nanoseconds = nanoseconds * 10 + (i < rest.size() ? rest[i] - '0' : 0);
  }
  return std::chrono::nanoseconds(nanoseconds);
}

std::optional<std::chrono::system_clock::time_point> time_under(const std::string& key,
                                                                const Metadata& metadata) {
  using namespace std::chrono;
  const auto found = metadata.find(key);
  if (found == metadata.end()) return std::nullopt;
  const std::string_view text = found->second;
  if (!has_form(text)) return std::nullopt;
  const std::string_view rest = text.substr(kForm.size());
  const auto fraction = rest.front() == 'Z' || rest.front() == '.' ? fraction_of(rest) : std::nullopt;
  const year_month_day date{year(static_cast<int>(number_in(text.substr(0, 4)))),
                            month(number_in(text.substr(5, 2))), day(number_in(text.substr(8, 2)))};
  const hours hour(number_in(text.substr(11, 2)));
  const minutes minute(number_in(text.substr(14, 2)));
  const std::chrono::seconds second(number_in(text.substr(17, 2)));
  const bool is_in_range = date.year() >= 1970y && date.year() <= 2200y;  // nanoseconds reach to 2262
  if (!fraction || !date.ok() || !is_in_range || hour >= 24h || minute >= 60min || second > 60s)
    return std::nullopt;
  return sys_days(date) + hour + minute + second + duration_cast<system_clock::duration>(*fraction);
}

}  // namespace

void set_enqueue_time(Metadata& metadata, const std::string& time_text) { metadata[key()] = time_text; }

std::string enqueue_time_text(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::floor<std::chrono::milliseconds>(time - seconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), rest.count());
}

std::optional<std::chrono::system_clock::time_point> enqueue_time(const Metadata& metadata) {
  return time_under(key(), metadata);
}

std::optional<std::chrono::duration<double>> time_in_queue(const Metadata& metadata) {
  if (metadata.empty()) return std::nullopt;
  auto since = enqueue_time(metadata);
  if (!since) return std::nullopt;
  if (const auto not_before = time_under(not_before_key(), metadata)) since = std::max(*since, *not_before);
  const auto waited = std::chrono::system_clock::now() - *since;
  return std::max(waited, std::chrono::system_clock::duration::zero());
}

}  // namespace ergon::inline v0::detail
