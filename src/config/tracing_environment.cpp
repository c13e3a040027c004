#include "config/tracing_environment.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <ergon/config/telemetry_description.hpp>

#include "base/diagnostic.hpp"
#include "config/config_error.hpp"
#include "config/environment.hpp"
#include "config/environment_fill.hpp"
#include "config/parse_scalar.hpp"

namespace ergon::inline v0::config {
namespace {

base::Diagnostic g_bad_sampler{"OTEL_TRACES_SAMPLER is ignored"};
base::Diagnostic g_bad_argument{"OTEL_TRACES_SAMPLER_ARG is ignored"};
base::Diagnostic g_bad_limits{"limits in the environment are ignored"};

double ratio_in_environment() {
  const auto text = environment_variable("OTEL_TRACES_SAMPLER_ARG");
  if (!text) return 1;
  const auto ratio = parse_number(*text);
  if (ratio && ratio->value >= 0 && ratio->value <= 1) return ratio->value;
  g_bad_argument.report("found " + quoted(*text) + "; allowed: a number from 0 to 1");
  return 1;
}

std::optional<Sampler> plain_sampler(std::string_view name) {
  if (name == "always_on") return AlwaysOn{};
  if (name == "always_off") return AlwaysOff{};
  if (name == "traceidratio") return TraceIdRatioBased{ratio_in_environment()};
  return std::nullopt;
}

std::optional<Sampler> sampler_in_environment() {
  constexpr std::string_view kParentBased = "parentbased_";
  const auto text = environment_variable("OTEL_TRACES_SAMPLER");
  if (!text) return std::nullopt;
  const std::string name = lower_case(*text);
  const bool is_parent_based = name.starts_with(kParentBased);
  auto sampler = plain_sampler(is_parent_based ? name.substr(kParentBased.size()) : name);
  if (!sampler) {
    g_bad_sampler.report(
        "found " + quoted(*text) +
        "; allowed: always_on, always_off, traceidratio, or parentbased_ before one of these");
  } else if (is_parent_based) {
    return ParentBased{.root = *sampler};
  }
  return sampler;
}

// The row of the limit in the table of its object.
const FieldDescription& limit_row_of(std::string_view key) {
  return row_of(row_of(type_of<TracingConfig>(), "limits").type(), key);
}

// Takes limits of spans.
class LimitsFill {
 public:
  LimitsFill(Origins& origins, std::string path)
      : environment_(origins, g_bad_limits), path_(std::move(path)) {}

  template <class Limit>
  void take(const char* variable, std::string_view key, Limit& limit) {
    const auto text = environment_.text_for(variable, member_path(path_, key));
    if (!text) return;
    const auto number = parse_integer(*text);
    if (number && number->value >= 0) limit = std::min(number->value, largest(key));
    else environment_.complain(variable, *text, "a number from 0 on");
  }

 private:
  static std::int64_t largest(std::string_view key) {
    return static_cast<std::int64_t>(limit_row_of(key).rules.maximum.value);
  }

  EnvironmentFill environment_;
  std::string path_;
};

}  // namespace

void apply_tracing_environment(TracingConfig& config, Origins& origins, const std::string& path) {
  const std::string sampler_path = member_path(path, "sampler");
  if (!origins.is_in_text(sampler_path)) {
    if (auto sampler = sampler_in_environment()) {
      config.sampler = *std::move(sampler);
      origins.note_variable(sampler_path, "OTEL_TRACES_SAMPLER");
    }
  }
  SpanLimits& limits = config.limits;
  LimitsFill environment(origins, member_path(path, "limits"));
  // What is said of all attributes gives way to what is said of spans'.
  const auto take_length = [&](const char* variable) {
    environment.take(variable, "attribute_value_length_limit", limits.attribute_value_length_limit);
  };
  const auto take_count = [&](const char* variable, std::string_view key, std::int64_t& limit) {
    environment.take(variable, key, limit);
  };
  take_length("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT");
  take_length("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT");
  take_count("OTEL_ATTRIBUTE_COUNT_LIMIT", "attribute_count_limit", limits.attribute_count_limit);
  take_count("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "attribute_count_limit", limits.attribute_count_limit);
  take_count("OTEL_SPAN_EVENT_COUNT_LIMIT", "event_count_limit", limits.event_count_limit);
  take_count("OTEL_SPAN_LINK_COUNT_LIMIT", "link_count_limit", limits.link_count_limit);
  take_count("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "event_attribute_count_limit",
             limits.event_attribute_count_limit);
  take_count("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "link_attribute_count_limit",
             limits.link_attribute_count_limit);
}

}  // namespace ergon::inline v0::config
