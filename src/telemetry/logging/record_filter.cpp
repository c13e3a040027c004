#include "telemetry/logging/record_filter.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/regular_expression.hpp"
#include "base/wildcard.hpp"
#include "telemetry/record/any_value_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

class Match final : public RecordFilter {
 public:
  explicit Match(const MatchFilter& config) : config_(config) {
    if (!config.message.empty()) message_.emplace(config.message);
  }

  [[nodiscard]] bool may_be_asked_again() const override { return true; }
  [[nodiscard]] bool passes(AskedRecord& record) override { return matches(record.view) != config_.invert; }

 private:
  [[nodiscard]] bool matches(const LogView& log) const {
    if (log.level < config_.min_level || log.level > config_.max_level) return false;
    if (!config_.loggers.empty() && std::ranges::none_of(config_.loggers, [&](const std::string& pattern) {
          return base::matches_wildcard(pattern, log.logger);
        }))
      return false;
    if (message_ && !message_->is_found_in(log.text)) return false;
    return std::ranges::all_of(config_.attributes, [&](const auto& wanted) {
      const std::string_view value = find_attribute(log, wanted.first);
      return !value.empty() && base::matches_wildcard(wanted.second, text_of(value));
    });
  }

  [[nodiscard]] static std::string text_of(std::string_view value) {
    std::string text;
    append_plain_value(text, value);
    return text;
  }

  MatchFilter config_;
  std::optional<base::RegularExpression> message_{};
};

// A bucket that is filled by the records' own times, so by none that comes late.
class Rate final : public RecordFilter {
 public:
  explicit Rate(const RateFilter& config)
      : per_second_(config.records_per_second),
        most_(std::max(config.records_per_second, 1.0)),
        left_(most_) {}

  [[nodiscard]] bool passes(AskedRecord& record) override {
    const LogView& log = record.view;
    if (log.unix_nanoseconds > last_) {
      const double seconds = static_cast<double>(log.unix_nanoseconds - last_) / 1e9;
      left_ = last_ == 0 ? most_ : std::min(most_, left_ + seconds * per_second_);
      last_ = log.unix_nanoseconds;
    }
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double per_second_;
  double most_;
  double left_;
  std::uint64_t last_{0};
};

}  // namespace

std::unique_ptr<RecordFilter> make_record_filter(const LogFilterConfig& config) {
  if (const auto* rate = config.get_if<RateFilter>()) return std::make_unique<Rate>(*rate);
  return std::make_unique<Match>(config.get<MatchFilter>());
}

}  // namespace ergon::inline v0::telemetry
