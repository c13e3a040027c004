#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ergon::test {

/// What has to become of one line of orders.jsonl, worked out here from the text and the rules of the
/// example, with nothing of Ergon's.
struct ExpectedOrder {
  enum class Fate { charged, not_decoded, refused };
  enum class Flaw { none, broken_json, missing_field, wrong_type, non_positive_amount, unknown_currency };

  std::uint64_t line = 0;
  Fate fate = Fate::charged;
  Flaw flaw = Flaw::none;  // the first of them that the line has
  std::string id{};        // where it could be decoded
  std::string log{};       // the log line of a charged order; the message of the error of a refused one
  std::string currency{};

  [[nodiscard]] bool is_ok() const { return fate == Fate::charged; }
  /// The type of the exception that fails it; empty when it does not fail.
  [[nodiscard]] std::string error_type() const;
};

struct OrdersInput {
  std::vector<ExpectedOrder> orders{};  // orders[i] is line i + 1
  std::map<std::string, std::int64_t> charged_by_currency{};

  /// The file may hold the same lines several times over.
  [[nodiscard]] const ExpectedOrder& of_line(std::uint64_t line) const {
    return orders[(line - 1) % orders.size()];
  }
  [[nodiscard]] std::size_t count(ExpectedOrder::Fate fate) const;
  [[nodiscard]] std::size_t count(ExpectedOrder::Flaw flaw) const;
};

[[nodiscard]] OrdersInput read_orders(const std::filesystem::path& file);

/// The example's own file, as it is committed.
[[nodiscard]] std::filesystem::path committed_orders();

}  // namespace ergon::test
