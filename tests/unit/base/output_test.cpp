#include "base/output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace ergon::base {
namespace {

// Two ends, closed with it: [0] reads, [1] writes.
struct Ends {
  std::array<int, 2> descriptors{-1, -1};

  Ends() = default;
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  ~Ends() {
    close_reader();
    close(descriptors[1]);
  }
  void close_reader() {
    if (descriptors[0] >= 0) close(descriptors[0]);
    descriptors[0] = -1;
  }
};

// Writes lines until the stream takes no more; answers how much it took.
std::size_t fill(const Output& output) {
  const std::string line(99, 'x');
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += line + "\n";
  std::size_t taken = 0;
  for (ssize_t done = 1; done > 0 && taken < 10'000'000; taken += static_cast<std::size_t>(done)) {
    done = output.write_some(text);
    EXPECT_GE(done, 0);
    if (done < 0) break;
  }
  return taken;
}

TEST(Output, DoesNotWaitForAPipeThatNobodyReads) {
  Ends pipe;
  ASSERT_EQ(pipe2(pipe.descriptors.data(), O_CLOEXEC), 0);
  const Output output(pipe.descriptors[1]);
  EXPECT_EQ(fill(output) % 100, 0U) << "a line was torn";
  EXPECT_EQ(fcntl(pipe.descriptors[1], F_GETFL) & O_NONBLOCK, 0) << "the program's own is as it was";
}

TEST(Output, DoesNotWaitForATerminalThatNobodyReads) {
  Ends terminal;
  ASSERT_EQ(openpty(&terminal.descriptors[0], &terminal.descriptors[1], nullptr, nullptr, nullptr), 0);
  const Output output(terminal.descriptors[1]);
  EXPECT_GT(fill(output), 0U);
}

TEST(Output, DoesNotWaitForASocketThatNobodyReads) {
  Ends sockets;
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.descriptors.data()), 0);
  const Output output(sockets.descriptors[1]);
  EXPECT_GT(fill(output), 0U);
}

TEST(Output, AnswersThatAPipeIsClosedWithoutASignal) {
  Ends pipe;
  ASSERT_EQ(pipe2(pipe.descriptors.data(), O_CLOEXEC), 0);
  const Output output(pipe.descriptors[1]);
  pipe.close_reader();
  EXPECT_EQ(output.write_some("x\n"), -1);  // SIGPIPE would end the test
  EXPECT_EQ(errno, EPIPE);
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST(Output, AppendsToAFileWhereTheProgramIs) {
  char name[] = "/tmp/ergon_output_XXXXXX";
  const int file = mkstemp(name);
  ASSERT_GE(file, 0);
  unlink(name);
  ASSERT_EQ(write(file, "one\n", 4), 4);
  EXPECT_EQ(Output(file).write_some("two\n"), 4);
  EXPECT_EQ(lseek(file, 0, SEEK_CUR), 8);
  close(file);
}

TEST(Output, AnswersThatThereIsNoStream) { EXPECT_EQ(Output(-1).write_some("x"), -1); }

}  // namespace
}  // namespace ergon::base
