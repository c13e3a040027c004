#include "telemetry/propagation/b3.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "telemetry/propagation/header_text.hpp"
#include "telemetry/propagation/id_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::string_view kSingle = "b3";
constexpr std::string_view kTraceId = "X-B3-TraceId";
constexpr std::string_view kSpanId = "X-B3-SpanId";
constexpr std::string_view kSampled = "X-B3-Sampled";
constexpr std::string_view kFlags = "X-B3-Flags";

// The trace that is debugged: the flag is its own, not that of another one in the same context.
constexpr ContextKey<TraceId> kDebugged{"b3 debug"};

enum class Decision { none, deny, accept, debug };

// What a B3 sender said, in either form.
struct Sent {
  std::string_view trace_id{};
  std::string_view span_id{};
  Decision decision{Decision::none};
};

std::optional<Decision> decision_of(std::string_view state) {
  if (state == "0") return Decision::deny;
  if (state == "1") return Decision::accept;
  if (state == "d") return Decision::debug;
  return std::nullopt;
}

bool is_hex(std::string_view text, std::size_t size) {
  return text.size() == size && std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; });
}

// TRACE-SPAN, TRACE-SPAN-STATE, TRACE-SPAN-STATE-PARENT or STATE alone.
std::optional<Sent> read_single(std::string_view header) {
  if (const auto alone = decision_of(header)) return Sent{.decision = *alone};
  Sent sent;
  const std::size_t dashes = static_cast<std::size_t>(std::ranges::count(header, '-'));
  sent.trace_id = take_until(header, '-');
  sent.span_id = take_until(header, '-');
  if (dashes == 0 || dashes > 3) return std::nullopt;
  if (dashes == 1) return sent;
  const auto decision = decision_of(take_until(header, '-'));
  if (!decision || (dashes == 3 && !is_hex(header, 16))) return std::nullopt;
  sent.decision = *decision;
  return sent;
}

std::string_view header_of(const CarrierReader& carrier, std::string_view key) {
  return trimmed(carrier.get(key).value_or(std::string_view()));
}

// Sampled is 1 or 0; older senders write true and false.
std::optional<Sent> read_multi(const CarrierReader& carrier) {
  Sent sent{header_of(carrier, kTraceId), header_of(carrier, kSpanId)};
  const std::string_view sampled = header_of(carrier, kSampled);
  if (header_of(carrier, kFlags) == "1") {
    sent.decision = Decision::debug;
  } else if (sampled == "1" || sampled == "true") {
    sent.decision = Decision::accept;
  } else if (sampled == "0" || sampled == "false") {
    sent.decision = Decision::deny;
  } else if (!sampled.empty()) {
    return std::nullopt;
  }
  return sent;
}

std::optional<SpanContext> context_of(const Sent& sent) {
  SpanContext context;
  const std::string padding(sent.trace_id.size() == 16 ? 16 : 0, '0');
  const bool is_read = read_hex(padding + std::string(sent.trace_id), context.trace_id.bytes) &&
                       read_hex(sent.span_id, context.span_id.bytes);
  if (!is_read || !context.is_valid()) return std::nullopt;
  context.is_remote = true;
  if (sent.decision >= Decision::accept) context.trace_flags = SpanContext::kSampled;
  return context;
}

SpanContext refusing_parent() {
  base::IdGenerator random;
  random.seed_from_kernel();
  SpanContext context;
  for (std::size_t i = 0; i < context.trace_id.bytes.size(); i += 8) {
    const std::uint64_t id = random.next_id();
    std::memcpy(context.trace_id.bytes.data() + i, &id, sizeof id);
  }
  const std::uint64_t id = random.next_id();
  std::memcpy(context.span_id.bytes.data(), &id, sizeof id);
  context.trace_flags = SpanContext::kRandom;
  context.is_remote = true;
  return context;
}

struct Received {
  SpanContext span;
  bool is_debug;
};

// Nothing where the sender said nothing that can be read.
std::optional<Received> received_of(const std::optional<Sent>& sent) {
  if (!sent) return std::nullopt;
  const bool has_ids = !sent->trace_id.empty() || !sent->span_id.empty();
  const bool refuses_alone = sent->decision == Decision::deny && !has_ids;
  const auto span = refuses_alone ? refusing_parent() : context_of(*sent);
  if (!span) return std::nullopt;
  return Received{*span, sent->decision == Decision::debug};
}

bool is_debug(const Context& context) {
  const TraceId* const debugged = context.get(kDebugged);
  return debugged != nullptr && *debugged == context.span_context().trace_id;
}

std::string single_of(const SpanContext& span, bool debug) {
  std::string header;
  append_hex(header, span.trace_id.bytes);
  header += '-';
  append_hex(header, span.span_id.bytes);
  return header + (debug ? "-d" : span.is_sampled() ? "-1" : "-0");
}

}  // namespace

void B3Propagator::inject(const Context& context, CarrierWriter& carrier) const {
  const SpanContext& span = context.span_context();
  if (!span.is_valid()) {
    for (const std::string_view field : fields()) carrier.remove(field);
    return;
  }
  const bool debug = is_debug(context);
  if (written_ == Form::single) return carrier.set(kSingle, single_of(span, debug));
  carrier.set(kTraceId, span.trace_id.to_hex());
  carrier.set(kSpanId, span.span_id.to_hex());
  // Debug implies sampled, which is then left out.
  debug ? carrier.set(kFlags, "1") : carrier.set(kSampled, span.is_sampled() ? "1" : "0");
  carrier.remove(debug ? kSampled : kFlags);
}

Context B3Propagator::extract(const Context& context, const CarrierReader& carrier) const {
  std::optional<Received> received = received_of(read_single(header_of(carrier, kSingle)));
  if (!received) received = received_of(read_multi(carrier));
  if (!received) return context;
  const Context extracted = context.with_span_context(received->span);
  const bool corrects = received->is_debug || context.get(kDebugged) != nullptr;
  return corrects ? extracted.with(kDebugged, received->is_debug ? received->span.trace_id : TraceId{})
                  : extracted;
}

std::vector<std::string_view> B3Propagator::fields() const {
  if (written_ == Form::single) return {kSingle};
  return {kTraceId, kSpanId, kSampled, kFlags};
}

}  // namespace ergon::inline v0::telemetry
