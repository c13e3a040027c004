#include <ergon/connectors/jsonl.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <ergon/task/errors.hpp>

#include "unit/connectors/temporary_file.hpp"

// A jsonl file as the place where transactions go.
namespace ergon::test {
namespace {

struct Appending : JsonlConnector {
  explicit Appending(const std::string& path) : JsonlConnector({.path = path, .mode = JsonlMode::append}) {
    JsonlConnector::init();
  }
};

std::string json_text_of(std::size_t size) {
  std::string text(size, 'x');
  text.front() = text.back() = '"';
  return text;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class Call>
std::string refusal_of(const Call& call) {
  try {
    call();
  } catch (const SystemError& error) {
    return error.what();
  }
  return "none";
}

TEST(JsonlDispatch, AppendsAnEnvelopeOnALineEach) {
  const TemporaryFile file("there before\n");
  Appending connector(file.path());
  connector.dispatch(
      {{.id = "a \"1\"", .payload = "{\n \"x\": 12345678901234567890.10}", .metadata = {{"k", "v\n"}}},
       {.id = "b", .payload = "[]"}});
  connector.dispatch({{.id = "c", .payload = "\"text\""}});
  EXPECT_EQ(text_of(file.path()),
            "there before\n"
            R"({"id":"a \"1\"","payload":{  "x": 12345678901234567890.10},"metadata":{"k":"v\n"}})"
            "\n"
            R"({"id":"b","payload":[],"metadata":{}})"
            "\n"
            R"({"id":"c","payload":"text","metadata":{}})"
            "\n");
}

TEST(JsonlDispatch, CanBeReadAgain) {
  const TemporaryFile file("");
  Appending connector(file.path());
  connector.dispatch({{.id = "a\xff", .payload = "{\"n\":1}", .metadata = {{"traceparent", "00-1"}}}});
  JsonlConnector reader({.path = file.path(), .format = JsonlFormat::envelope});
  reader.init();
  const auto all = reader.fetch(10);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].defect, "");
  EXPECT_EQ(all[0].id, "a\uFFFD");
  EXPECT_EQ(all[0].payload, "{\"n\":1}");
  EXPECT_EQ(all[0].metadata, (Metadata{{"traceparent", "00-1"}}));
}

TEST(JsonlDispatch, MakesTheFile) {
  const TemporaryFile file("");
  ::unlink(file.path().c_str());
  Appending connector(file.path());
  connector.dispatch({{.id = "a", .payload = "1"}});
  EXPECT_NE(text_of(file.path()), "");
}

TEST(JsonlDispatch, EndsALineThatSomebodyLeftTorn) {
  const TemporaryFile file("{\"id\":\"to");
  Appending connector(file.path());
  connector.dispatch({{.id = "a", .payload = "1"}});
  EXPECT_EQ(text_of(file.path()), "{\"id\":\"to\n{\"id\":\"a\",\"payload\":1,\"metadata\":{}}\n");
}

TEST(JsonlDispatch, SaysWhatIsWrong) {
  const TemporaryFile file("");
  Appending connector(file.path());
  const auto dispatch = [&](std::string payload) {
    connector.dispatch({{.id = "good", .payload = "1"}, {.id = "x", .payload = std::move(payload)}});
  };
  EXPECT_EQ(refusal_of([&] { dispatch(json_text_of(16U << 20U)); }), "transaction 'x' is longer than 16 MiB");
  EXPECT_THROW(dispatch("no JSON"), DecodeError);
  EXPECT_EQ(text_of(file.path()), "") << "all or none";
  EXPECT_EQ(refusal_of([&] { static_cast<void>(connector.fetch(1)); }),
            "cannot fetch from " + file.path() + ": its mode is append, which is for dispatching");
  JsonlConnector reader({.path = file.path()});
  reader.init();
  EXPECT_EQ(refusal_of([&] { reader.dispatch({{.id = "a", .payload = "1"}}); }),
            "cannot dispatch to " + file.path() + ": its mode is read, not append");
  EXPECT_EQ(refusal_of([] { static_cast<void>(Appending("/dev/null")); }),
            "cannot append to /dev/null: it is no regular file");
  EXPECT_EQ(refusal_of([] { static_cast<void>(Appending("/tmp")); }), "cannot open /tmp: Is a directory");
}

// No file of this process may grow beyond a size meanwhile, so that a write is cut short.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t size) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = size, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(JsonlDispatch, TakesBackWhatCouldNotBeWrittenWholly) {
  const TemporaryFile file("before\n");
  Appending connector(file.path());
  {
    const FileSizeLimit limit(20);
    EXPECT_EQ(refusal_of([&] { connector.dispatch({{.id = "a", .payload = "1"}}); }),
              "cannot append to " + file.path() + ": File too large");
  }
  EXPECT_EQ(text_of(file.path()), "before\n");
  connector.dispatch({{.id = "a", .payload = "1"}});
  EXPECT_EQ(text_of(file.path()), "before\n{\"id\":\"a\",\"payload\":1,\"metadata\":{}}\n");
}

// Of one process's threads, and as of several processes, each with the file open.
TEST(JsonlDispatch, KeepsLinesWholeConcurrentSafe) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 200;
  const TemporaryFile file("");
  Appending shared(file.path());
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        Appending own(file.path());
        for (int call = 0; call < kCalls; ++call) {
          const std::string id = std::to_string(thread) + "-" + std::to_string(call);
          (call % 2 == 0 ? own : shared)
              .dispatch({{.id = id, .payload = json_text_of(5'000)}, {.id = id + "b", .payload = "1"}});
        }
      });
    }
  }
  JsonlConnector reader({.path = file.path(), .format = JsonlFormat::envelope});
  reader.init();
  const auto all = reader.fetch(10'000);
  std::set<std::string> ids;
  for (const RawTransaction& one : all) {
    EXPECT_EQ(one.defect, "");
    ids.insert(one.id);
  }
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(2 * kThreads * kCalls));
}

}  // namespace
}  // namespace ergon::test
