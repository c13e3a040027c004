#include "ring_reader/print_rings.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <limits>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "ring_reader/stored_arguments.hpp"
#include "telemetry/export/console_text.hpp"
#include "telemetry/export/console_tree.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/worker/pipeline.hpp"
#include "telemetry/worker/span_encoder.hpp"

namespace ergon::ring_reader {

using namespace telemetry;

namespace {

// Scopes by what they hold: records of one are grouped.
class Scopes {
 public:
  const detail::Scope& of(const StoredRecord& record) {
    detail::Scope& scope = scopes_[{record.scope(), record.schema_url()}];
    scope.encoded = record.scope();
    scope.schema_url = record.schema_url();
    return scope;
  }

 private:
  std::map<std::pair<std::string, std::string>, detail::Scope> scopes_;
};

std::string encode(const StoredRecord& record, const base::WallClock& clock) {
  std::string message;
  if (record.header().kind == RecordKind::span) {
    encode_span(record.span(), clock, message);
  } else {
    encode_log(record.log(), stored_message(record), clock, message);
  }
  return message;
}

}  // namespace

std::vector<ExportBatch> make_requests(const RingFile& file, Signal signal) {
  g_budget.set_limit(std::numeric_limits<std::size_t>::max() / 4);
  Scopes scopes;
  std::vector<ExportBatch> requests;
  Pipeline pipeline(0, {.signal = signal, .resource = file.resource});
  std::uint64_t number = 0;
  for (const StoredRecord& record : file.records) {
    if (signal_of(record.header().kind) != signal) continue;
    const std::string message = encode(record, file.clock);
    const detail::Scope& scope = scopes.of(record);
    if (pipeline.would_overflow(scope, message.size())) requests.push_back(pipeline.take(requests.size()));
    static_cast<void>(pipeline.try_add(scope, message, {number++, 1}, {}));
  }
  if (!pipeline.is_empty()) requests.push_back(pipeline.take(requests.size()));
  return requests;
}

std::string rings_as_text(const RingFile& file) {
  std::string text;
  for (const ExportBatch& batch : make_requests(file, Signal::logs)) text += logs_as_text(batch);
  for (const ExportBatch& batch : make_requests(file, Signal::spans)) text += spans_as_text(batch);
  return text;
}

std::vector<std::string> write_requests(const RingFile& file, const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::filesystem::create_directories(folder);
  for (const auto& [signal, name] : {std::pair{Signal::logs, "logs"}, std::pair{Signal::spans, "traces"}}) {
    for (std::size_t number = 1; const ExportBatch& batch : make_requests(file, signal)) {
      const std::filesystem::path path = folder / fmt::format("{}-{}.otlp", name, number++);
      std::ofstream out(path, std::ios::binary);
      out << batch.request();
      if (!out.flush()) throw std::system_error(errno, std::generic_category(), path.string());
      names.push_back(path.string());
    }
  }
  return names;
}

}  // namespace ergon::ring_reader
