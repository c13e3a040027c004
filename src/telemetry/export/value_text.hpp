#pragma once

#include <string>

#include <ergon/extend/span_data.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::inline v0::telemetry {

/// A string as it is, all else as JSON.
[[nodiscard]] std::string text_of(const DataValue& value);
[[nodiscard]] testing::RecordedAttributes text_of(const DataAttributes& attributes);

}  // namespace ergon::inline v0::telemetry
