#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/output.hpp"
#include "telemetry/logging/handlers/log_file.hpp"
#include "telemetry/logging/line_format.hpp"
#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

/// Turns a batch into the text that a stream shows of it. Called on the files thread.
using TextFormat = std::function<std::string(const ExportBatch& batch)>;

/// The text of line records.
[[nodiscard]] TextFormat as_lines(std::shared_ptr<LineFormat> format);

/// The thread that writes text to descriptors and log files. It never blocks on a descriptor: what a pipe
/// does not take now is kept while the others go on. Starts with its first batch.
class FilesThread {
 public:
  /// Throws std::system_error where the process has no descriptor left.
  explicit FilesThread(std::shared_ptr<ResultInbox> results);
  FilesThread(const FilesThread&) = delete;
  FilesThread& operator=(const FilesThread&) = delete;
  ~FilesThread();

  /// A destination on this descriptor, which stays the caller's. Streams on one descriptor share its order.
  [[nodiscard]] std::shared_ptr<Sink> add_stream(int descriptor, TextFormat format);
  /// A destination that is a file of log lines.
  [[nodiscard]] std::shared_ptr<Sink> add_file(std::unique_ptr<LogFile> file,
                                               std::unique_ptr<LineFormat> format);
  /// One that is a file of a line for each batch. Several may share a file.
  [[nodiscard]] std::shared_ptr<Sink> add_file(std::shared_ptr<LogFile> file, TextFormat format);

  /// Writes what is possible without waiting, answers the rest with dropped (`shutdown`), ends the thread.
  void stop();

 private:
  class Destination;
  struct File {
    std::shared_ptr<LogFile> lines;
    std::unique_ptr<LineFormat> format;  // of log lines
    TextFormat batch_format;             // of a line for each batch
  };
  struct Stream {
    int descriptor;  // -1: a file
    File file{};
    // The first is the one whose text is being written, by `output`.
    std::deque<std::pair<ExportBatch, const TextFormat*>> batches{};
    std::string text{};
    std::size_t written{0};
    std::optional<base::Output> output{};
  };
  struct Job {
    std::size_t stream;
    const TextFormat* format;  // of a stream
    ExportBatch batch;
  };

  [[nodiscard]] bool try_start();
  void submit(Job job);
  void wake();
  void run();
  void take_jobs();
  void wait_for_room();
  void advance(Stream& stream);
  void write_file(Stream& stream);
  [[nodiscard]] bool try_format(Stream& stream);
  bool write_some(Stream& stream);
  void finish(const ExportBatch& batch, bool was_written, DropReason reason);
  void finish(const ExportBatch& batch, std::uint64_t written, std::uint64_t lost, DropReason reason);

  const std::shared_ptr<ResultInbox> results_;
  int wake_descriptor_;
  std::deque<Stream> streams_;      // the thread's once it runs
  std::deque<TextFormat> formats_;  // the streams', as long
  std::mutex mutex_;
  std::vector<Job> jobs_;                 // guarded by mutex_
  bool is_closed_{false};                 // guarded by mutex_
  std::atomic<bool> is_stopping_{false};  // stop writes, the thread reads
  std::once_flag started_;
  std::thread thread_;
};

}  // namespace ergon::inline v0::telemetry
