#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ergon/connectors/jsonl.hpp>
#include <ergon/task/transaction.hpp>

#include "connectors/jsonl/line_reader.hpp"

namespace ergon::inline v0::detail {

/// The id of what has none of its own: `{path}:{line}`.
[[nodiscard]] std::string line_id(const std::string& path, std::uint64_t line);

/// A line as a transaction, its envelope not opened.
[[nodiscard]] RawTransaction read_line(const LineReader::Line& line, const std::string& path);

/// Opens their envelopes, where the format is that and a line has no defect yet.
void open_envelopes(std::vector<RawTransaction>& lines, JsonlFormat format);

/// A transaction as an envelope with its newline. Throws SystemError when it would be longer than a line may
/// be, DecodeError when the payload is no JSON.
[[nodiscard]] std::string envelope_line(const RawTransaction& transaction);

/// The same for a transaction that is given up, whatever it is: what is no JSON becomes a string, which no
/// more can be decoded than before, and null stands for what is empty or too long.
[[nodiscard]] std::string dead_letter_line(const RawTransaction& transaction);

}  // namespace ergon::inline v0::detail
