#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <ergon/config/options.hpp>
#include <ergon/task/connector.hpp>
#include <ergon/task/task_context.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon {

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
/// `jsonl`. What is not a regular file (a FIFO, /dev/stdin) is read as it comes, until its writers have
/// closed it or the worker is to stop. Every line is a transaction: one that is empty (but for the last),
/// longer than 16 MiB or no valid envelope is a failed one, with its line number. Acknowledgements are not
/// kept: a new run begins at the first line.
///
/// With `mode: append` it is where transactions go: each one dispatched becomes an envelope, on a line of its
/// own at the end of the file, which is made if need be. Lines are whole: what could not be written wholly is
/// taken back, a torn last line is ended first, and the file is locked (flock) for each call, so that several
/// workers may append to one. It is not synced to the disk.
class JsonlConnector : public Connector {
 public:
  struct Options {
    /// The file; a relative path is from the working directory.
    std::string path{};
    /// Of what is read; what is appended are envelopes always.
    JsonlFormat format{JsonlFormat::plain};
    JsonlMode mode{JsonlMode::read};

    friend constexpr auto ergon_describe(config::Tag<Options>) {
      using namespace config;
      return object("A file with one transaction a line.",
                    field<&Options::path>("path", "The file; a relative path is from the working directory.",
                                          {.required = true}),
                    field<&Options::format>("format", "What a line holds that is read."),
                    field<&Options::mode>("mode", "What is done with the file."));
    }
  };

  ERGON_API explicit JsonlConnector(Options options);
  ERGON_API JsonlConnector(Options options, TaskContext& context);
  ERGON_API ~JsonlConnector() override;

  /// Opens the file; throws SystemError, naming it, when that fails or it can't be appended to.
  ERGON_API void init() override;
  /// Throws SystemError when reading fails, or the file is for appending.
  [[nodiscard]] ERGON_API std::vector<RawTransaction> fetch(std::size_t limit) override;
  /// Throws SystemError when writing fails, a line would be longer than 16 MiB, or the file is for reading;
  /// then nothing was appended.
  ERGON_API void dispatch(const std::vector<RawTransaction>& transactions) override;
  void ack(const RawTransaction& /*transaction*/) override {}
  void nack(const RawTransaction& /*transaction*/, Requeue /*requeue*/) override {}

 private:
  struct File;

  Options options_;
  std::stop_token stop_;
  std::unique_ptr<File> file_;
};

}  // namespace ergon
