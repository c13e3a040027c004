#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "integration/delivery/fault_proxy.hpp"
#include "integration/delivery/fault_row.hpp"
#include "integration/delivery/scripted_http1_server.hpp"
#include "integration/delivery/scripted_http2_server.hpp"
#include "support/otlp_receiver.hpp"
#include "support/temporary_folder.hpp"

namespace ergon::test {

/// The in-tree receiver behind a proxy, and what is done to them.
struct ReceiverFaults {
  FaultProxy::Plans links = [](std::size_t) { return LinkPlan{}; };
  std::function<void(OtlpReceiver&)> at_start = [](OtlpReceiver&) {};
  ReceivedCounts awaited_at_half{};  // before what is done then
  std::function<void(OtlpReceiver&)> at_half = [](OtlpReceiver&) {};
  bool is_direct = false;  // without the proxy, which accepts even if the receiver does not
};

class ReceiverBackend : public FaultBackend {
 public:
  explicit ReceiverBackend(const ReceiverFaults& faults, const OtlpReceiverOptions& options = {});

  void direct(DriverOrder& order) override;
  void at_half() override;
  Arrivals arrived() override;
  [[nodiscard]] std::size_t connections() const override { return proxy_.connections(); }

 private:
  void keep_arrivals();

  const ReceiverFaults faults_;
  const bool has_tls_;
  OtlpReceiver receiver_;
  FaultProxy proxy_;
  std::set<std::string> spans_;  // by the ids of spans, as far as they were asked for
  std::set<std::string> logs_;
  std::uint64_t repeated_ = 0;
};

class Http2Backend final : public FaultBackend {
 public:
  explicit Http2Backend(ScriptedHttp2Server::Scripts scripts) : server_(std::move(scripts)) {}

  void direct(DriverOrder& order) override;
  Arrivals arrived() override { return server_.arrived(); }
  [[nodiscard]] std::size_t connections() const override { return server_.connections(); }

 private:
  ScriptedHttp2Server server_;
};

class Http1Backend final : public FaultBackend {
 public:
  explicit Http1Backend(ScriptedHttp1Server::Answer answer) : server_(std::move(answer)) {}

  void direct(DriverOrder& order) override;
  Arrivals arrived() override { return server_.arrived(); }
  [[nodiscard]] std::size_t connections() const override { return server_.connections(); }

 private:
  ScriptedHttp1Server server_;
};

/// `what` for the first so many calls of all threads, `then` for later ones.
template <class Reply>
std::function<Reply()> first_replies(int count, Reply what, Reply then = {}) {
  auto left = std::make_shared<std::atomic<int>>(count);
  return [left, what = std::move(what), then = std::move(then)] { return (*left)-- > 0 ? what : then; };
}

}  // namespace ergon::test
