#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include <ergon/connectors/jsonl.hpp>

#include "connectors/jsonl/line_reader.hpp"
#include "connectors/jsonl/line_source.hpp"

namespace ergon::inline v0::detail {

/// The lines of a pipe, terminal or device, for one process: what it has not settled when it ends is gone.
/// Any thread.
class PipeLines : public LineSource {
 public:
  /// `beat` is called by whoever waits until others have read.
  PipeLines(std::unique_ptr<LineReader> reader, std::string path, JsonlFormat format,
            std::function<void()> beat);

  /// Waits for the first line, not for the others.
  [[nodiscard]] std::vector<RawTransaction> fetch(std::size_t limit) override;
  void settle(const RawTransaction& /*transaction*/) override {}
  void give_back(const RawTransaction& transaction) override;
  [[nodiscard]] std::optional<std::uint64_t> count() override { return std::nullopt; }

 private:
  [[nodiscard]] std::vector<RawTransaction> take_again(std::size_t limit);

  std::string path_;
  JsonlFormat format_;
  std::function<void()> beat_;
  std::timed_mutex reader_mutex_;
  std::unique_ptr<LineReader> reader_;  // under its mutex
  std::mutex again_mutex_;              // another, as the first is held while a line is waited for
  std::deque<RawTransaction> again_;    // under its mutex
};

}  // namespace ergon::inline v0::detail
