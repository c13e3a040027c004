#include "telemetry/export/network_thread.hpp"

#include <poll.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>

#include "base/diagnostic.hpp"
#include "base/sdk_thread.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::chrono::milliseconds kShortestPause{1};
constexpr std::chrono::milliseconds kLongestPause{16};
constexpr std::size_t kMostConnections = 64;  // that are looked at one by one

// Never destroyed; replaced in the child of a fork only, while it has one thread.
std::mutex* g_fork_gate = new std::mutex;

}  // namespace

/// The worker's way to one exporter.
class NetworkThread::Destination final : public Sink {
 public:
  Destination(NetworkThread& network, std::shared_ptr<OtlpExporter> exporter)
      : network_(network), exporter_(std::move(exporter)) {}

  void submit(ExportBatch batch) override {
    if (!network_.try_start()) return exporter_->refuse(batch);
    exporter_->enqueue(std::move(batch));
    curl_multi_wakeup(network_.multi_);
  }
  void stop() override { network_.stop(); }

 private:
  NetworkThread& network_;
  std::shared_ptr<OtlpExporter> exporter_;
};

std::mutex& NetworkThread::fork_gate() { return *g_fork_gate; }

// By small steps: a timed lock is a call that ThreadSanitizer does not know.
bool NetworkThread::close_fork_gate() {
  constexpr int kMostSteps = 2'000;
  constexpr timespec kStep{0, 500'000};
  for (int step = 0; step < kMostSteps; ++step) {
    if (g_fork_gate->try_lock()) return true;
    nanosleep(&kStep, nullptr);
  }
  return false;
}

void NetworkThread::renew_fork_gate_in_child() { g_fork_gate = new std::mutex; }

void initialise_curl() {
  [[maybe_unused]] static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
}

NetworkThread::NetworkThread(std::shared_ptr<ResultInbox> results) : results_(std::move(results)) {
  initialise_curl();
  multi_ = curl_multi_init();
  if (curl_multi_wakeup(multi_) == CURLM_OK)
    return;  // else no descriptor was left, and no poll could be ended
  curl_multi_cleanup(multi_);
  throw std::runtime_error("libcurl could not be set up");
}

NetworkThread::~NetworkThread() {
  stop();
  const std::lock_guard gate(fork_gate());
  exporters_.clear();
  curl_multi_cleanup(multi_);
}

std::shared_ptr<Sink> NetworkThread::add_destination(OtlpTarget target) {
  auto exporter = std::make_shared<OtlpExporter>(std::move(target), results_);
  exporters_.push_back(exporter);
  return std::make_shared<Destination>(*this, std::move(exporter));
}

void NetworkThread::share_memory_among(std::size_t destinations) {
  for (const auto& exporter : exporters_)
    exporter->set_own_part(g_budget.own_part(std::max<std::size_t>(destinations, 1)));
}

bool NetworkThread::try_start() try {
  std::call_once(started_, [this] { thread_ = base::start_sdk_thread("ergon-network", [this] { run(); }); });
  return true;
} catch (const std::system_error& error) {
  static constinit base::Diagnostic no_thread{"telemetry: the network thread cannot start, records are lost"};
  no_thread.report(error.what());
  return false;
}

void NetworkThread::stop() {
  is_stopping_.store(true, std::memory_order_release);
  std::call_once(started_, [] {});  // a thread that has not started never will
  if (thread_.joinable()) {
    curl_multi_wakeup(multi_);
    thread_.join();
  }
  const std::lock_guard gate(fork_gate());
  for (const auto& exporter : exporters_) exporter->abandon(multi_);
}

void NetworkThread::run() {
  suppress_telemetry_on_this_thread();
  while (!is_stopping_.load(std::memory_order_acquire)) {
    base::guard("telemetry: the network thread failed, records may be lost", [this] { work(); });
    wait();
  }
}

// libcurl asks to be told that it may write even while the window of the whole connection is closed (8.14:
// only that of the stream keeps it from asking), and its poll comes back at once, again and again, for as
// long as the server takes its time. So after one that told of something and moved nothing, only what comes
// in is waited for.
void NetworkThread::wait() {
  const std::uint64_t moved = bytes_moved();
  const bool was_in_vain = was_told_ && moved > 0 && moved == moved_;
  moved_ = moved;
  if (was_in_vain) return wait_for_input();
  pause_ = kShortestPause;
  int told = 0;
  curl_multi_poll(multi_, nullptr, 0, milliseconds_to_next_retry(), &told);
  was_told_ = told > 0;
}

// For a while that grows, as there may be something else to do: a new request, or room to write.
void NetworkThread::wait_for_input() {
  std::array<curl_waitfd, kMostConnections> watched{};
  unsigned count = 0;
  if (curl_multi_waitfds(multi_, watched.data(), watched.size(), &count) != CURLM_OK) count = 0;
  std::array<pollfd, kMostConnections> sockets{};
  for (unsigned i = 0; i < count; ++i) sockets[i] = {.fd = watched[i].fd, .events = POLLIN, .revents = 0};
  ::poll(sockets.data(), count, static_cast<int>(pause_.count()));
  pause_ = std::min(2 * pause_, kLongestPause);
}

std::uint64_t NetworkThread::bytes_moved() const {
  std::uint64_t moved = 0;
  for (const auto& exporter : exporters_) moved += exporter->bytes_moved();
  return moved;
}

// Until nothing more has ended: what is started here may fail at once, and poll would not tell. Requests are
// made outside of the gate, as writing JSON and compressing take their time.
void NetworkThread::work() {
  for (bool any_ended = true; any_ended;) {
    const Clock::time_point now = Clock::now();
    for (const auto& exporter : exporters_) exporter->prepare(now);
    const std::lock_guard gate(fork_gate());
    for (const auto& exporter : exporters_) exporter->start(multi_, now);
    int running = 0;
    curl_multi_perform(multi_, &running);
    any_ended = finish_ended();
  }
}

bool NetworkThread::finish_ended() {
  bool any = false;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* handle = message->easy_handle;
    const CURLcode result = message->data.result;
    for (const auto& exporter : exporters_) {
      if (exporter->finish(multi_, handle, result, Clock::now())) break;
    }
    any = true;
  }
  return any;
}

int NetworkThread::milliseconds_to_next_retry() const {
  constexpr std::chrono::milliseconds kMost{60'000};
  const Clock::time_point now = Clock::now();
  auto wait = std::chrono::nanoseconds(kMost);
  for (const auto& exporter : exporters_) {
    if (const auto next = exporter->next_retry())
      wait = std::min(wait, std::chrono::nanoseconds(*next - now));
  }
  const auto rounded =
      std::chrono::ceil<std::chrono::milliseconds>(std::max(wait, std::chrono::nanoseconds{0}));
  return static_cast<int>(rounded.count());
}

}  // namespace ergon::inline v0::telemetry
