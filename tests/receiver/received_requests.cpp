#include "receiver/received_requests.hpp"

#include <utility>

namespace ergon::receiver {

std::uint64_t& Counts::of(Signal signal) {
  switch (signal) {
    case Signal::traces:
      return spans;
    case Signal::logs:
      return logs;
    case Signal::metrics:
      break;
  }
  return metric_points;
}

bool Counts::covers(const Counts& wanted) const {
  return spans >= wanted.spans && logs >= wanted.logs && metric_points >= wanted.metric_points &&
         requests >= wanted.requests;
}

void ReceivedRequests::add(RequestNote note, std::string bytes) {
  {
    const std::lock_guard lock(mutex_);
    ++counts_.requests;
    counts_.of(note.signal) += note.accepted;
    if (!is_sink_) {
      if (note.accepted > 0) {
        accepted_.push_back(std::make_shared<const AcceptedRequest>(
            AcceptedRequest{note.signal, note.accepted, std::move(bytes)}));
      }
      notes_.push_back(std::move(note));
    }
  }
  added_.notify_all();
}

Counts ReceivedRequests::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::vector<RequestNote> ReceivedRequests::notes() const {
  const std::lock_guard lock(mutex_);
  return notes_;
}

std::vector<std::shared_ptr<const AcceptedRequest>> ReceivedRequests::accepted() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

bool ReceivedRequests::wait_for(const Counts& wanted, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return added_.wait_for(lock, timeout, [&] { return counts_.covers(wanted); });
}

void ReceivedRequests::clear() {
  const std::lock_guard lock(mutex_);
  counts_ = {};
  notes_.clear();
  accepted_.clear();
}

}  // namespace ergon::receiver
