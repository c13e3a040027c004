#pragma once

#include <cstddef>
#include <vector>

#include <ergon/task/connector.hpp>
#include <ergon/task/errors.hpp>

namespace ergon::test {

/// Keeps what is sent, once it has refused a few times.
struct Outbox : Connector {
  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override { return {}; }
  void ack(const RawTransaction& /*transaction*/) override {}
  void nack(const RawTransaction& /*transaction*/, Requeue /*requeue*/) override {}
  void dispatch(const std::vector<RawTransaction>& transactions) override {
    if (refusals > 0) {
      --refusals;
      throw SystemError("the broker is away");
    }
    calls.push_back(transactions);
  }

  [[nodiscard]] std::vector<std::size_t> sizes() const {
    std::vector<std::size_t> all;
    for (const auto& call : calls) all.push_back(call.size());
    return all;
  }

  int refusals{0};
  std::vector<std::vector<RawTransaction>> calls;
};

}  // namespace ergon::test
