#include "telemetry/record/probability_state.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "telemetry/record/sampling.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::size_t kDigits = 14;  // of a threshold: 56 bits
constexpr std::size_t kPrecision = 4;
constexpr std::size_t kLongestEntry = 256;

// Lower-case digits alone; what is missing behind them is zero.
std::optional<std::uint64_t> number_in(std::string_view digits) {
  if (digits.empty() || digits.size() > kDigits) return std::nullopt;
  if (digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return number << (4U * (kDigits - digits.size()));
}

// The entries of the state's `ot` value, `key:value` divided by semicolons.
template <class Visit>
void for_each_entry(std::string_view value, Visit visit) {
  while (!value.empty()) {
    const std::size_t end = std::min(value.find(';'), value.size());
    const std::string_view entry = value.substr(0, end);
    value.remove_prefix(std::min(end + 1, value.size()));
    const std::size_t colon = entry.find(':');
    if (colon != std::string_view::npos) visit(entry, entry.substr(0, colon), entry.substr(colon + 1));
  }
}

// The value without its threshold, behind the new one if there is one and room for it: what others wrote
// stays, the randomness above all, and without a threshold the probability is just not known.
std::string with_entry(std::string_view value, std::string_view entry) {
  std::string others;
  for_each_entry(value, [&](std::string_view other, std::string_view key, std::string_view) {
    if (key == "th") return;
    if (!others.empty()) others += ';';
    others += other;
  });
  const bool has_both = !others.empty() && !entry.empty();
  const std::size_t size = entry.size() + others.size() + (has_both ? 1 : 0);
  if (entry.empty() || size > kLongestEntry) return others;
  return std::string(entry) + (has_both ? ";" : "") + others;
}

}  // namespace

// T = 2^56 (1 - ratio), rounded to where four digits differ from those that all small or large ratios share.
std::uint64_t rounded_threshold(double ratio) {
  if (ratio >= 1) return kAlwaysSampled;
  const double unit = static_cast<double>(kNeverSampled);
  const auto sampled = static_cast<std::uint64_t>(std::max(std::round(ratio * unit), 0.0));
  if (sampled == 0) return kNeverSampled;
  const auto digits_before = [](double share) {
    return static_cast<std::size_t>(std::max(-std::ilogb(share) - 1, 0)) / 4;
  };
  const std::size_t kept =
      std::min(kDigits, kPrecision + std::max(digits_before(ratio), digits_before(1 - ratio)));
  const std::size_t cut = 4U * (kDigits - kept);
  const std::uint64_t half = cut == 0 ? 0 : std::uint64_t{1} << (cut - 1);
  const std::uint64_t rounded = (kNeverSampled - sampled + half) >> cut << cut;
  return std::min(rounded, kNeverSampled - 1);
}

std::string threshold_entry(std::uint64_t threshold) {
  if (threshold == kAlwaysSampled) return "th:0";
  std::string digits(kDigits, '0');
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, threshold >>= 4U)
    *at = "0123456789abcdef"[threshold & 0xfU];
  digits.erase(digits.find_last_not_of('0') + 1);
  return "th:" + digits;
}

std::uint64_t randomness_of(const TraceId& id, const TraceState& state) {
  std::uint64_t randomness = randomness_of(id);
  for_each_entry(state.get("ot"), [&](std::string_view, std::string_view key, std::string_view digits) {
    if (key == "rv" && digits.size() == kDigits) randomness = number_in(digits).value_or(randomness);
  });
  return randomness;
}

std::optional<std::uint64_t> threshold_in(const TraceState& state) {
  std::optional<std::uint64_t> threshold;
  for_each_entry(state.get("ot"), [&](std::string_view, std::string_view key, std::string_view digits) {
    if (key == "th") threshold = number_in(digits);
  });
  return threshold;
}

TraceState with_threshold_entry(const TraceState& state, std::string_view entry) {
  const std::string_view value = state.get("ot");
  const std::string changed = with_entry(value, entry);
  if (changed == value) return state;
  return changed.empty() ? state.erase("ot") : state.set("ot", changed);
}

void forget_threshold(TraceState& state) noexcept try {
  bool has_threshold = false;
  for_each_entry(state.get("ot"), [&](std::string_view, std::string_view key, std::string_view) {
    has_threshold |= key == "th";
  });
  if (has_threshold) state = with_threshold_entry(state, {});
} catch (...) {  // no memory
}

}  // namespace ergon::inline v0::telemetry
