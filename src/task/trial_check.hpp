#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/testing/connector_trial.hpp>

namespace ergon::inline v0::testing::detail {

using Transactions = std::vector<RawTransaction>;

inline constexpr std::size_t kFilled = 20;
inline constexpr std::size_t kLimit = 7;
inline constexpr std::size_t kMostFetches = 2'000;  // of one drain: more would be without an end

inline Transactions numbered(std::size_t count) {
  Transactions all;
  for (std::size_t i = 1; i <= count; ++i) {
    const std::string number = std::to_string(i);
    all.push_back({.id = "trial-" + number,
                   .payload = R"({"n":)" + number + "}",
                   .metadata = {{"number", number}, {"traceparent", "00-1"}}});
  }
  return all;
}

/// One check of a trial: its source, its connectors, and what it finds.
class Check {
 public:
  Check(const ConnectorTrial& trial, std::string_view name, std::vector<std::string>& faults)
      : trial_(trial), name_(name), faults_(faults) {}

  [[nodiscard]] const ConnectorTrial& trial() const { return trial_; }
  void fault(const std::string& text) { faults_.push_back(name_ + ": " + text); }
  void expect(bool holds, const std::string& text) {
    if (!holds) fault(text);
  }

  Transactions fill(std::size_t count = kFilled) {
    Transactions all = numbered(count);
    trial_.fill(all);
    return all;
  }
  [[nodiscard]] std::unique_ptr<Connector> open() {
    auto connector = trial_.make(context_);
    connector->init();
    return connector;
  }
  [[nodiscard]] std::unique_ptr<Connector> open_sender() {
    auto connector = trial_.make_sender(context_);
    connector->init();
    return connector;
  }

  // Fetches until there are none, and acknowledges them.
  Transactions drain(Connector& connector) {
    Transactions all;
    for (std::size_t fetches = 0; fetches < kMostFetches; ++fetches) {
      Transactions batch = connector.fetch(kLimit);
      expect(batch.size() <= kLimit, "fetch returned more than its limit");
      if (batch.empty()) return all;
      for (RawTransaction& one : batch) {
        connector.ack(one);
        all.push_back(std::move(one));
      }
    }
    fault("fetch does not come to an end");
    return all;
  }

  // The same transactions, each once, in any order.
  void compare(const Transactions& expected, const Transactions& fetched) {
    std::map<std::string, int> times;
    for (const RawTransaction& one : fetched) ++times[one.payload];
    for (const RawTransaction& one : expected) {
      const int found = std::exchange(times[one.payload], 0);
      expect(found > 0, one.payload + " was not delivered");
      expect(found < 2, one.payload + " was delivered " + std::to_string(found) + " times");
    }
    for (const auto& [payload, found] : times) {
      expect(found == 0, "'" + payload + "' was delivered, which should not be");
    }
  }

 private:
  const ConnectorTrial& trial_;
  std::string name_;
  std::vector<std::string>& faults_;
  TaskContext context_{{.task = "trial", .run_id = "trial", .execution_id = "trial"}};
};

}  // namespace ergon::inline v0::testing::detail
