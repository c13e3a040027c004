#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/level.hpp>
#include <ergon/telemetry/statistics.hpp>

#include "telemetry/buffer/destination_share.hpp"
#include "telemetry/logging/record_filter.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/worker/component.hpp"
#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

using Clock = std::chrono::steady_clock;

/// The largest request by default, uncompressed: a default Collector refuses more than 4 MiB.
inline constexpr std::size_t kLargestRequest = 4U << 20U;

/// How one destination of one signal is fed.
struct PipelineOptions {
  std::string name;  // of the destination, in statistics
  Signal signal{Signal::spans};
  Level level{Level::trace};          // logs below it are not this destination's
  bool is_simple{false};              // each record goes by itself, and its thread waits for that
  std::uint64_t max_records{512};     // a batch goes when it has so many …
  std::chrono::nanoseconds delay{0};  // … or when its first record has waited so long
  std::shared_ptr<Sink> sink;
  std::string resource;  // OTLP's Resource message
  std::string resource_schema_url{};
  std::uint64_t max_queued{UINT64_MAX};  // records that wait or are under way
  bool takes_unsampled{false};           // spans that are recorded only are this destination's, too
  std::vector<std::shared_ptr<RecordFilter>>
      filters{};                 // of logs: those that they all pass are this destination's
  bool keeps_order{false};       // of logs: those of different loggers stay in the order of time
  bool makes_lines{false};       // of logs: batches are of line records (logging/line_record.hpp), not OTLP
  std::string processor_type{};  // `otel.component.type` of what collects the batches; empty of metrics
  std::string exporter_type{};   // and of where they go
  ServerAddress server{};        // of the exporter's backend
  std::size_t max_request_bytes{kLargestRequest};  // uncompressed
};

/// Collects one signal's messages for one destination into batches, grouped by scope, and keeps the
/// destination's books. The worker's alone.
class Pipeline {
 public:
  /// One of so many pipelines, which share the memory of batches.
  Pipeline(std::uint32_t index, PipelineOptions options, std::size_t pipelines = 1);

  [[nodiscard]] const PipelineOptions& options() const { return options_; }

  /// Whether there is no room for a record of this size now, but may be when what is under way has been sent;
  /// `takers` pipelines are to find room at once.
  [[nodiscard]] bool lacks_room(const detail::Scope& scope, std::size_t bytes, std::size_t takers) const;
  /// Adds one encoded Span, LogRecord or Metric, or line record, that stands for `records`; or counts them as
  /// dropped and says why.
  std::optional<DropReason> try_add(const detail::Scope& scope, std::string_view message,
                                    const RecordRange& records, Clock::time_point now);

  [[nodiscard]] bool is_empty() const { return pending_.count == 0; }
  [[nodiscard]] bool is_full() const;
  /// Whether memory kept the present batch from growing, and nothing under way will give any back: to wait
  /// for the batch's time would only drop more.
  [[nodiscard]] bool is_starved() const;
  /// Whether a message of this size and scope would make the present batch larger than a request may be.
  [[nodiscard]] bool would_overflow(const detail::Scope& scope, std::size_t bytes);
  /// Whether so many records more would make the present batch one of more than it may have.
  [[nodiscard]] bool would_exceed(std::uint64_t records) const {
    return !is_empty() && records > options_.max_records - std::min(pending_.count, options_.max_records);
  }
  /// When the present batch is due; nothing when there is none.
  [[nodiscard]] std::optional<Clock::time_point> due() const;

  /// Nothing more will be asked of them.
  void destroy_filters() { options_.filters.clear(); }

  /// The present batch is to go when all that is at hand is in it.
  void hurry() { is_hurried_ = true; }

  /// Closes the present batch.
  [[nodiscard]] ExportBatch take(std::uint64_t id);
  /// Gives back what a batch that is done held of the memory budget.
  void give_back(std::size_t charged_bytes) { share_.give_back(charged_bytes); }
  /// Enters a result into the destination's books.
  void settle(const ExportResult& result);
  [[nodiscard]] Counts counts() const { return counts_; }
  /// Records of the present batch.
  [[nodiscard]] std::uint64_t waiting() const { return pending_.count; }
  /// Those dropped that were in no batch; `counts` has them, too.
  [[nodiscard]] const DroppedRecords& refused() const { return refused_; }

 private:
  struct Group {
    const detail::Scope* scope;
    std::string messages;  // as fields of ScopeSpans, ScopeLogs or ScopeMetrics; or line records
  };
  [[nodiscard]] Group* find_group(const detail::Scope& scope);
  Group& add_group(const detail::Scope& scope);
  [[nodiscard]] std::size_t schema_url_size() const;  // as a field of the resource's group
  [[nodiscard]] std::size_t empty_request_bytes() const;
  // What a message adds to the request, with its scope where that is not in it yet.
  [[nodiscard]] std::size_t cost_of(const detail::Scope& scope, std::size_t bytes, bool has_group) const;
  DropReason drop(const RecordRange& records, DropReason reason);
  [[nodiscard]] bool append(Group* group, const detail::Scope& scope, std::string_view message,
                            const RecordRange& records);
  void note(const RecordRange& records);
  // The payload of the present batch.
  [[nodiscard]] std::string make_request() const;
  [[nodiscard]] std::string copy_lines() const;

  std::uint32_t index_;
  PipelineOptions options_;
  ExportBatch pending_;
  std::vector<Group> groups_;
  std::size_t used_groups_{0};
  DestinationShare share_;
  std::size_t charged_bytes_{0};  // what the present batch holds of it
  bool is_hurried_{false};
  bool was_refused_{false};    // a record, by memory, since the present batch began
  std::size_t request_bytes_;  // of the request as it would be sent now, at most
  Clock::time_point first_added_{};
  Counts counts_;
  DroppedRecords refused_{};
};

}  // namespace ergon::inline v0::telemetry
