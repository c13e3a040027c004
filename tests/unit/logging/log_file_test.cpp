#include "telemetry/logging/handlers/log_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "telemetry/logging/handlers/size_rotation.hpp"
#include "unit/logging/log_file_stage.hpp"

namespace ergon::telemetry::test {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<Rotation> large() { return std::make_unique<SizeRotation>(RotatingFileHandler{}); }

unsigned mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return status.st_mode & 0777U;
}

// No file takes more than so many bytes, for a scope.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &ignore, &action_);
    getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit narrow{bytes, limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &narrow);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    sigaction(SIGXFSZ, &action_, nullptr);
  }

 private:
  struct sigaction action_{};
  rlimit limit_{};
};

TEST(LogFile, AppendsToWhatIsThere) {
  LogFileStage stage;
  std::ofstream(stage.path()) << "before\n";
  LogFile file = stage.file();
  EXPECT_EQ(stage.write(file, "one").written, 1U);
  EXPECT_EQ(stage.write(file, "two").lost, 0U);
  EXPECT_EQ(stage.text(), "before\none\ntwo\n");
}

TEST(LogFile, TruncatesOnceIfItIsTo) {
  LogFileStage stage;
  std::ofstream(stage.path()) << "before\n";
  LogFile file = stage.file(nullptr, {.path = stage.path(), .truncates = true});
  stage.write(file, "one");
  fs::rename(stage.path(), stage.path("moved"));
  std::ofstream(stage.path()) << "of another\n";
  stage.write(file, "two");
  EXPECT_EQ(stage.text("moved"), "one\n");
  EXPECT_EQ(stage.text(), "of another\ntwo\n");
}

TEST(LogFile, MakesFoldersAndKeepsOthersOut) {
  LogFileStage stage;
  const mode_t mask = umask(0);
  LogFile file = stage.file(nullptr, {.path = stage.path("a/b/app.log")});
  stage.write(file, "one");
  LogFile open = stage.file(nullptr, {.path = stage.path("open.log"), .permissions = 0664});
  stage.write(open, "one");
  umask(mask);
  EXPECT_EQ(stage.text("a/b/app.log"), "one\n");
  EXPECT_EQ(mode_of(stage.path("a/b/app.log")), 0640U);
  EXPECT_EQ(mode_of(stage.path("open.log")), 0664U);
}

TEST(LogFile, GoesOnInANewFileAfterLogrotate) {
  LogFileStage stage;
  LogFile file = stage.file();
  stage.write(file, "one");
  fs::rename(stage.path(), stage.path("app.log.1"));
  stage.write(file, "two");
  EXPECT_EQ(stage.text("app.log.1"), "one\n");
  EXPECT_EQ(stage.text(), "two\n");
}

TEST(LogFile, ComesBackAfterItsFolderWasRemoved) {
  LogFileStage stage;
  LogFile file = stage.file(nullptr, {.path = stage.path("logs/app.log")});
  stage.write(file, "one");
  fs::remove_all(stage.path("logs"));
  EXPECT_EQ(stage.write(file, "two").written, 1U);
  EXPECT_EQ(stage.text("logs/app.log"), "two\n");
}

TEST(LogFile, CountsWhatItCantWriteAndHeals) {
  LogFileStage stage;
  std::ofstream(stage.path("logs")) << "a file where a folder should be";
  LogFile file = stage.file(nullptr, {.path = stage.path("logs/app.log")});
  testing::internal::CaptureStderr();
  EXPECT_EQ(stage.write(file, {{.message = "one"}, {.message = "two"}}).lost, 2U);
  const std::string complaint = testing::internal::GetCapturedStderr();
  EXPECT_NE(complaint.find("logs/app.log: Not a directory"), std::string::npos) << complaint;
  fs::remove(stage.path("logs"));
  EXPECT_EQ(stage.write(file, "three").written, 1U);
  EXPECT_EQ(stage.text("logs/app.log"), "three\n");
}

// What a full disk does, too: a write ends early, the next one fails.
TEST(LogFile, LeavesNoTornLineOnAFullDisk) {
  LogFileStage stage;
  LogFile file = stage.file();
  std::optional<FullDisk> full(std::in_place, 20);
  const auto written =
      stage.write(file, {{.message = "1234567"}, {.message = "2345678"}, {.message = "3456789"}});
  const auto again = stage.write(file, "4567890");
  full.reset();
  EXPECT_EQ(written.written, 2U);
  EXPECT_EQ(written.lost, 1U);
  EXPECT_EQ(again.lost, 1U);
  EXPECT_EQ(stage.write(file, "5678901").written, 1U);
  EXPECT_EQ(stage.text(), "1234567\n2345678\n5678901\n");
}

// Two processes may write to one file that does not rotate.
TEST(LogFile, TakesNothingBackOfWhatOthersWrote) {
  LogFileStage stage;
  LogFile file = stage.file();
  LogFile other = stage.file();
  stage.write(file, "1234567");
  stage.write(other, "2345678");
  {
    const FullDisk full(20);
    EXPECT_EQ(stage.write(file, "3456789").lost, 1U);
  }
  stage.write(other, "4567890");
  EXPECT_EQ(stage.text(), "1234567\n2345678\n4567890\n");
}

TEST(LogFile, OfASecondWriterRotatesByItself) {
  LogFileStage stage;
  LogFile first = stage.file(large());
  stage.write(first, "one");
  testing::internal::CaptureStderr();
  LogFile second = stage.file(large());
  stage.write(second, "two");
  stage.write(first, "three");
  EXPECT_NE(testing::internal::GetCapturedStderr().find("another process writes to the same"),
            std::string::npos);
  EXPECT_EQ(stage.text(), "one\nthree\n");
  EXPECT_EQ(stage.text("app.log." + std::to_string(getpid())), "two\n");
}

TEST(LogFile, IsFreeForTheNextProcess) {
  LogFileStage stage;
  {
    LogFile first = stage.file(large());
    stage.write(first, "one");
  }
  LogFile second = stage.file(large());
  stage.write(second, "two");
  EXPECT_EQ(stage.text(), "one\ntwo\n");
}

TEST(LogFile, WritesMoreThanItHoldsAtOnce) {
  LogFileStage stage;
  LogFile file = stage.file();
  std::vector<TestLog> logs(40, TestLog{.message = std::string(20'000, 'x')});
  EXPECT_EQ(stage.write(file, logs).written, 40U);
  EXPECT_EQ(fs::file_size(stage.path()), 40U * 20'001U);
}

TEST(LogFileName, HasFieldsFilledIn) {
  EXPECT_EQ(fill_in("logs/{task}-{pid}.log", "Orders/a"),
            "logs/Orders_a-" + std::to_string(getpid()) + ".log");
  EXPECT_EQ(fill_in("{timestamp}", "").size(), std::string("20260314T092653").size());
  EXPECT_EQ(fill_in("{task}", "{task}{pid}"), "{task}{pid}") << "what is filled in is not looked at again";
}

TEST(LogFileName, HasNoOtherFields) {
  EXPECT_TRUE(is_filename("logs/{task}-{pid}-{timestamp}.log"));
  for (const char* wrong : {"", "logs/", "{host}.log", "{pid", "{{pid}}"})
    EXPECT_FALSE(is_filename(wrong)) << wrong;
}

// A lock is held for as long as any process has a copy of the descriptor.
TEST(LogFile, IsNotLockedByTheParentsChild) {
  LogFileStage stage;
  std::array<int, 2> held{};
  std::array<int, 2> forked{};
  ASSERT_EQ(pipe(held.data()), 0);
  ASSERT_EQ(pipe(forked.data()), 0);
  pid_t child = -1;
  {
    LogFile file = stage.file(large());
    stage.write(file, "one");
    child = ::fork();
    if (child == 0) {
      ::close(held[1]);
      ::close(forked[1]);
      char none = 0;
      ::_exit(static_cast<int>(::read(held[0], &none, 1)));
    }
  }
  ::close(forked[1]);
  char none = 0;
  ASSERT_EQ(::read(forked[0], &none, 1), 0);  // the child is there
  LogFile file = stage.file(large());
  stage.write(file, "two");
  EXPECT_EQ(stage.names(), (std::vector<std::string>{"app.log"}));
  EXPECT_EQ(stage.text(), "one\ntwo\n");
  for (const int one : {held[0], held[1], forked[0]}) ::close(one);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

}  // namespace
}  // namespace ergon::telemetry::test
