#include "telemetry/worker/pipeline.hpp"

#include <exception>

#include "base/wire.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

namespace wire = base::wire;

namespace {

// The same numbers in all three signals' requests: Export…ServiceRequest.resource_… = 1,
// Resource….{resource = 1, scope_… = 2}, Scope….{scope = 1, records = 2}, both schema_url = 3.
constexpr std::uint32_t kResourceGroups = 1;
constexpr std::uint32_t kResource = 1;
constexpr std::uint32_t kScopeGroups = 2;
constexpr std::uint32_t kScope = 1;
constexpr std::uint32_t kRecords = 2;
constexpr std::uint32_t kSchemaUrl = 3;

constexpr std::size_t kMostHead = 6;  // the tag and length of a group

// What a batch takes beside its payload: itself, and its places in the worker's and the sender's lists.
constexpr std::size_t kBatchBytes = 1'024;
constexpr std::size_t kMostKept = 512U << 10U;  // bytes of groups' storage from one batch to the next

}  // namespace

Pipeline::Pipeline(std::uint32_t index, PipelineOptions options, std::size_t pipelines)
    : index_(index),
      options_(std::move(options)),
      share_(g_budget, options_.signal, pipelines),
      request_bytes_(empty_request_bytes()) {}

std::size_t Pipeline::empty_request_bytes() const {
  if (options_.makes_lines) return 0;
  return kMostHead + wire::field_size(kResource, options_.resource.size()) + schema_url_size();
}

std::size_t Pipeline::schema_url_size() const {
  const std::string& url = options_.resource_schema_url;
  return url.empty() ? 0 : wire::field_size(kSchemaUrl, url.size());
}

// Where records are to stay in order, a group goes on only while its scope does. Line records are all in one.
Pipeline::Group* Pipeline::find_group(const detail::Scope& scope) {
  if (options_.makes_lines) return used_groups_ > 0 ? &groups_.front() : nullptr;
  const std::size_t first = options_.keeps_order && used_groups_ > 0 ? used_groups_ - 1 : 0;
  for (std::size_t i = first; i < used_groups_; ++i) {
    if (groups_[i].scope == &scope) return &groups_[i];
  }
  return nullptr;
}

Pipeline::Group& Pipeline::add_group(const detail::Scope& scope) {
  if (used_groups_ == groups_.size()) groups_.emplace_back();
  Group& group = groups_[used_groups_++];
  group.scope = &scope;
  return group;
}

std::size_t Pipeline::cost_of(const detail::Scope& scope, std::size_t bytes, bool has_group) const {
  if (options_.makes_lines) return bytes;
  const std::size_t record = wire::field_size(kRecords, bytes);
  if (has_group) return record;
  return record + kMostHead + wire::field_size(kScope, scope.encoded.size()) +
         wire::field_size(kSchemaUrl, scope.schema_url.size());
}

bool Pipeline::lacks_room(const detail::Scope& scope, std::size_t bytes, std::size_t takers) const {
  if (counts_.queued >= options_.max_queued) return true;
  const std::size_t most = kBatchBytes + empty_request_bytes() + cost_of(scope, bytes, false);
  return share_.used() > 0 && !share_.has_room(most * takers);
}

std::optional<DropReason> Pipeline::try_add(const detail::Scope& scope, std::string_view message,
                                            const RecordRange& records, Clock::time_point now) {
  counts_.created += records.count;
  if (empty_request_bytes() + cost_of(scope, message.size(), false) > options_.max_request_bytes) {
    return drop(records, DropReason::too_large);
  }
  const bool begins = is_empty();
  Group* const group = find_group(scope);
  const std::size_t cost = cost_of(scope, message.size(), group != nullptr);
  const std::size_t charge = cost + (begins ? kBatchBytes + empty_request_bytes() : 0);
  if (counts_.queued + records.count > options_.max_queued || !share_.try_take(charge)) {
    was_refused_ = !begins;
    return drop(records, DropReason::queue_full);
  }
  if (!append(group, scope, message, records)) {
    share_.give_back(charge);
    return drop(records, DropReason::queue_full);
  }
  if (begins) first_added_ = now;
  request_bytes_ += cost;
  charged_bytes_ += charge;
  return std::nullopt;
}

// To the group of the scope, or to a new one. False where the process has no memory: the batch is as it was
// before then.
bool Pipeline::append(Group* group, const detail::Scope& scope, std::string_view message,
                      const RecordRange& records) {
  const std::size_t groups = used_groups_;
  const std::size_t size = group != nullptr ? group->messages.size() : 0;
  try {
    if (group == nullptr) group = &add_group(scope);
    options_.makes_lines ? static_cast<void>(group->messages.append(message))
                         : wire::append_field(group->messages, kRecords, message);
    note(records);
    return true;
  } catch (const std::exception&) {
    if (group != nullptr) group->messages.resize(size);
    used_groups_ = groups;
    return false;
  }
}

DropReason Pipeline::drop(const RecordRange& records, DropReason reason) {
  counts_.dropped[static_cast<std::size_t>(reason)] += records.count;
  refused_[static_cast<std::size_t>(reason)] += records.count;
  return reason;
}

void Pipeline::note(const RecordRange& records) {
  auto& ranges = pending_.records;
  const bool goes_on = !ranges.empty() && ranges.back().first + ranges.back().count == records.first;
  goes_on ? static_cast<void>(ranges.back().count += records.count) : ranges.push_back(records);
  pending_.count += records.count;
  counts_.queued += records.count;
}

bool Pipeline::is_full() const { return pending_.count >= options_.max_records; }

bool Pipeline::is_starved() const { return was_refused_ && !is_empty() && share_.used() == charged_bytes_; }

bool Pipeline::would_overflow(const detail::Scope& scope, std::size_t bytes) {
  return !is_empty() &&
         request_bytes_ + cost_of(scope, bytes, find_group(scope) != nullptr) > options_.max_request_bytes;
}

std::optional<Clock::time_point> Pipeline::due() const {
  if (is_empty()) return std::nullopt;
  return is_hurried_ ? first_added_ : first_added_ + options_.delay;
}

// Where there is no memory for the request, which throws, the batch goes on waiting.
ExportBatch Pipeline::take(std::uint64_t id) {
  std::string payload = options_.makes_lines ? copy_lines() : make_request();
  ExportBatch batch = std::move(pending_);
  batch.id = id;
  batch.pipeline = index_;
  batch.signal = options_.signal;
  batch.charged_bytes = charged_bytes_;
  batch.payload = std::move(payload);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < used_groups_; ++i) {
    std::string& messages = groups_[i].messages;
    kept += messages.capacity();
    kept <= kMostKept ? messages.clear() : std::string().swap(messages);
  }
  pending_ = {};
  used_groups_ = 0;
  charged_bytes_ = 0;
  is_hurried_ = was_refused_ = false;
  request_bytes_ = empty_request_bytes();
  return batch;
}

std::string Pipeline::copy_lines() const {
  std::string payload;
  payload.reserve(kPayloadOffset + groups_.front().messages.size());
  return payload.append(kPayloadOffset, '\0').append(groups_.front().messages);
}

std::string Pipeline::make_request() const {
  std::size_t inner = wire::field_size(kResource, options_.resource.size()) + schema_url_size();
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < used_groups_; ++i) {
    const Group& group = groups_[i];
    std::size_t size = wire::field_size(kScope, group.scope->encoded.size()) + group.messages.size();
    if (!group.scope->schema_url.empty())
      size += wire::field_size(kSchemaUrl, group.scope->schema_url.size());
    sizes.push_back(size);
    inner += wire::field_size(kScopeGroups, size);
  }
  std::string payload;
  payload.reserve(kPayloadOffset + wire::field_size(kResourceGroups, inner));
  payload.assign(kPayloadOffset, '\0');
  wire::append_varint(payload, wire::tag(kResourceGroups, wire::Type::length));
  wire::append_varint(payload, inner);
  wire::append_field(payload, kResource, options_.resource);
  for (std::size_t i = 0; i < used_groups_; ++i) {
    const Group& group = groups_[i];
    wire::append_varint(payload, wire::tag(kScopeGroups, wire::Type::length));
    wire::append_varint(payload, sizes[i]);
    wire::append_field(payload, kScope, group.scope->encoded);
    payload.append(group.messages);
    if (!group.scope->schema_url.empty()) wire::append_field(payload, kSchemaUrl, group.scope->schema_url);
  }
  if (schema_url_size() > 0) wire::append_field(payload, kSchemaUrl, options_.resource_schema_url);
  return payload;
}

void Pipeline::settle(const ExportResult& result) {
  counts_.queued -= result.delivered + result.rejected + result.dropped;
  counts_.delivered += result.delivered;
  counts_.rejected += result.rejected;
  counts_.dropped[static_cast<std::size_t>(result.reason)] += result.dropped;
}

}  // namespace ergon::inline v0::telemetry
