#include "telemetry/worker/prestart_sampling.hpp"

#include <optional>
#include <protozero/pbf_reader.hpp>
#include <utility>
#include <vector>

#include "base/pbf_view.hpp"
#include "base/wire.hpp"
#include "telemetry/record/any_value_text.hpp"
#include "telemetry/record/ask_sampler.hpp"
#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/span_attributes.hpp"
#include "telemetry/record/span_fields.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::view_of;

const SpanRecord* prestart_span(const RecordHeader* head) {
  const RecordHeader* record = resolve(head);
  if (!record->is_prestart || record->kind != RecordKind::span) return nullptr;
  return reinterpret_cast<const SpanRecord*>(record);
}

bool is_local_root(const SpanRecord& record) {
  return record.parent_is_remote || !record.parent_span_id.is_valid();
}

SpanContext parent_of(const SpanRecord& record, bool is_sampled) {
  if (!record.parent_span_id.is_valid()) return {};
  SpanContext parent;
  parent.trace_id = record.context.trace_id;
  parent.span_id = record.parent_span_id;
  parent.is_remote = record.parent_is_remote;
  parent.trace_flags = record.context.trace_flags & SpanContext::kRandom;
  if (is_sampled) parent.trace_flags |= SpanContext::kSampled;
  return parent;
}

// OTLP's AnyValue, borrowed as a sampler gets it; arrays and maps are left out, and so is no value at all.
std::optional<AttributeValue> value_of(std::string_view bytes) {
  protozero::pbf_reader value(bytes.data(), bytes.size());
  if (!value.next()) return std::nullopt;
  switch (value.tag()) {
    case 1:
      return view_of(value.get_view());
    case 2:
      return value.get_bool();
    case 3:
      return value.get_int64();
    case 4:
      return value.get_double();
    default:
      return std::nullopt;
  }
}

// What a sampler is told of the span: its body's fields.
struct Told {
  explicit Told(const SpanRecord& record) {
    protozero::pbf_reader fields(record.body().data(), record.body().size());
    while (fields.next()) {
      if (fields.tag() == 5) {
        name = view_of(fields.get_view());
      } else if (fields.tag() == 9) {
        const AttributeView attribute = view_attribute(view_of(fields.get_view()));
        keys.push_back(attribute.key);
        if (const auto value = value_of(attribute.value)) attributes.push_back({attribute.key, *value});
      } else if (fields.tag() == 3) {
        trace_state = TraceState::parse(view_of(fields.get_view()));
      } else {
        fields.skip();
      }
    }
  }

  std::string_view name;
  TraceState trace_state;
  std::vector<Attribute> attributes;
  std::vector<std::string_view> keys;  // of those that are left out, too
};

}  // namespace

void PrestartSampling::look_at(std::span<const RecordHeader* const> records) {
  if (!may_find_more_ || sampler_ == nullptr || records.empty()) return;
  may_find_more_ = false;
  for (const RecordHeader* head : records) {
    const SpanRecord* span = prestart_span(head);
    if (span == nullptr) continue;
    may_find_more_ = true;
    if (is_local_root(*span)) decide_root(*span);
  }
}

PrestartSampling::Verdict PrestartSampling::decide(const SpanRecord& record) {
  if (sampler_ == nullptr)
    return {.decision = SamplingDecision::record_and_sample, .trace_state = {}, .fields = {}};
  const auto& [root, verdict] = decide_root(record);
  if (root == record.context.span_id) return verdict;
  const auto known = others_.find(record.context.span_id);
  if (known != others_.end()) return known->second;
  const bool is_root = is_local_root(record);
  const SpanContext parent = parent_of(record, is_root ? record.parent_is_sampled : verdict.is_sampled());
  return others_
      .emplace(record.context.span_id, ask(record, parent, is_root ? nullptr : &verdict.trace_state))
      .first->second;
}

void PrestartSampling::forget(const SpanRecord& record) noexcept { others_.erase(record.context.span_id); }

const PrestartSampling::Root& PrestartSampling::decide_root(const SpanRecord& record) {
  const auto known = roots_.find(record.context.trace_id);
  if (known != roots_.end()) return known->second;
  const bool is_root = is_local_root(record);
  const SpanContext parent = is_root ? parent_of(record, record.parent_is_sampled) : SpanContext{};
  const Root root{record.context.span_id, ask(record, parent, nullptr)};
  return roots_.emplace(record.context.trace_id, root).first->second;
}

PrestartSampling::Verdict PrestartSampling::ask(const SpanRecord& record, SpanContext parent,
                                                const TraceState* parents) {
  const Told told(record);
  const TraceState state = parents != nullptr ? *parents : told.trace_state;
  if (parent.is_valid()) parent.trace_state = state;
  const Context context = Context().with_span_context(std::move(parent));
  const SamplingInput input{context, record.context.trace_id, told.name, record.kind, told.attributes, {}};
  detail::LiveSpan additions;  // for the sampler's attributes
  reset_fields(additions);
  SamplingResult result(additions, state);
  question_.ask([&] { telemetry::ask(*sampler_, input, result); });
  for (const std::string_view key : told.keys) erase_attribute(additions.body, key);
  Verdict verdict{result.decision, result.trace_state, {}};
  verdict.fields.assign(reinterpret_cast<const char*>(additions.body.data), additions.body.size);
  release_body(additions.body);
  if (verdict.trace_state != told.trace_state)
    base::wire::append_field(verdict.fields, 3, verdict.trace_state.to_header());
  return verdict;
}

}  // namespace ergon::inline v0::telemetry
