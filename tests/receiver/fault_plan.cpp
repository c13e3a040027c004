#include "receiver/fault_plan.hpp"

#include <algorithm>
#include <utility>

namespace ergon::receiver {
namespace {

template <class Order>
std::optional<Order> take(std::deque<Order>& orders, Signal signal) {
  const auto found = std::ranges::find_if(
      orders, [&](const Order& order) { return !order.signal || *order.signal == signal; });
  if (found == orders.end()) return std::nullopt;
  Order order = *found;
  if (--found->times <= 0) orders.erase(found);
  return order;
}

}  // namespace

void FaultPlan::add(Failure order) {
  const std::lock_guard lock(mutex_);
  failures_.push_back(std::move(order));
}

void FaultPlan::add(PartialSuccess order) {
  const std::lock_guard lock(mutex_);
  partials_.push_back(std::move(order));
}

void FaultPlan::add(Delay order) {
  const std::lock_guard lock(mutex_);
  delays_.push_back(order);
}

Faults FaultPlan::next(Signal signal) {
  const std::lock_guard lock(mutex_);
  Faults faults;
  faults.failure = take(failures_, signal);
  if (!faults.failure) faults.partial = take(partials_, signal);
  if (const auto delay = take(delays_, signal)) faults.delay = delay->duration;
  return faults;
}

void FaultPlan::clear() {
  const std::lock_guard lock(mutex_);
  failures_.clear();
  partials_.clear();
  delays_.clear();
}

}  // namespace ergon::receiver
