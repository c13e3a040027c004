#include "telemetry/export/files_thread.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "unit/support_engine/sinks.hpp"

namespace ergon::telemetry::test {
namespace {

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reader();
    close(ends_[1]);
  }

  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0) close(ends_[0]);
    ends_[0] = -1;
  }
  [[nodiscard]] std::string read_exactly(std::size_t size) const {
    std::string text(size, '\0');
    std::size_t done = 0;
    while (done < size) {
      const ssize_t count = read(ends_[0], text.data() + done, size - done);
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    text.resize(done);
    return text;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::string as_it_is(const ExportBatch& batch) { return std::string(batch.request()); }

ExportBatch batch_of(std::uint64_t id, const std::string& text) {
  ExportBatch batch;
  batch.id = id;
  batch.count = id * 10;
  batch.payload = std::string(kPayloadOffset, '\0') + text;
  return batch;
}

const std::string& more_than_a_pipe_holds() {
  static const std::string kText = [] {
    std::string text;
    while (text.size() < 300'000) text += std::to_string(text.size()) + "\n";
    return text;
  }();
  return kText;
}

TEST(FilesThread, WritesBatchesInOrder) {
  const auto inbox = std::make_shared<KeepingInbox>();
  Pipe pipe;
  FilesThread files(inbox);
  const auto sink = files.add_stream(pipe.writer(), &as_it_is);
  std::string expected;
  for (std::uint64_t id = 1; id <= 20; ++id) {
    const std::string text = "batch " + std::to_string(id) + "\n";
    sink->submit(batch_of(id, text));
    expected += text;
  }
  EXPECT_EQ(pipe.read_exactly(expected.size()), expected);
  const auto results = inbox->wait_for(20);
  for (std::uint64_t id = 1; id <= 20; ++id) {
    EXPECT_EQ(results[id - 1].batch_id, id);
    EXPECT_EQ(results[id - 1].delivered, id * 10);
    EXPECT_EQ(results[id - 1].dropped + results[id - 1].rejected, 0U);
  }
}

TEST(FilesThread, LetsABlockedPipeStopNoOtherStream) {
  const auto inbox = std::make_shared<KeepingInbox>();
  Pipe blocked;
  Pipe flowing;
  FilesThread files(inbox);
  const auto stuck = files.add_stream(blocked.writer(), &as_it_is);
  const auto free = files.add_stream(flowing.writer(), &as_it_is);
  stuck->submit(batch_of(1, more_than_a_pipe_holds()));
  for (std::uint64_t id = 2; id <= 6; ++id) {
    free->submit(batch_of(id, "goes on\n"));
    EXPECT_EQ(flowing.read_exactly(8), "goes on\n");
    EXPECT_EQ(inbox->wait_for(id - 1).back().batch_id, id);
  }
  EXPECT_EQ(inbox->count(), 5U) << "the blocked batch is not done";
  EXPECT_EQ(blocked.read_exactly(more_than_a_pipe_holds().size()), more_than_a_pipe_holds());
  EXPECT_EQ(inbox->wait_for(6).back().batch_id, 1U);
}

TEST(FilesThread, CountsWhatAClosedPipeDidNotTake) {
  const auto inbox = std::make_shared<KeepingInbox>();
  Pipe pipe;
  Pipe other;
  FilesThread files(inbox);
  const auto sink = files.add_stream(pipe.writer(), &as_it_is);
  const auto healthy = files.add_stream(other.writer(), &as_it_is);
  pipe.close_reader();
  testing::internal::CaptureStderr();
  sink->submit(batch_of(1, "nobody reads\n"));
  sink->submit(batch_of(2, "nor this\n"));
  const auto results = inbox->wait_for(2);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("could not be written"), std::string::npos);
  for (const ExportResult& result : results) {
    EXPECT_EQ(result.dropped, result.batch_id * 10);
    EXPECT_EQ(result.reason, DropReason::non_retryable);
  }
  healthy->submit(batch_of(3, "x"));
  EXPECT_EQ(inbox->wait_for(3).back().delivered, 30U);
}

TEST(FilesThread, CountsWhatACloseInTheMiddleCutOff) {
  const auto inbox = std::make_shared<KeepingInbox>();
  Pipe pipe;
  FilesThread files(inbox);
  const auto sink = files.add_stream(pipe.writer(), &as_it_is);
  sink->submit(batch_of(1, more_than_a_pipe_holds()));
  EXPECT_EQ(pipe.read_exactly(70'000).size(), 70'000U);
  pipe.close_reader();
  EXPECT_EQ(inbox->wait_for(1).back().dropped, 10U);
}

TEST(FilesThread, WritesRegularFiles) {
  const auto inbox = std::make_shared<KeepingInbox>();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  ASSERT_NE(file, nullptr);
  {
    FilesThread files(inbox);
    const auto sink = files.add_stream(fileno(file.get()), &as_it_is);
    sink->submit(batch_of(1, more_than_a_pipe_holds()));
    EXPECT_EQ(inbox->wait_for(1).back().delivered, 10U);
  }
  EXPECT_EQ(std::fseek(file.get(), 0, SEEK_END), 0);
  EXPECT_EQ(static_cast<std::size_t>(std::ftell(file.get())), more_than_a_pipe_holds().size());
}

TEST(FilesThread, SharesTheOrderOfStreamsOnOneDescriptor) {
  const auto inbox = std::make_shared<KeepingInbox>();
  Pipe pipe;
  FilesThread files(inbox);
  const auto logs = files.add_stream(pipe.writer(), &as_it_is);
  const auto spans =
      files.add_stream(pipe.writer(), [](const ExportBatch& batch) { return "[" + as_it_is(batch) + "]"; });
  for (std::uint64_t id = 1; id <= 4; ++id)
    (id % 2 == 0 ? spans : logs)->submit(batch_of(id, std::to_string(id)));
  EXPECT_EQ(pipe.read_exactly(8), "1[2]3[4]");
}

TEST(FilesThread, AnswersForEverythingWhenItStops) {
  const auto inbox = std::make_shared<KeepingInbox>();
  Pipe blocked;
  FilesThread files(inbox);
  const auto sink = files.add_stream(blocked.writer(), &as_it_is);
  for (std::uint64_t id = 1; id <= 3; ++id) sink->submit(batch_of(id, more_than_a_pipe_holds()));
  sink->stop();
  sink->submit(batch_of(4, "too late"));
  const auto results = inbox->wait_for(4);
  ASSERT_EQ(results.size(), 4U);
  for (const ExportResult& result : results) {
    EXPECT_EQ(result.dropped, result.batch_id * 10);
    EXPECT_EQ(result.reason, DropReason::shutdown);
  }
  sink->stop();
}

TEST(FilesThread, NeedsNoThreadForNothing) {
  const auto inbox = std::make_shared<KeepingInbox>();
  Pipe pipe;
  FilesThread files(inbox);
  const auto sink = files.add_stream(pipe.writer(), &as_it_is);
  sink->stop();
  sink->submit(batch_of(1, "too late"));
  EXPECT_EQ(inbox->wait_for(1).back().reason, DropReason::shutdown);
}

}  // namespace
}  // namespace ergon::telemetry::test
