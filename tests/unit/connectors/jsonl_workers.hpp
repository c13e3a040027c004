#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <ergon/connectors/jsonl.hpp>

#include "support/temporary_folder.hpp"

namespace ergon::test {

using Payloads = std::vector<std::string>;

inline Payloads payloads(const std::vector<RawTransaction>& batch) {
  Payloads result;
  for (const RawTransaction& one : batch) result.push_back(one.payload);
  return result;
}

/// A file that several workers read, here each an object with a context of its own.
class JsonlWorkers : public ::testing::Test {
 protected:
  struct Worker {
    Worker(JsonlConnector::Options options, TaskIdentity identity, const std::string& run_folder)
        : context(std::move(identity), {}, run_folder), connector(std::move(options), context) {
      connector.init();
    }
    TaskContext context;
    JsonlConnector connector;
  };

  void append(const std::string& text) const { std::ofstream(path("in"), std::ios::app) << text; }
  // As if nobody had written to it for long.
  void let_rest() const {
    const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, {.tv_sec = 1, .tv_nsec = 0}};
    ::utimensat(AT_FDCWD, path("in").c_str(), times, 0);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() / name; }
  [[nodiscard]] std::unique_ptr<Worker> worker(JsonlConnector::Options options = {}) const {
    options.path = path("in");
    return std::make_unique<Worker>(options, TaskIdentity{.run_id = "run"}, folder_.path().string());
  }
  [[nodiscard]] JsonlConnector kept() const {
    return JsonlConnector({.path = path("in"), .offsets = path("offsets")});
  }

  TemporaryFolder folder_;
};

}  // namespace ergon::test
