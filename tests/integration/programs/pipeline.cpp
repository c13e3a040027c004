// Tasks that do what each transaction says, in good and bad ways, for tests of the runtime. Whatever was
// processed is a line of the file that PIPELINE_DONE names.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <ergon/ergon.hpp>

namespace {

struct Step {
  std::string id;
  std::string action;
  std::optional<std::int64_t> milliseconds;
};
ERGON_PAYLOAD(Step, id, action, milliseconds)

void note(const std::string& what) {
  const char* path = std::getenv("PIPELINE_DONE");
  if (path == nullptr) return;
  const int file = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::string line = what + '\n';
  [[maybe_unused]] const auto ignored = ::write(file, line.data(), line.size());
  ::close(file);
}

[[noreturn]] void hang() {
  for (;;) ::pause();
}

// Whether no process of the run was here before.
bool is_first() {
  const char* path = std::getenv("PIPELINE_FIRST");
  if (path == nullptr) return true;
  const int file = ::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  ::close(file);
  return true;
}

using Action = std::function<void(const ergon::Transaction<Step>&)>;

// Ends, as a well-behaved call, when its time is over.
void work_until_asked(const ergon::Transaction<Step>& step) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait(lock, step.stop_token(), [] { return false; });
  throw ergon::SystemError("was asked to stop");
}

const std::map<std::string, Action>& actions() {
  static const std::map<std::string, Action> all{
      {"ok", [](const auto&) {}},
      {"sleep",
       [](const auto& step) {
         std::this_thread::sleep_for(std::chrono::milliseconds(step.payload().milliseconds.value_or(0)));
       }},
      {"hang", [](const auto&) { is_first() ? hang() : void(); }},
      {"always_hang", [](const auto&) { hang(); }},
      {"crash", [](const auto&) { std::raise(SIGSEGV); }},
      {"exit", [](const auto&) { std::_Exit(3); }},
      {"stop_self", [](const auto&) { is_first() ? void(::kill(::getpid(), SIGSTOP)) : void(); }},
      {"wait", work_until_asked},
      {"system", [](const auto&) { throw ergon::SystemError("the bank is away"); }},
      {"second",
       [](const auto& step) {
         if (step.attempt() == 1) throw ergon::SystemError("not yet");
       }},
      {"business", [](const auto&) { throw ergon::BusinessError("no such currency"); }},
      {"in_vain", [](const auto&) { throw ergon::NonRetryable("never again"); }}};
  return all;
}

class Stuck : public ergon::Connector {
 public:
  std::vector<ergon::RawTransaction> fetch(std::size_t /*limit*/) override { hang(); }
  void ack(const ergon::RawTransaction& /*transaction*/) override {}
  void nack(const ergon::RawTransaction& /*transaction*/, ergon::Requeue /*requeue*/) override {}
};

// May take its time to begin.
class Slow : public ergon::Service {
 public:
  struct Options {
    std::chrono::milliseconds init{0};
    ERGON_OPTIONS(Options, init);
  };
  explicit Slow(Options options) : options_(options) {}
  void init() override {
    note("init");
    std::this_thread::sleep_for(options_.init);
  }

 private:
  Options options_;
};

class Pipeline : public ergon::Consumer<Step> {
 public:
  void process(const ergon::Transaction<Step>& step) override {
    actions().at(step.payload().action)(step);
    note(step.payload().id);
  }
  void handle_success(const ergon::Transaction<Step>& /*step*/) override {}
};

class Numbers : public ergon::Producer<Step> {
 public:
  explicit Numbers(ergon::TaskContext& context) : worker_(context.worker_id()) {}

  std::optional<ergon::Transaction<Step>> prepare() override {
    if (next_ == 100) return std::nullopt;
    const std::string id = std::to_string(worker_) + "-" + std::to_string(next_++);
    return ergon::Transaction<Step>(id, {id, "ok", {}});
  }

 private:
  std::int64_t worker_;
  int next_{0};
};

class Hybrid : public Pipeline, public Numbers {
 public:
  using Numbers::Numbers;
  void exit() override {}
};

class Once : public ergon::Task {
 public:
  void execute(ergon::TaskContext& context) override {
    note("executed by " + std::to_string(context.worker_id()));
  }
};

}  // namespace

int main(int argc, char** argv) {
  return ergon::App("pipeline")
      .task<Pipeline>("Pipeline")
      .task<Numbers>("Numbers")
      .task<Hybrid>("Hybrid")
      .task<Once>("Once")
      .service<Slow>("slow")
      .connector<Stuck>("stuck")
      .main(argc, argv);
}
