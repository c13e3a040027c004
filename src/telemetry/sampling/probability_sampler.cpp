#include "telemetry/sampling/probability_sampler.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "telemetry/record/ot_value.hpp"
#include "telemetry/record/sampling.hpp"

namespace ergon::telemetry {

namespace {

constexpr int kDigits = 14;    // of a threshold: 56 bits
constexpr int kPrecision = 4;  // digits kept

// T = 2^56 (1 - ratio), rounded to where four digits differ from those that all small or large ratios share.
std::uint64_t rounded_threshold(double ratio) {
  if (ratio >= 1) return kAlwaysSampled;
  const double unit = static_cast<double>(kNeverSampled);
  const auto sampled = static_cast<std::uint64_t>(std::max(std::round(ratio * unit), 0.0));
  if (sampled == 0) return kNeverSampled;
  const auto digits_before = [](double share) { return std::max(-std::ilogb(share) - 1, 0) / 4; };
  const int kept = std::min(kDigits, kPrecision + std::max(digits_before(ratio), digits_before(1 - ratio)));
  const unsigned cut = 4U * static_cast<unsigned>(kDigits - kept);
  const std::uint64_t half = cut == 0 ? 0 : std::uint64_t{1} << (cut - 1);
  const std::uint64_t rounded = (kNeverSampled - sampled + half) >> cut << cut;
  return std::min(rounded, kNeverSampled - 1);
}

std::string entry_of(std::uint64_t threshold) {
  if (threshold == kAlwaysSampled) return "th:0";
  std::string digits(kDigits, '0');
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, threshold >>= 4U)
    *at = "0123456789abcdef"[threshold & 0xfU];
  digits.erase(digits.find_last_not_of('0') + 1);
  return "th:" + digits;
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The value of `rv`: exactly 14 digits.
std::optional<std::uint64_t> randomness_in(std::string_view value) {
  if (value.size() != kDigits || !is_lower_hex(value)) return std::nullopt;
  std::uint64_t randomness = 0;
  std::from_chars(value.data(), value.data() + value.size(), randomness, 16);
  return randomness;
}

}  // namespace

ProbabilitySampler::ProbabilitySampler(double ratio)
    : threshold_(rounded_threshold(ratio)),
      entry_(threshold_ == kNeverSampled ? std::string() : entry_of(threshold_)),
      only_entry_(entry_.empty() ? TraceState() : TraceState::immortal("ot=" + entry_)) {}

void ProbabilitySampler::should_sample(const SamplingInput& input, SamplingResult& result) const {
  std::uint64_t randomness = randomness_of(input.trace_id);
  for_each_ot_entry(result.trace_state.get("ot"),
                    [&](std::string_view, std::string_view key, std::string_view digits) {
                      if (key == "rv") randomness = randomness_in(digits).value_or(randomness);
                    });
  const bool is_sampled = randomness >= threshold_;
  if (is_sampled) result.decision = SamplingDecision::record_and_sample;
  if (is_sampled && result.trace_state.is_empty()) {
    result.trace_state = only_entry_;
    return;
  }
  result.trace_state =
      with_threshold(result.trace_state, is_sampled ? std::string_view(entry_) : std::string_view());
}

}  // namespace ergon::telemetry
