#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ergon/config/options.hpp>
#include <ergon/task/connector.hpp>
#include <ergon/task/envelope.hpp>

/// A folder with a transaction a file, `*.json`, each an envelope. Whoever has one holds the lock of its
/// file, which goes with the process; a blank line at the end of the file counts each delivery.
class FolderConnector : public ergon::Connector {
 public:
  struct Options {
    std::string path{};
    ERGON_OPTIONS(Options, path);
  };
  explicit FolderConnector(Options options) : folder_(std::move(options.path)) {}
  ~FolderConnector() override {
    for (const auto& [tag, file] : held_) ::close(static_cast<int>(tag));
  }

  void init() override {
    if (!std::filesystem::is_directory(folder_)) throw ergon::SystemError("no folder " + folder_.string());
  }
  std::vector<ergon::RawTransaction> fetch(std::size_t limit) override {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::vector<ergon::RawTransaction> batch;
    for (auto file = files.begin(); file != files.end() && batch.size() < limit; ++file) {
      if (auto transaction = take(*file)) batch.push_back(std::move(*transaction));
    }
    return batch;
  }
  void ack(const ergon::RawTransaction& transaction) override { settle(transaction, true); }
  void nack(const ergon::RawTransaction& transaction, ergon::Requeue requeue) override {
    settle(transaction, requeue == ergon::Requeue::no);
  }
  bool dead_letter(const ergon::RawTransaction& transaction) override {
    ergon::RawTransaction letter = transaction;
    if (!letter.defect.empty()) letter.payload = "null";  // it was no envelope
    const std::filesystem::path dead = folder_ / "dead";
    const std::string name = std::to_string(std::hash<std::string>{}(letter.id));
    std::filesystem::create_directory(dead);
    if (!(std::ofstream(dead / name) << ergon::to_envelope(letter) << std::flush))
      throw ergon::SystemError("cannot write to " + dead.string());
    std::filesystem::rename(dead / name, dead / (name + ".json"));  // only whole ones have that name
    return true;
  }
  std::unique_ptr<ergon::Connector> dead_letters() override {
    return std::make_unique<FolderConnector>(Options{.path = (folder_ / "dead").string()});
  }

 private:
  std::optional<ergon::RawTransaction> take(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
    if (file < 0) return std::nullopt;  // settled since the folder was read
    struct stat status{};
    const bool is_mine = ::flock(file, LOCK_EX | LOCK_NB) == 0 && ::fstat(file, &status) == 0 &&
                         status.st_nlink > 0 && ::write(file, "\n", 1) == 1;
    if (!is_mine) {
      ::close(file);
      return std::nullopt;
    }
    ergon::RawTransaction transaction{.id = path.filename().string()};
    std::getline(std::ifstream(path), transaction.payload, '\0');
    const auto end = transaction.payload.find_last_not_of('\n') + 1;
    transaction.deliveries = static_cast<std::int64_t>(transaction.payload.size() - end);
    transaction.delivery_tag = static_cast<std::uint64_t>(file);
    ergon::open_envelope(transaction);
    const std::lock_guard lock(mutex_);
    held_[transaction.delivery_tag] = path;
    return transaction;
  }
  void settle(const ergon::RawTransaction& transaction, bool is_gone) {
    const std::lock_guard lock(mutex_);
    const auto held = held_.extract(transaction.delivery_tag);
    if (held.empty()) return;
    if (is_gone) std::filesystem::remove(held.mapped());
    ::close(static_cast<int>(held.key()));
  }

  std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::filesystem::path> held_;  // by descriptor, under the mutex
};
