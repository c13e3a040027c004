#include <ergon/telemetry/counted.hpp>

#include <atomic>

namespace ergon::inline v0::detail {

void Counted::retain() noexcept {
  const std::atomic_ref count(holders);
  if (count.load(std::memory_order_relaxed) != kForEver)
    count.fetch_add(1, std::memory_order_relaxed);  // who copies a holder has one
}

void Counted::release() noexcept {
  const std::atomic_ref count(holders);
  if (count.load(std::memory_order_relaxed) == kForEver) return;
  // Each holder's reads come before the last one's destruction.
  if (count.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(this);
}

void Counted::keep_for_ever() noexcept {
  std::atomic_ref(holders).store(kForEver, std::memory_order_relaxed);
}

}  // namespace ergon::inline v0::detail
