#pragma once

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/connectors/jsonl.hpp>
#include <ergon/task/app.hpp>
#include <ergon/telemetry.hpp>

#include "unit/task/fakes.hpp"
#include "unit/task/wait_for_stop.hpp"

// The program that the tests of App run: its tasks, connector and command line.
namespace ergon::test {

using namespace std::chrono_literals;

constexpr auto kPatience = 20s;

// To stdout at once, for the parent to read.
inline void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

// Says how much it settled, and how.
struct LoudConnector : ListConnector {
  struct Options {
    std::int64_t count{3};
    bool is_loud{true};
    ERGON_OPTIONS(Options, count, is_loud);
  };
  explicit LoudConnector(const Options& options)
      : ListConnector(items(static_cast<int>(options.count)), journal()), is_loud_(options.is_loud) {}
  void exit() override {
    if (is_loud_) say("acked " + std::to_string(acked_) + " requeued " + std::to_string(requeued_));
  }
  void ack(const RawTransaction& /*transaction*/) override { ++acked_; }
  void nack(const RawTransaction& /*transaction*/, Requeue requeue) override {
    if (requeue == Requeue::yes) ++requeued_;
  }

 private:
  static Journal& journal() {
    static Journal unused;
    return unused;
  }

  bool is_loud_;
  int acked_{0};
  int requeued_{0};
};

// With its second transaction it waits until the worker is to stop, then goes on, or hangs if it is `Stuck`.
template <bool is_stuck>
class Waiting : public Consumer<Item> {
 public:
  explicit Waiting(TaskContext& context) : stop_(context.stop_token()) {}

  void process(const Transaction<Item>& transaction) override {
    if (transaction.payload().number != 2) return;
    say("in flight");
    wait_for_stop(stop_);
    say("asked to stop");
    if (is_stuck) wait_for_stop({});
  }

 private:
  std::stop_token stop_;
};
using Patient = Waiting<false>;
using Stuck = Waiting<true>;

// Logs where only those who ask for it see it.
class Detailed : public Consumer<Item> {
 public:
  void process(const Transaction<Item>& /*transaction*/) override { log_.debug("in detail"); }

 private:
  Logger log_ = get_logger("talkative");
};

struct Crashing : Consumer<Item> {
  void process(const Transaction<Item>& /*transaction*/) override { std::raise(SIGSEGV); }
};

constexpr int kCrashExitCode = 77;
inline void exit_of_crash(int /*signal*/) { ::_exit(kCrashExitCode); }

struct Answering : Consumer<Item> {
  void process(const Transaction<Item>& transaction) override {
    say("got " + std::to_string(transaction.payload().number));
  }
};

// Says which headers a call of its would have.
struct Calling : Consumer<Item> {
  void process(const Transaction<Item>& transaction) override {
    if (transaction.payload().number != 1) return;
    std::map<std::string, std::string> headers;
    inject(headers);
    for (const auto& [name, value] : headers) say(name + ": " + value);
  }
};

// A propagator of the program's own, to which the configuration gives a word.
class Shouting final : public TextMapPropagator {
 public:
  struct Options {
    std::string word{"hello"};
    ERGON_OPTIONS(Options, word);
  };
  explicit Shouting(Options options) : options_(std::move(options)) {}

  void inject(const Context& /*context*/, CarrierWriter& carrier) const override {
    carrier.set("x-shout", options_.word + "!");
  }
  [[nodiscard]] Context extract(const Context& context, const CarrierReader& /*carrier*/) const override {
    return context;
  }
  [[nodiscard]] std::vector<std::string_view> fields() const override { return {"x-shout"}; }

 private:
  Options options_;
};

// Logs more than a pipe holds, says so on stderr, and waits until the worker is to stop.
class Talkative : public Consumer<Item> {
 public:
  explicit Talkative(TaskContext& context) : stop_(context.stop_token()) {}

  void process(const Transaction<Item>& transaction) override {
    if (transaction.payload().number != 1) return;
    const Logger log = get_logger("talkative");
    for (int i = 0; i < 2'000; ++i) log.info("line {} of many: {}", i, std::string(100, '.'));
    std::fputs("has talked\n", stderr);
    wait_for_stop(stop_);
  }

 private:
  std::stop_token stop_;
};

inline int run_program(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv{"program"};
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  std::signal(SIGSEGV, exit_of_crash);
  const TaskConfig loud{.connectors = {{"items", LoudConnector::Options{}}}};
  const TaskConfig quiet{.connectors = {{"items", LoudConnector::Options{.is_loud = false}}}};
  TaskConfig talkative = quiet;
  talkative.logging = LoggingConfig{.handlers = {ConsoleHandler{}}};
  return App("program", "1.0")
      .task<ScriptedTask>("Items", loud)
      .task<ScriptedTask>("Unconfigured")
      .task<ScriptedTask>("Jsonl",
                          {.connectors = {{"items", JsonlConnector::Options{.path = "/nonexistent"}}}})
      .task<ScriptedTask>("Pathless", {.connectors = {{"items", JsonlConnector::Options{}}}})
      .task<Detailed>("Detailed", loud)
      .task<Patient>("Patient", loud)
      .task<Stuck>("Stuck", loud)
      .task<Talkative>("Talkative", talkative)
      .task<ScriptedTask>("Quiet", quiet)
      .task<Crashing>("Crashing", quiet)
      .task<Answering>("Answering")
      .task<Calling>("Calling", quiet)
      .connector<LoudConnector>("loud")
      .extend<Shouting>("shouting")
      .main(static_cast<int>(argv.size()), argv.data());
}

}  // namespace ergon::test
