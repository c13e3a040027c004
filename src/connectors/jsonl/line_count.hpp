#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "connectors/jsonl/claims.hpp"

namespace ergon::inline v0::detail {

/// How many lines a file has, which may grow: each call reads what was not yet counted, at most 64 MiB of it.
/// Any thread.
class LineCount {
 public:
  /// Counts on from there. The descriptor must outlive it.
  LineCount(int descriptor, std::string path, LinePosition begin);

  /// The lines before `end`, those of the beginning included; nothing until all of it is counted.
  [[nodiscard]] std::optional<std::uint64_t> lines_until(std::uint64_t end);

 private:
  [[nodiscard]] std::uint64_t last_line(std::uint64_t end) const;

  int descriptor_;
  std::string path_;
  std::mutex mutex_;
  LinePosition counted_;  // under the mutex
};

}  // namespace ergon::inline v0::detail
