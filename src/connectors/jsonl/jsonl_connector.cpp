#include <ergon/connectors/jsonl.hpp>

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <ergon/task/envelope.hpp>
#include <ergon/task/errors.hpp>

#include "connectors/jsonl/line_reader.hpp"
#include "connectors/jsonl/line_writer.hpp"

namespace ergon {
namespace {

using Wait = detail::LineReader::Wait;

RawTransaction to_transaction(const detail::LineReader::Line& line, const std::string& path) {
  RawTransaction transaction{.id = path + ':' + std::to_string(line.number), .line = line.number};
  if (line.is_too_long) {
    transaction.defect = "the line is longer than 16 MiB";
  } else if (line.text.empty()) {
    transaction.defect = "the line is empty";
  } else {
    transaction.payload = line.text;
  }
  return transaction;
}

std::string to_line(const RawTransaction& transaction) {
  std::string line = to_envelope(transaction);
  if (line.size() > detail::LineReader::kLongestLine)
    throw SystemError("transaction '" + transaction.id + "' is longer than 16 MiB");
  return line += '\n';
}

}  // namespace

// One of the two, as the mode is.
struct JsonlConnector::File {
  std::mutex mutex;
  std::optional<detail::LineReader> reader;  // under the mutex
  std::optional<detail::LineWriter> writer;
};

JsonlConnector::JsonlConnector(Options options) : options_(std::move(options)) {}

JsonlConnector::JsonlConnector(Options options, TaskContext& context)
    : options_(std::move(options)), stop_(context.stop_token()) {}

JsonlConnector::~JsonlConnector() = default;

void JsonlConnector::init() {
  auto file = std::make_unique<File>();
  options_.mode == JsonlMode::read ? static_cast<void>(file->reader.emplace(options_.path, stop_))
                                   : static_cast<void>(file->writer.emplace(options_.path));
  file_ = std::move(file);
}

std::vector<RawTransaction> JsonlConnector::fetch(std::size_t limit) {
  if (!file_->reader)
    throw SystemError("cannot fetch from " + options_.path +
                      ": its mode is append, which is for dispatching");
  std::vector<RawTransaction> batch;
  {
    const std::lock_guard lock(file_->mutex);
    while (batch.size() < limit) {  // the first is waited for, the others are not
      const auto line = file_->reader->next(batch.empty() ? Wait::yes : Wait::no);
      if (!line) break;
      batch.push_back(to_transaction(*line, options_.path));
    }
  }
  if (options_.format == JsonlFormat::envelope) {
    for (RawTransaction& transaction : batch) {
      if (transaction.defect.empty()) open_envelope(transaction);
    }
  }
  return batch;
}

void JsonlConnector::dispatch(const std::vector<RawTransaction>& transactions) {
  if (!file_->writer)
    throw SystemError("cannot dispatch to " + options_.path + ": its mode is read, not append");
  std::string lines;
  for (const RawTransaction& transaction : transactions) lines += to_line(transaction);
  file_->writer->append(lines);
}

}  // namespace ergon
