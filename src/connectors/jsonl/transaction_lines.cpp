#include "connectors/jsonl/transaction_lines.hpp"

#include <nlohmann/json.hpp>

#include <utility>

#include <ergon/task/envelope.hpp>
#include <ergon/task/errors.hpp>

namespace ergon::inline v0::detail {
namespace {

std::string json_string(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string dead_letter_envelope(const RawTransaction& transaction) {
  RawTransaction letter = transaction;
  try {
    if (letter.defect.empty()) return to_envelope(letter);
  } catch (const DecodeError&) {  // that may be why it is given up
  }
  letter.payload = letter.payload.empty() ? "null" : json_string(letter.payload);
  return to_envelope(letter);
}

}  // namespace

std::string line_id(const std::string& path, std::uint64_t line) { return path + ':' + std::to_string(line); }

RawTransaction read_line(const LineReader::Line& line, const std::string& path) {
  RawTransaction transaction{.id = line_id(path, line.number), .line = line.number};
  if (line.is_too_long) {
    transaction.defect = "the line is longer than 16 MiB";
  } else if (line.text.empty()) {
    transaction.defect = "the line is empty";
  } else {
    transaction.payload = line.text;
  }
  return transaction;
}

void open_envelopes(std::vector<RawTransaction>& lines, JsonlFormat format) {
  if (format != JsonlFormat::envelope) return;
  for (RawTransaction& line : lines) {
    if (line.defect.empty()) open_envelope(line);
  }
}

std::string envelope_line(const RawTransaction& transaction) {
  std::string line = to_envelope(transaction);
  if (line.size() > LineReader::kLongestLine)
    throw SystemError("transaction '" + transaction.id + "' is longer than 16 MiB");
  return line += '\n';
}

std::string dead_letter_line(const RawTransaction& transaction) {
  std::string line = dead_letter_envelope(transaction);
  if (line.size() > LineReader::kLongestLine) {
    RawTransaction letter{.id = transaction.id, .payload = "null", .metadata = transaction.metadata};
    letter.metadata["ergon.dead_letter.omitted"] = "the payload: the line would be longer than 16 MiB";
    return envelope_line(letter);
  }
  return line += '\n';
}

}  // namespace ergon::inline v0::detail
