#include <utility>

#include <ergon/telemetry/log_codec.hpp>

#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::detail {

using telemetry::t_thread;

RecordingPause::RecordingPause() noexcept
    : block_(std::exchange(t_thread.block, nullptr)),
      metrics_generation_(std::exchange(t_thread.metrics_generation, 0)) {
  ++t_thread.pauses;
}

RecordingPause::~RecordingPause() {
  --t_thread.pauses;
  t_thread.block = static_cast<telemetry::ThreadBlock*>(block_);
  t_thread.metrics_generation = metrics_generation_;
}

}  // namespace ergon::inline v0::detail
