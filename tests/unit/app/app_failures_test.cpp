#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

#include <ergon/task/app.hpp>

#include "unit/task/fakes.hpp"

// What App::main answers and says when it can't do its work, in this very process.
namespace ergon::test {
namespace {

struct Outcome {
  int exit_code;
  std::string errors;
  bool operator==(const Outcome&) const = default;
};

Outcome run(App& app) {
  const std::array arguments{"program", "run", "Items"};
  ::testing::internal::CaptureStderr();
  const int exit_code = app.main(static_cast<int>(arguments.size()), arguments.data());
  return {exit_code, ::testing::internal::GetCapturedStderr()};
}

struct EmptyConnector : ListConnector {
  struct Options {
    std::int64_t unused{0};
    ERGON_OPTIONS(Options, unused);
  };
  explicit EmptyConnector(const Options& /*options*/) : ListConnector({}, journal()) {}

 private:
  static Journal& journal() {
    static Journal unused;
    return unused;
  }
};

const TaskConfig kConfig{.connectors = {{"items", EmptyConnector::Options{}}}};

struct Bank : Service {};

TEST(AppFailures, NameWhatIsRegisteredTwice) {
  App tasks("program");
  tasks.task<ScriptedTask>("Items").task<ScriptedTask>("Items");
  EXPECT_EQ(run(tasks), (Outcome{2, "program: two tasks are named 'Items'\n"}));
  App services("program");
  services.task<ScriptedTask>("Items").service<Bank>("bank").service<Bank>("bank");
  EXPECT_EQ(run(services), (Outcome{2, "program: two services are named 'bank'\n"}));
  App connectors("program");
  connectors.task<ScriptedTask>("Items").connector<EmptyConnector>("jsonl");
  EXPECT_EQ(run(connectors), (Outcome{2, "program: two connector types are named 'jsonl'\n"}));
}

// As long as a database may say it, and hostile.
struct Wordy : Service {
  void init() override { throw SystemError("\x1b[31m\n" + std::string(3'000, 'x')); }
};

TEST(AppFailures, SayTheReasonInFullOnOneLine) {
  App app("program");
  app.task<ScriptedTask>("Items", kConfig).connector<EmptyConnector>("empty").service<Wordy>("wordy");
  const std::string reason = "program: service 'wordy': \\x1b[31m\\n" + std::string(3'000, 'x') + "\n";
  const Outcome outcome = run(app);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.errors.ends_with(reason)) << outcome.errors;
}

struct UncopyableLater {
  static inline bool throws{false};
  UncopyableLater() = default;
  UncopyableLater(const UncopyableLater& /*other*/) {
    if (throws) throw 17;
  }
  UncopyableLater& operator=(const UncopyableLater&) = default;
  ~UncopyableLater() = default;
};

struct StrangeService : Service {
  struct Options {
    bool flag{false};
    UncopyableLater member{};
    ERGON_OPTIONS(Options, flag);
  };
  explicit StrangeService(const Options& /*options*/) {}
};

TEST(AppFailures, EvenOfWhatIsNoExceptionAreAnswered) {
  App app("program");
  app.task<ScriptedTask>("Items", kConfig).connector<EmptyConnector>("empty");
  app.service<StrangeService>("strange");
  UncopyableLater::throws = true;
  const Outcome outcome = run(app);
  UncopyableLater::throws = false;
  EXPECT_EQ(outcome, (Outcome{1, "program: an exception of an unknown type\n"}));
}

}  // namespace
}  // namespace ergon::test
