#pragma once

#include <string>

namespace ergon::inline v0 {

/// A name and what is said under it. `metadata` are W3C properties, `key=value;key`, without meaning to us.
struct BaggageEntry {
  std::string name{};
  std::string value{};
  std::string metadata{};

  friend bool operator==(const BaggageEntry&, const BaggageEntry&) = default;
};

}  // namespace ergon::inline v0
