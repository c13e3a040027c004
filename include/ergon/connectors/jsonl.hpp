#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/options.hpp>
#include <ergon/task/connector.hpp>
#include <ergon/task/task_context.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

namespace detail {
class LineSource;
}

/// What a line of a jsonl file holds. In YAML: `plain`, `envelope`.
enum class JsonlFormat : std::uint8_t {
  plain,     // the payload itself; the id is `{file}:{line}`
  envelope,  // {"id": …, "payload": …, "metadata": {name: text}}; metadata may be left out
};

constexpr auto ergon_describe(config::Tag<JsonlFormat>) {
  using namespace config;
  return enumeration("What a line holds.", name("plain", JsonlFormat::plain),
                     name("envelope", JsonlFormat::envelope));
}

/// What is done with a jsonl file. In YAML: `read`, `append`.
enum class JsonlMode : std::uint8_t {
  read,    // transactions are fetched from it
  append,  // what is dispatched is added to it
};

constexpr auto ergon_describe(config::Tag<JsonlMode>) {
  using namespace config;
  return enumeration("What is done with the file.", name("read", JsonlMode::read),
                     name("append", JsonlMode::append));
}

/// Reads transactions from a file, one a line, in order, without holding more of it than a batch. In YAML:
/// `jsonl`. Every line is a transaction: one that is empty (but for the last), longer than 16 MiB or no valid
/// envelope is a failed one, with its line number. The ids are to be unique; those of plain lines are.
///
/// Of a regular file, each line goes to one of the run's worker processes, and again to any of them when it
/// was nacked for that or its worker died, first of all. Where `offsets` names a file for it, what was
/// acknowledged stays so: the next run goes on behind it; without, each run begins with the first line. That
/// file is for the processes of one machine, and holds when they die, not when the machine does. At most
/// 8,192 batches of up to 64 lines may be unsettled at a time. Lines that are appended meanwhile are read,
/// too. A last line without a newline is taken by itself, once the file has not changed for 100 ms, which
/// fetch waits for: what is appended to it later would be a line of its own, so write lines whole.
///
/// What is no regular file (a FIFO, /dev/stdin) is read as it comes, by one worker alone, until its writers
/// have closed it or the worker is to stop; what was not settled by then is gone.
///
/// With `mode: append` it is where transactions go: each one dispatched becomes an envelope, on a line of its
/// own at the end of the file, which is made if need be. Lines are whole: what could not be written wholly is
/// taken back, a torn last line is ended first, and the file is locked (flock) for each call, so that several
/// workers may append to one. It is not synced to the disk.
class ERGON_API JsonlConnector : public Connector {
 public:
  struct Options {
    /// The file; a relative path is from the working directory.
    std::string path{};
    /// Of what is read; what is appended are envelopes always.
    JsonlFormat format{JsonlFormat::plain};
    JsonlMode mode{JsonlMode::read};
    /// Where it is kept what of a regular file was acknowledged; empty: nowhere. Made if need be.
    std::string offsets{};
    /// What transactions are appended to that are given up, as envelopes; empty: none. A payload that is no
    /// JSON becomes a string there. Made if need be.
    std::string dead_letters{};

    friend constexpr auto ergon_describe(config::Tag<Options>) {
      using namespace config;
      return object(
          "A file with one transaction a line.",
          field<&Options::path>("path", "The file; a relative path is from the working directory.",
                                {.required = true}),
          field<&Options::format>("format", "What a line holds that is read."),
          field<&Options::mode>("mode", "What is done with the file."),
          field<&Options::offsets>(
              "offsets", "The file that keeps what was acknowledged, for the next run; none: nowhere."),
          field<&Options::dead_letters>(
              "dead_letters", "The file that given up transactions are appended to; none: nowhere."));
    }
  };

  ERGON_API explicit JsonlConnector(Options options);
  ERGON_API JsonlConnector(Options options, TaskContext& context);
  ERGON_API ~JsonlConnector() override;

  /// Opens the files; throws SystemError, naming the one, when that fails, it can't be appended to, the input
  /// is another than its offsets are about, or it is no regular file and this is not the first worker.
  ERGON_API void init() override;
  /// Throws SystemError when reading fails, too much is unsettled, or the file is for appending.
  [[nodiscard]] ERGON_API std::vector<RawTransaction> fetch(std::size_t limit) override;
  /// Throws SystemError when writing fails, a line would be longer than 16 MiB, or the file is for reading;
  /// then nothing was appended.
  ERGON_API void dispatch(const std::vector<RawTransaction>& transactions) override;
  ERGON_API void ack(const RawTransaction& transaction) override;
  ERGON_API void nack(const RawTransaction& transaction, Requeue requeue) override;
  /// Reads from the beginning of the file up to it. It stays to be fetched as it was: settling what this
  /// returns does nothing. Throws SystemError where the file is for appending or is no regular one.
  [[nodiscard]] ERGON_API std::optional<RawTransaction> fetch_by_id(std::string_view id) override;
  /// Throws SystemError when writing fails.
  ERGON_API bool dead_letter(const RawTransaction& transaction) override;
  /// Fetches what was in that file when the first worker of its run opened it, and once: it keeps its offsets
  /// beside it, in `{dead_letters}.offsets`. What it gives up goes to the end of the file.
  [[nodiscard]] ERGON_API std::unique_ptr<Connector> dead_letters() override;
  /// The lines of a regular file that nobody has had and those that must come again. Each call reads what was
  /// not counted before, at most 64 MiB of it; nothing until all of it is.
  [[nodiscard]] ERGON_API std::optional<std::uint64_t> count() override;
  /// Whether the file is still there and may be read, or appended to.
  [[nodiscard]] ERGON_API ConnectorHealth health() override;
  ERGON_API void exit() override;

 private:
  struct File;

  [[nodiscard]] std::unique_ptr<detail::LineSource> open_source() const;
  void beat() const;

  Options options_;
  const TaskContext* context_{nullptr};  // null in tests
  bool ends_with_run_{false};
  std::unique_ptr<File> file_;
};

}  // namespace ergon::inline v0
