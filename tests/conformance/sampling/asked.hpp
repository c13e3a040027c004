#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

#include <ergon/extend/sampler.hpp>

#include "telemetry/record/span_fields.hpp"
#include "telemetry/sampling/make_sampler.hpp"

namespace ergon::telemetry::test {

/// A span that a sampler is asked about.
struct Question {
  TraceId trace_id{};
  SpanContext parent{};
  std::string_view name{"span"};
  SpanKind kind{SpanKind::internal};
  Attributes attributes{};
};

struct Answer {
  bool is_sampled;
  TraceState trace_state;
  SamplingDecision decision;
};

inline Answer ask(const SpanSampler& sampler, const Question& question) {
  detail::LiveSpan span;
  reset_fields(span);
  const Context context = Context().with_span_context(question.parent);
  const SamplingInput input{context,       question.trace_id,   question.name,
                            question.kind, question.attributes, {}};
  SamplingResult result(span, question.parent.trace_state);
  sampler.should_sample(input, result);
  release_body(span.body);
  return {result.decision == SamplingDecision::record_and_sample, result.trace_state, result.decision};
}

/// A trace id with these low 56 bits.
inline TraceId trace_id_of(std::uint64_t randomness) {
  TraceId id;
  id.bytes.fill(0xab);
  const std::uint64_t low = __builtin_bswap64(randomness | 0xcd00'0000'0000'0000U);
  std::memcpy(id.bytes.data() + 8, &low, sizeof low);
  return id;
}

inline TraceId random_trace_id(std::mt19937_64& random) {
  TraceId id;
  const std::uint64_t high = random();
  const std::uint64_t low = random();
  std::memcpy(id.bytes.data(), &high, sizeof high);
  std::memcpy(id.bytes.data() + 8, &low, sizeof low);
  return id;
}

inline SpanContext parent_with(std::uint8_t flags, bool is_remote, std::string_view state = {}) {
  return {.trace_id = trace_id_of(1),
          .span_id = {{1, 2, 3, 4, 5, 6, 7, 8}},
          .trace_flags = flags,
          .is_remote = is_remote,
          .trace_state = TraceState::parse(state)};
}

}  // namespace ergon::telemetry::test
