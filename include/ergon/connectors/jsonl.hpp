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

/// Reads transactions from a file, one a line, in order, without holding more of it than a batch. In YAML:
/// `jsonl`. What is not a regular file (a FIFO, /dev/stdin) is read as it comes, until its writers have
/// closed it or the worker is to stop. Every line is a transaction: one that is empty (but for the last),
/// longer than 16 MiB or no valid envelope is a failed one, with its line number. Acknowledgements are not
/// kept: a new run begins at the first line.
class JsonlConnector : public Connector {
 public:
  struct Options {
    /// The file; a relative path is from the working directory.
    std::string path{};
    JsonlFormat format{JsonlFormat::plain};

    friend constexpr auto ergon_describe(config::Tag<Options>) {
      using namespace config;
      return object("A file with one transaction a line.",
                    field<&Options::path>("path", "The file; a relative path is from the working directory.",
                                          {.required = true}),
                    field<&Options::format>("format", "What a line holds."));
    }
  };

  ERGON_API explicit JsonlConnector(Options options);
  ERGON_API JsonlConnector(Options options, TaskContext& context);
  ERGON_API ~JsonlConnector() override;

  /// Opens the file; throws SystemError, naming it, when that fails.
  ERGON_API void init() override;
  [[nodiscard]] ERGON_API std::vector<RawTransaction> fetch(std::size_t limit) override;
  void ack(const RawTransaction& /*transaction*/) override {}
  void nack(const RawTransaction& /*transaction*/, Requeue /*requeue*/) override {}

 private:
  struct Source;

  Options options_;
  std::stop_token stop_;
  std::unique_ptr<Source> source_;
};

}  // namespace ergon
