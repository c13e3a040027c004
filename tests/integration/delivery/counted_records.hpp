#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace ergon::test {

/// What arrived at a backend: different records, by the span that each is or belongs to, and those that came
/// again.
struct Arrivals {
  std::uint64_t spans = 0;
  std::uint64_t logs = 0;
  std::uint64_t repeated = 0;
};

/// The books of a scripted server: takes the bytes of Export…ServiceRequests of spans and logs, which it
/// tells apart itself. For any thread.
class CountedRecords {
 public:
  /// False, and nothing taken, when that is no such message.
  bool take(std::string_view request);
  [[nodiscard]] Arrivals arrived() const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> spans_;  // their ids; under mutex_, as the rest
  std::set<std::string> logs_;   // the ids of the spans that they were made in
  std::uint64_t repeated_ = 0;
};

}  // namespace ergon::test
