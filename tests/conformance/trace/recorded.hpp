#pragma once

#include <gtest/gtest.h>

#include "unit/otlp/decoded.hpp"

namespace ergon::test {

/// The one span that the session has sent since the last look.
inline ProtoSpan only_span(MemorySession& session) {
  const auto spans = spans_of(session);
  EXPECT_EQ(spans.size(), 1U);
  return spans.size() == 1 ? spans[0] : ProtoSpan();
}

/// A session with these limits.
inline TelemetryConfig with_limits(const SpanLimits& limits) {
  TelemetryConfig config = everything();
  config.tracing->limits = limits;
  return config;
}

}  // namespace ergon::test
