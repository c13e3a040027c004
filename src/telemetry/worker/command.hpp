#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "telemetry/worker/books.hpp"
#include "telemetry/worker/export_batch.hpp"
#include "telemetry/worker/one_shot.hpp"

namespace ergon::inline v0::telemetry {

// All that other threads say to the worker. (Recording threads speak through their rings.)

/// Send everything recorded so far; answer when it is settled.
struct FlushCommand {
  bool collects_metrics{false};
  bool is_last{false};                // readers collect no more after it
  std::optional<Signal> simple_of{};  // only the `simple` pipelines of this signal
  std::shared_ptr<OneShot<bool>>
      done{};  // null: asked for by crashing threads, who watch the one that collects
};

/// Answer with the books as they stand.
struct BooksCommand {
  std::shared_ptr<OneShot<AllBooks>> answer;
};

/// Take what is left in the rings and in batches, count it as dropped, and end. Sinks have stopped before.
struct StopCommand {};

using Command = std::variant<ExportResult, FlushCommand, BooksCommand, StopCommand>;

}  // namespace ergon::inline v0::telemetry
