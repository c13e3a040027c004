#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ergon/extend/sampler.hpp>

namespace ergon::inline v0::telemetry {

/// The first rule that matches the span decides, or else the last resort.
class RuleSampler final : public SpanSampler {
 public:
  struct Rule {
    std::string name;
    std::vector<SpanKind> kinds;
    std::map<std::string, std::string> attributes;
    std::unique_ptr<const SpanSampler> sampler;

    [[nodiscard]] bool matches(const SamplingInput& input) const;
  };

  RuleSampler(std::vector<Rule> rules, std::unique_ptr<const SpanSampler> otherwise) noexcept
      : rules_(std::move(rules)), otherwise_(std::move(otherwise)) {}

  void should_sample(const SamplingInput& input, SamplingResult& result) const override;

 private:
  std::vector<Rule> rules_;
  std::unique_ptr<const SpanSampler> otherwise_;
};

}  // namespace ergon::inline v0::telemetry
