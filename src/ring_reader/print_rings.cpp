#include "ring_reader/print_rings.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <map>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "ring_reader/stored_arguments.hpp"
#include "telemetry/export/console_tree.hpp"
#include "telemetry/export/files_thread.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/logging/call_source.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/worker/pipeline.hpp"
#include "telemetry/worker/span_encoder.hpp"

namespace ergon::inline v0::ring_reader {

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
    const std::string text = stored_message(record);
    encode_log({record.log(), text, record.log().attributes(), time_of(record.log(), clock)}, message);
    append_source(record.log().attributes(), record.source(), message);
  }
  return message;
}

std::size_t shown(const ExportBatch& batch) {
  return batch.signal == Signal::logs ? read_logs(batch.request()).logs.size()
                                      : read_spans(batch.request()).spans.size();
}

std::string logs_as_text(const ExportBatch& batch) {
  std::string text;
  const auto format = make_line_format(TextFormatter{}, {});
  for_each_log(batch.request(), [&](const LogView& log) { format->append(text, log); });
  return text;
}

void append_text(const Requests& requests, const TextFormat& format, std::string& text) {
  std::size_t missing = requests.too_large;
  for (const ExportBatch& batch : requests.batches) {
    text += format(batch);
    missing += batch.count - std::min<std::size_t>(batch.count, shown(batch));
  }
  if (missing > 0) text += fmt::format("[{} records could not be shown]\n", missing);
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const auto fail = [&] { throw std::system_error(errno, std::generic_category(), path.string()); };
  if (file < 0) fail();
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      close(file);
      fail();
    }
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  close(file);
}

}  // namespace

Requests make_requests(const RingFile& file, Signal signal) {
  g_budget.set_limit(std::numeric_limits<std::size_t>::max() / 16);
  Scopes scopes;
  Requests requests;
  Pipeline pipeline(0, {.signal = signal, .resource = file.resources[signal == Signal::logs ? 1 : 0]});
  std::uint64_t number = 0;
  for (const StoredRecord& record : file.records) {
    if (signal_of(record.header().kind) != signal) continue;
    const std::string message = encode(record, file.clock);
    const detail::Scope& scope = scopes.of(record);
    if (pipeline.would_overflow(scope, message.size()))
      requests.batches.push_back(pipeline.take(requests.batches.size()));
    if (pipeline.try_add(scope, message, {number++, 1}, {})) ++requests.too_large;
  }
  if (!pipeline.is_empty()) requests.batches.push_back(pipeline.take(requests.batches.size()));
  return requests;
}

std::string rings_as_text(const RingFile& file) {
  std::string text;
  append_text(make_requests(file, Signal::logs), &logs_as_text, text);
  append_text(make_requests(file, Signal::spans), &spans_as_text, text);
  return text;
}

std::vector<std::string> write_requests(const RingFile& file, const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::filesystem::create_directories(folder);
  for (const auto& [signal, name] : {std::pair{Signal::logs, "logs"}, std::pair{Signal::spans, "traces"}}) {
    const Requests requests = make_requests(file, signal);
    if (requests.too_large > 0)
      throw std::runtime_error(
          fmt::format("{} of the {} are larger than a request may be; they can be shown "
                      "without --otlp",
                      requests.too_large, name));
    for (std::size_t number = 1; const ExportBatch& batch : requests.batches) {
      names.push_back((folder / fmt::format("{}-{}-{}.otlp", file.process, name, number++)).string());
      write_file(names.back(), batch.request());
    }
  }
  return names;
}

}  // namespace ergon::inline v0::ring_reader
