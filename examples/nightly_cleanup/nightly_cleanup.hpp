#pragma once

#include <filesystem>

#include <ergon/ergon.hpp>

// A folder in which things get old.
class Spool : public ergon::Service {
 public:
  struct Options {
    std::string folder{};
    std::chrono::hours keep{72};
    ERGON_OPTIONS(Options, folder, keep);
  };

  explicit Spool(Options options) : options_(std::move(options)) {}

  virtual std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
      if (entry.is_regular_file()) found.push_back(entry.path());
    }
    return found;
  }
  virtual bool is_old(const std::filesystem::path& file) const {
    return std::filesystem::file_time_type::clock::now() - last_write_time(file) > options_.keep;
  }
  virtual void remove(const std::filesystem::path& file) { std::filesystem::remove(file); }

 private:
  Options options_;
};

class NightlyCleanup : public ergon::Task {  // one per worker process
 public:
  explicit NightlyCleanup(ergon::TaskContext& context) : spool_(context.service<Spool>()) {}

  void execute(ergon::TaskContext& context) override {
    std::size_t removed = 0;
    for (const auto& file : spool_.files()) {
      if (context.stop_token().stop_requested()) break;  // SIGTERM: the rest is for tomorrow
      context.heartbeat();                               // however long it takes, it gets on
      if (!spool_.is_old(file)) continue;
      spool_.remove(file);
      ++removed;
    }
    removed_.add(static_cast<std::int64_t>(removed));
    log_.info("removed {} old files", removed);
  }

 private:
  Spool& spool_;
  ergon::Logger log_ = ergon::get_logger("cleanup");
  ergon::Counter<std::int64_t> removed_ =
      ergon::get_meter("cleanup").counter("files.removed", {.unit = "{file}"});
};
