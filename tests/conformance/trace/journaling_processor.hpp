#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/extend/register_extension.hpp>

#include "unit/support_engine/journal.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {

inline Journal g_journal;

// Notes what it is called for, and says in the span who was there.
class JournalingProcessor : public SpanProcessor {
 public:
  struct Options {
    std::string label{"one"};
    ERGON_OPTIONS(Options, label);
  };
  explicit JournalingProcessor(Options options) : label_(std::move(options.label)) {}

  void on_start(WritableSpan& span, const Context& parent) override {
    note("start", span.name());
    g_journal.note(label_ + " tenant " + std::string(parent.baggage().get("tenant")));
    span.set_attribute("started." + label_, true);
    if (span.parent_span_id() != parent.span_context().span_id) g_journal.note("another parent");
  }
  void on_ending(WritableSpan& span) override {
    note("ending", span.name());
    span.set_attribute("ended." + label_, true);
  }
  void on_end(const SpanData& span) override { note("end", span.name); }
  bool force_flush(Deadline deadline) override {
    note("flush", deadline > Deadline::clock::now() ? "in time" : "late");
    return true;
  }
  void shutdown(Deadline /*deadline*/) override { note("shutdown", ""); }

 private:
  void note(const std::string& call, std::string_view name) const {
    g_journal.note(label_ + " " + call + " " + std::string(name));
  }
  std::string label_;
};

inline Custom journaling(std::string label) {
  return Custom("journaling", JournalingProcessor::Options{.label = std::move(label)});
}

inline TelemetryConfig processed_by(std::vector<SpanProcessorConfig> processors) {
  telemetry::register_extension<JournalingProcessor>("journaling");
  static_cast<void>(g_journal.take());
  TelemetryConfig config = everything();
  config.tracing->processors = std::move(processors);
  config.tracing->processors.emplace_back(BatchSpanProcessor{});
  return config;
}

// The calls of one processor, in order: those of two may mix, as each has its own thread for `on_end`.
inline std::vector<std::string> of_label(const std::string& label) {
  std::vector<std::string> lines;
  for (const std::string& line : g_journal.lines()) {
    if (line.starts_with(label + " ")) lines.push_back(line);
  }
  return lines;
}

inline Tracer tracer() { return get_tracer("processors"); }

}  // namespace ergon::test
