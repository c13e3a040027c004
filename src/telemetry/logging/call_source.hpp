#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "telemetry/record/records.hpp"

namespace ergon::inline v0::telemetry {

/// A place in the program, as std::source_location has it.
struct CallSource {
  std::string_view file{};
  std::string_view function{};
  std::uint32_t line{0};  // 0: there is none
};

[[nodiscard]] CallSource source_of(const LogRecord& record);

/// Appends where in the program the record was made, as attributes of OTLP's LogRecord: `code.file.path`,
/// `code.line.number`, `code.function.name` (semantic conventions:
/// general/attributes.md#source-code-attributes); none that the program has given itself, and nothing where
/// the record has no source. `attributes` are the record's encoded ones.
void append_source(std::string_view attributes, const CallSource& source, std::string& out);

}  // namespace ergon::inline v0::telemetry
