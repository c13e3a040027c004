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

/// A queue in the memory of one worker process, for trials and tests; each worker has one of its own. In
/// YAML: `memory`. What is dispatched is appended and fetched again; what is nacked to come again, too. It
/// begins with the payloads, as transactions "1", "2", …; nothing of it is left when its process ends. Its
/// members may be called from any thread.
class ERGON_API MemoryConnector : public Connector {
 public:
  struct Options {
    /// JSON texts.
    std::vector<std::string> payloads{};
    /// How many transactions may wait, and how many given up ones are kept: then the oldest give way.
    std::int64_t capacity{100'000};

    friend constexpr auto ergon_describe(config::Tag<Options>) {
      using namespace config;
      return object("A queue in the memory of each worker process.",
                    field<&Options::payloads>("payloads", "What it begins with, as JSON texts."),
                    field<&Options::capacity>("capacity", "How many transactions may wait.", {.minimum = 1}));
    }
  };

  ERGON_API explicit MemoryConnector(Options options);
  ERGON_API MemoryConnector(Options options, TaskContext& context);
  ERGON_API ~MemoryConnector() override;

  /// Never waits.
  [[nodiscard]] ERGON_API std::vector<RawTransaction> fetch(std::size_t limit) override;
  ERGON_API void ack(const RawTransaction& transaction) override;
  ERGON_API void nack(const RawTransaction& transaction, Requeue requeue) override;
  /// Throws SystemError, and takes none of them, where more than the capacity would wait. What comes again is
  /// taken in any case.
  ERGON_API void dispatch(const std::vector<RawTransaction>& transactions) override;
  /// Takes it out, as fetch does.
  [[nodiscard]] ERGON_API std::optional<RawTransaction> fetch_by_id(std::string_view id) override;
  ERGON_API bool dead_letter(const RawTransaction& transaction) override;
  /// Fetches those that were given up until its `init`; what it gives up itself comes after them.
  [[nodiscard]] ERGON_API std::unique_ptr<Connector> dead_letters() override;
  [[nodiscard]] ERGON_API std::optional<std::uint64_t> count() override;
  ERGON_API void init() override;

  /// How many have been acknowledged.
  [[nodiscard]] ERGON_API std::uint64_t acknowledged() const;

 private:
  struct Queues;

  std::shared_ptr<Queues> queues_;  // one with its dead letters'
  bool is_of_dead_letters_{false};
  std::uint64_t replayed_until_{0};
};

}  // namespace ergon::inline v0
