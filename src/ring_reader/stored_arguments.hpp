#pragma once

#include <string>

#include "ring_reader/ring_file.hpp"

namespace ergon::inline v0::ring_reader {

/// The message of a log record, as the program that made it would have formatted it. Arguments that can't be
/// formatted leave a note in it.
[[nodiscard]] std::string stored_message(const StoredRecord& record);

}  // namespace ergon::inline v0::ring_reader
