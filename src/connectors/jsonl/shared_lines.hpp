#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include <ergon/connectors/jsonl.hpp>

#include "connectors/jsonl/claims.hpp"
#include "connectors/jsonl/line_count.hpp"
#include "connectors/jsonl/line_reader.hpp"
#include "connectors/jsonl/line_source.hpp"

namespace ergon::inline v0::detail {

/// The lines of a regular file, each for one of the processes that read it. Any thread.
class SharedLines : public LineSource {
 public:
  struct Setup {
    std::string path;
    JsonlFormat format{JsonlFormat::plain};
    std::string claims_path;  // empty: of this process alone
    bool ends_with_run{false};
    std::string run_id;
    std::stop_token stop;
    std::function<void()> at_each_step;  // of waiting
  };
  SharedLines(std::unique_ptr<LineReader> reader, Setup setup);

  /// What must come again, then what is new. Waits while the last line may yet grow, and for nothing else.
  [[nodiscard]] std::vector<RawTransaction> fetch(std::size_t limit) override;
  void settle(const RawTransaction& transaction) override { claims_.settle(transaction.delivery_tag); }
  void give_back(const RawTransaction& transaction) override { claims_.give_back(transaction.delivery_tag); }
  [[nodiscard]] std::optional<std::uint64_t> count() override;

 private:
  struct Taking {
    std::size_t limit;
    std::vector<RawTransaction> batch{};
    bool is_last_growing{false};
    bool has_suspect{false};  // as the last of the batch
  };

  void take(Taking& taking);
  [[nodiscard]] bool take_again(Claims::Turn& turn, Taking& taking);
  [[nodiscard]] bool take_new(Claims::Turn& turn, Taking& taking);
  void go_to_new(Claims::Turn& turn);
  [[nodiscard]] bool may_take(const LineReader::Line& line, Taking& taking) const;
  [[nodiscard]] bool has_come_to_rest() const;
  [[nodiscard]] bool wait_a_step() const;
  [[nodiscard]] std::uint64_t end_of_run();

  Setup setup_;
  std::unique_ptr<LineReader> reader_;  // in a turn; its descriptor at any time
  Claims claims_;
  LineCount line_count_;
  std::uint64_t end_;
};

}  // namespace ergon::inline v0::detail
