#pragma once

#include <string>
#include <string_view>

#include "telemetry/logging/log_view.hpp"

namespace ergon::inline v0::telemetry {

/// Appends the record in the form in which batches for lines have it: what a line is made of, ready to be
/// read. The logger's name and the source are kept by address, so they must live for ever.
void append_line_record(std::string& out, const LogView& log);

/// Takes the first record, which is as long as the answer's views, from what append_line_record has made.
[[nodiscard]] LogView take_line_record(std::string_view& records);

/// Calls `visit(log)` for each of the records.
template <class Visit>
void for_each_line_record(std::string_view records, Visit visit) {
  while (!records.empty()) visit(take_line_record(records));
}

}  // namespace ergon::inline v0::telemetry
