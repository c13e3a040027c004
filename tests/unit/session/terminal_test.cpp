#include "telemetry/session/terminal.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>

#include <ergon/telemetry.hpp>

#include "unit/session/environment.hpp"
#include "unit/support_engine/fresh_process.hpp"

namespace ergon::telemetry {
namespace {

using ergon::test::Variable;

// A terminal, and the side of it that a person would sit at.
class Terminal {
 public:
  Terminal() : screen_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    EXPECT_EQ(grantpt(screen_), 0);
    EXPECT_EQ(unlockpt(screen_), 0);
    program_ = open(ptsname(screen_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    EXPECT_GE(program_, 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    close(program_);
    close(screen_);
  }

  [[nodiscard]] int descriptor() const { return program_; }

  // What has been written to it by now.
  [[nodiscard]] std::string shown() const {
    std::string text;
    char piece[4096];
    for (pollfd ready{screen_, POLLIN, 0}; poll(&ready, 1, 0) > 0;) {
      const ssize_t count = read(screen_, piece, sizeof piece);
      if (count <= 0) break;
      text.append(piece, static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  int screen_;
  int program_{-1};
};

TEST(Terminal, ShowsColoursWhereItHasThem) {
  const Terminal terminal;
  const Variable kind("TERM", "xterm-256color");
  EXPECT_TRUE(shows_colours(terminal.descriptor()));
}

TEST(Terminal, ShowsNoneWhereTheUserWantsNone) {
  const Terminal terminal;
  const Variable kind("TERM", "xterm-256color");
  {
    const Variable no_colour("NO_COLOR", "1");
    EXPECT_FALSE(shows_colours(terminal.descriptor()));
  }
  const Variable empty("NO_COLOR", "");  // counts as unset
  EXPECT_TRUE(shows_colours(terminal.descriptor()));
}

TEST(Terminal, ShowsNoneWhereItHasNone) {
  const Terminal terminal;
  unsetenv("TERM");
  EXPECT_FALSE(shows_colours(terminal.descriptor()));
  const Variable kind("TERM", "dumb");
  EXPECT_FALSE(shows_colours(terminal.descriptor()));
}

TEST(Terminal, IsNoPipe) {
  const Variable kind("TERM", "xterm-256color");
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  EXPECT_FALSE(shows_colours(ends[1]));
  close(ends[0]);
  close(ends[1]);
}

// What a console exporter writes to this terminal as standard output.
std::string console_of_a_span() {
  const Terminal terminal;
  const int before = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  dup2(terminal.descriptor(), STDOUT_FILENO);
  {
    auto session =
        start({.service_name = "shop",
               .tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = ConsoleExporter{}}}}});
    const auto outer = get_tracer("t").scoped_span("outer");
    const auto inner = get_tracer("t").scoped_span("inner");
  }
  dup2(before, STDOUT_FILENO);
  close(before);
  return terminal.shown();
}

TEST(ConsoleExporter, ShowsATreeInColourOnATerminal) {
  ergon::test::run_in_fresh_process([] {
    const Variable kind("TERM", "xterm");
    const std::string shown = console_of_a_span();
    EXPECT_THAT(shown, ::testing::StartsWith("\x1b[1;36m[trace] "));
    EXPECT_THAT(shown, ::testing::HasSubstr("\x1b[1mouter\x1b[0m"));
    EXPECT_THAT(shown, ::testing::HasSubstr("  \x1b[0m\x1b[1minner"));
  });
}

TEST(ConsoleExporter, ShowsATreeInPlainTextWhereNoColourIsWanted) {
  ergon::test::run_in_fresh_process([] {
    const Variable kind("TERM", "xterm");
    const Variable no_colour("NO_COLOR", "1");
    const std::string shown = console_of_a_span();
    EXPECT_THAT(shown, ::testing::StartsWith("[trace] "));
    EXPECT_THAT(shown, ::testing::HasSubstr("s    inner span_id="));
    EXPECT_EQ(shown.find('\x1b'), std::string::npos) << shown;
  });
}

}  // namespace
}  // namespace ergon::telemetry
