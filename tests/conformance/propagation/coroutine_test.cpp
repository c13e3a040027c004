#include <gtest/gtest.h>

#include <coroutine>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

// What docs/guide/telemetry.md says of coroutines: nothing that is current lives across a suspension, and
// what resumes them is bound to their caller's context.
namespace ergon::test {
namespace {

using ergon::testing::Recorder;

// Begins at once, and is over when its last thread is.
struct Job {
  struct promise_type {  // NOLINT(readability-identifier-naming): the language's name
    Job get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

// A pool of a thread for each piece of work.
class Pool {
 public:
  template <class Work>
  void submit(Work work) {
    threads_.emplace_back(std::move(work));
  }
  // Threads may be added while it waits.
  void join() {
    for (std::size_t at = 0; at < threads_.size(); ++at) threads_[at].join();
  }

 private:
  std::vector<std::thread> threads_;
};

struct ResumeOn {
  Pool& pool;

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const {
    pool.submit(bind_context([handle] { handle.resume(); }));
  }
  void await_resume() const noexcept {}
};

Job run_job(Pool& pool, std::vector<std::string>& seen) {
  const Tracer tracer = get_tracer("coroutine");
  const std::thread::id began_on = std::this_thread::get_id();
  auto span = tracer.start_span("job");
  const Context context = current_context().with_span_context(span.context());
  co_await ResumeOn{pool};
  EXPECT_NE(std::this_thread::get_id(), began_on);
  seen.emplace_back(current_baggage().get("tenant"));  // the caller's context is current again
  {
    const auto scope = attach(context);
    tracer.scoped_span("work on another thread").end();
  }
  span.end();
}

TEST(Coroutine, KeepsItsContextOnWhateverThreadItGoesOn) {
  Recorder recorder;
  Pool pool;
  std::vector<std::string> seen;
  {
    const auto caller = get_tracer("coroutine").scoped_span("caller");
    const auto baggage = attach(Baggage().set("tenant", "acme"));
    run_job(pool, seen);
    EXPECT_EQ(current_span_context(), caller.context()) << "the coroutine left nothing behind";
  }
  pool.join();
  EXPECT_EQ(seen, std::vector<std::string>{"acme"});
  EXPECT_EQ(recorder.stop().spans().tree(),
            "caller\n"
            "  job\n"
            "    work on another thread\n");
}

}  // namespace
}  // namespace ergon::test
