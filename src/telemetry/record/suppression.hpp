#pragma once

#include <utility>

#include "telemetry/record/thread_block.hpp"

namespace ergon::telemetry {

/// What this thread records from here on is ignored, until `resume_recording` gets the answer.
[[nodiscard]] inline ThreadBlock* suppress_recording() noexcept {
  t_thread.is_suppressed = true;
  return std::exchange(t_thread.block, nullptr);
}

inline void resume_recording(ThreadBlock* block) noexcept {
  t_thread.block = block;
  t_thread.is_suppressed = false;
}

/// What this thread records in the scope is ignored, as on a thread of the SDK's own: code of the program's
/// that is called for a span would be called again for the spans it starts.
class Suppression {
 public:
  Suppression() noexcept : block_(suppress_recording()) {}
  Suppression(const Suppression&) = delete;
  Suppression& operator=(const Suppression&) = delete;
  ~Suppression() { resume_recording(block_); }

 private:
  ThreadBlock* block_;
};

}  // namespace ergon::telemetry
