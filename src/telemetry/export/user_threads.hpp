#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "telemetry/export/user_code.hpp"
#include "telemetry/worker/export_batch.hpp"
#include "telemetry/worker/one_shot.hpp"

namespace ergon::inline v0::telemetry {

/// One thread for code of the program's own, which starts with the first batch. A call that does not return
/// in time is left alone with its thread: batches are answered for without it.
class UserThread final : public Sink {
 public:
  UserThread(std::string name, std::unique_ptr<UserCode> code, std::shared_ptr<ResultInbox> results);
  UserThread(const UserThread&) = delete;
  UserThread& operator=(const UserThread&) = delete;
  ~UserThread() override;

  void submit(ExportBatch batch) override;
  /// `begin_stop` and `end_stop` at once, without patience.
  void stop() override;

  /// Asks the code to flush, after what was submitted before; answers what it says. Any thread.
  [[nodiscard]] std::shared_ptr<OneShot<bool>> force_flush(Deadline deadline);
  /// Answers what waits with dropped (`shutdown`), and asks the code to flush and shut down. One thread.
  void begin_stop(Deadline deadline);
  /// Whether that was done in time, and the code says so, too.
  bool end_stop(Deadline deadline);

 private:
  struct State;

  [[nodiscard]] bool try_start();
  static void run(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  // shared with the thread, which may outlive this
  std::once_flag started_;
  std::thread thread_;
};

/// Those of a session. They are flushed and stopped side by side, so that a stuck one costs the others
/// nothing.
class UserThreads {
 public:
  explicit UserThreads(std::shared_ptr<ResultInbox> results) : results_(std::move(results)) {}

  [[nodiscard]] std::shared_ptr<Sink> add(std::string name, std::unique_ptr<UserCode> code);
  [[nodiscard]] bool is_empty() const { return threads_.empty(); }

  /// Whether all say that they have sent everything. Any thread.
  bool force_flush(Deadline deadline);
  /// The same, for the last time; one thread.
  bool stop(Deadline deadline);

 private:
  std::shared_ptr<ResultInbox> results_;
  std::vector<std::shared_ptr<UserThread>> threads_;  // constant once the session runs
};

}  // namespace ergon::inline v0::telemetry
