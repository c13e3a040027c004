#pragma once

#include <utility>

#include "telemetry/record/thread_block.hpp"

namespace ergon::telemetry {

/// What this thread records in the scope is ignored, as on a thread of the SDK's own: code of the program's
/// that is called for a span would be called again for the spans it starts.
class Suppression {
 public:
  Suppression() noexcept : block_(std::exchange(t_thread.block, nullptr)) { t_thread.is_suppressed = true; }
  Suppression(const Suppression&) = delete;
  Suppression& operator=(const Suppression&) = delete;
  ~Suppression() {
    t_thread.block = block_;
    t_thread.is_suppressed = false;
  }

 private:
  ThreadBlock* block_;
};

}  // namespace ergon::telemetry
