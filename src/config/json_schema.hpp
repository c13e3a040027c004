#pragma once

#include <string>

#include "config/read.hpp"

namespace ergon::inline v0::config {

/// The JSON Schema (2020-12) of files of this type, for editors and other checkers. It allows what the reader
/// allows, but for what a schema can't say: what names refer to, the forms of texts, and a key that is there
/// twice. One line for each key.
[[nodiscard]] std::string json_schema(const TypeDescription& type, const ReadContext& context);

}  // namespace ergon::inline v0::config
