#include <ergon/connectors/jsonl.hpp>

#include <mutex>
#include <string>
#include <utility>

#include <ergon/task/envelope.hpp>

#include "connectors/jsonl/line_reader.hpp"

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

}  // namespace

struct JsonlConnector::Source {
  Source(const std::string& path, std::stop_token stop) : reader(path, std::move(stop)) {}

  std::mutex mutex;
  detail::LineReader reader;  // under the mutex
};

JsonlConnector::JsonlConnector(Options options) : options_(std::move(options)) {}

JsonlConnector::JsonlConnector(Options options, TaskContext& context)
    : options_(std::move(options)), stop_(context.stop_token()) {}

JsonlConnector::~JsonlConnector() = default;

void JsonlConnector::init() { source_ = std::make_unique<Source>(options_.path, stop_); }

std::vector<RawTransaction> JsonlConnector::fetch(std::size_t limit) {
  std::vector<RawTransaction> batch;
  {
    const std::lock_guard lock(source_->mutex);
    while (batch.size() < limit) {  // the first is waited for, the others are not
      const auto line = source_->reader.next(batch.empty() ? Wait::yes : Wait::no);
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

}  // namespace ergon
