#include "telemetry/export/files_thread.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/diagnostic.hpp"
#include "base/event_descriptor.hpp"
#include "base/sdk_thread.hpp"
#include "telemetry/logging/line_record.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constinit base::Diagnostic g_not_written{
    "telemetry: a console or file could not be written, its records are lost"};

}  // namespace

/// The worker's way to one stream.
class FilesThread::Destination final : public Sink {
 public:
  Destination(FilesThread& files, std::size_t stream, const TextFormat* format)
      : files_(files), stream_(stream), format_(format) {}

  void submit(ExportBatch batch) override { files_.submit({stream_, format_, std::move(batch)}); }
  void stop() override { files_.stop(); }

 private:
  FilesThread& files_;
  std::size_t stream_;
  const TextFormat* format_;
};

TextFormat as_lines(std::shared_ptr<LineFormat> format) {
  return [format = std::move(format)](const ExportBatch& batch) {
    std::string out;
    for_each_line_record(batch.request(), [&](const LogView& log) { format->append(out, log); });
    return out;
  };
}

FilesThread::FilesThread(std::shared_ptr<ResultInbox> results)
    : results_(std::move(results)), wake_descriptor_(base::make_event_descriptor()) {}

FilesThread::~FilesThread() {
  stop();
  close(wake_descriptor_);
}

std::shared_ptr<Sink> FilesThread::add_stream(int descriptor, TextFormat format) {
  const auto same = std::ranges::find(streams_, descriptor, &Stream::descriptor);
  const auto index = static_cast<std::size_t>(same - streams_.begin());
  if (same == streams_.end()) streams_.emplace_back(descriptor);
  return std::make_shared<Destination>(*this, index, &formats_.emplace_back(std::move(format)));
}

std::shared_ptr<Sink> FilesThread::add_file(std::unique_ptr<LogFile> file,
                                            std::unique_ptr<LineFormat> format) {
  streams_.emplace_back(-1).file = {std::move(file), std::move(format), {}};
  return std::make_shared<Destination>(*this, streams_.size() - 1, nullptr);
}

std::shared_ptr<Sink> FilesThread::add_file(std::shared_ptr<LogFile> file, TextFormat format) {
  streams_.emplace_back(-1).file = {std::move(file), nullptr, std::move(format)};
  return std::make_shared<Destination>(*this, streams_.size() - 1, nullptr);
}

bool FilesThread::try_start() try {
  std::call_once(started_, [this] { thread_ = base::start_sdk_thread("ergon-files", [this] { run(); }); });
  return true;
} catch (const std::system_error& error) {
  g_not_written.report(error.what());
  return false;
}

void FilesThread::submit(Job job) {
  if (!try_start()) return finish(job.batch, false, DropReason::non_retryable);
  {
    const std::lock_guard guard(mutex_);
    if (!is_closed_) {
      jobs_.push_back(std::move(job));
      wake();
      return;
    }
  }
  finish(job.batch, false, DropReason::shutdown);
}

void FilesThread::wake() { base::ring_event(wake_descriptor_); }

void FilesThread::stop() {
  {
    const std::lock_guard guard(mutex_);
    is_closed_ = true;
  }
  std::call_once(started_, [] {});
  is_stopping_.store(true, std::memory_order_release);
  wake();
  if (thread_.joinable()) thread_.join();
}

void FilesThread::run() {
  suppress_telemetry_on_this_thread();
  while (!is_stopping_.load(std::memory_order_acquire)) {
    base::guard("telemetry: the files thread failed, records may be lost", [this] {
      take_jobs();
      for (Stream& stream : streams_) advance(stream);
      wait_for_room();
    });
  }
  take_jobs();
  for (Stream& stream : streams_) {
    advance(stream);
    for (const auto& [batch, format] : stream.batches) finish(batch, false, DropReason::shutdown);
    stream.batches.clear();
  }
}

void FilesThread::take_jobs() {
  const std::lock_guard guard(mutex_);
  for (Job& job : jobs_) streams_[job.stream].batches.emplace_back(std::move(job.batch), job.format);
  jobs_.clear();
}

void FilesThread::wait_for_room() {
  std::vector<pollfd> waiting{{wake_descriptor_, POLLIN, 0}};
  for (const Stream& stream : streams_) {
    if (stream.output) waiting.push_back({stream.output->descriptor(), POLLOUT, 0});
  }
  if (poll(waiting.data(), waiting.size(), -1) > 0) base::take_events(wake_descriptor_);
}

// A file takes all that it is given, or loses it.
void FilesThread::write_file(Stream& stream) {
  for (; !stream.batches.empty(); stream.batches.pop_front()) {
    const ExportBatch& batch = stream.batches.front().first;
    LogFile::Written result;
    base::guard("telemetry: lines could not be made or written", [&] {
      const File& file = stream.file;
      if (file.format) return file.lines->write(batch.request(), *file.format, result);
      file.lines->write_line(file.batch_format(batch), batch.count, result);
    });
    const std::uint64_t written = std::min(result.written, batch.count);
    finish(batch, written, batch.count - written, DropReason::non_retryable);
  }
}

void FilesThread::advance(Stream& stream) {
  if (stream.file.lines) return write_file(stream);
  while (!stream.batches.empty()) {
    const ExportBatch& batch = stream.batches.front().first;
    if (!stream.output && try_format(stream)) stream.output.emplace(stream.descriptor);
    if (!stream.output) {
      finish(batch, false, DropReason::non_retryable);
    } else if (!write_some(stream)) {
      return;
    }
    stream.batches.pop_front();
    stream.written = 0;
    stream.output.reset();
  }
}

bool FilesThread::try_format(Stream& stream) {
  const auto& [batch, format] = stream.batches.front();
  bool is_formatted = false;
  base::guard("telemetry: records could not be formatted", [&] {
    // The analyzer takes the deque for empty, which `advance` has seen it is not.
    stream.text = (*format)(batch);  // NOLINT(clang-analyzer-core.NullDereference)
    is_formatted = true;
  });
  return is_formatted;
}

// Writes until the text is done (true), or the stream takes no more (false).
bool FilesThread::write_some(Stream& stream) {
  const ExportBatch& batch = stream.batches.front().first;
  while (stream.written < stream.text.size()) {
    const ssize_t done = stream.output->write_some(std::string_view(stream.text).substr(stream.written));
    if (done == 0) return false;
    if (done < 0) {
      g_not_written.report(std::strerror(errno));
      finish(batch, false, DropReason::non_retryable);
      return true;
    }
    stream.written += static_cast<std::size_t>(done);
  }
  finish(batch, true, {});
  return true;
}

void FilesThread::finish(const ExportBatch& batch, bool was_written, DropReason reason) {
  was_written ? finish(batch, batch.count, 0, reason) : finish(batch, 0, batch.count, reason);
}

void FilesThread::finish(const ExportBatch& batch, std::uint64_t written, std::uint64_t lost,
                         DropReason reason) {
  ExportResult result;
  result.batch_id = batch.id;
  result.pipeline = batch.pipeline;
  result.delivered = written;
  result.dropped = lost;
  result.reason = reason;
  results_->post(result);
}

}  // namespace ergon::inline v0::telemetry
