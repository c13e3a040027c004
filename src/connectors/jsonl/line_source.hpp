#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <ergon/task/transaction.hpp>

namespace ergon::inline v0::detail {

/// Where a jsonl connector has its lines from, as transactions; what these do: Connector.
class LineSource {
 public:
  LineSource() = default;
  LineSource(const LineSource&) = delete;
  LineSource& operator=(const LineSource&) = delete;
  virtual ~LineSource() = default;

  [[nodiscard]] virtual std::vector<RawTransaction> fetch(std::size_t limit) = 0;
  virtual void settle(const RawTransaction& transaction) = 0;
  virtual void give_back(const RawTransaction& transaction) = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> count() = 0;
};

}  // namespace ergon::inline v0::detail
