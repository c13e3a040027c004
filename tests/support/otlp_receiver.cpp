#include "support/otlp_receiver.hpp"

#include <csignal>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace ergon::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kStartLimit{20};
constexpr seconds kStopLimit{5};
constexpr seconds kAnswerLimit{30};  // far more than any answer takes

constexpr const char* kReceiverPath = ERGON_OTLP_RECEIVER;

const json kLastLine{{"end", true}};

const char* name(OtlpSignal signal) {
  switch (signal) {
    case OtlpSignal::any:
      return "any";
    case OtlpSignal::traces:
      return "traces";
    case OtlpSignal::logs:
      return "logs";
    case OtlpSignal::metrics:
      break;
  }
  return "metrics";
}

ReceivedCounts counts_from(const json& answer) {
  return {.spans = answer.at("spans"),
          .logs = answer.at("logs"),
          .metric_points = answer.at("metric_points"),
          .requests = answer.at("requests")};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const ReceivedCounts& counts) {
  return out << counts.spans << " spans, " << counts.logs << " logs, " << counts.metric_points
             << " metric points in " << counts.requests << " requests";
}

OtlpReceiver::OtlpReceiver(OtlpReceiverOptions options) : options_(std::move(options)) { start(); }

OtlpReceiver::~OtlpReceiver() { stop(); }

void OtlpReceiver::start() {
  std::vector<std::string> arguments{kReceiverPath, "--port", std::to_string(port())};
  if (options_.is_sink) arguments.emplace_back("--sink");
  if (options_.tls) {
    const auto& tls = *options_.tls;
    arguments.insert(arguments.end(), {"--tls-cert", tls.certificate_file, "--tls-key", tls.key_file});
    if (options_.needs_client_certificate) {
      arguments.insert(arguments.end(), {"--client-ca", tls.ca_file});
    }
  }
  child_.emplace(ChildProcessOptions{.arguments = std::move(arguments)});
  const json ready = next_answer(kStartLimit);
  if (!ready.value("ready", false)) throw std::runtime_error("the OTLP receiver said " + ready.dump());
}

void OtlpReceiver::stop() {
  if (!child_) return;
  if (child_->is_owned_here()) {
    child_->write_input("quit\n");
    child_->close_input();
    child_->wait(kStopLimit);
  }
  child_.reset();
}

void OtlpReceiver::kill() {
  if (!child_) return;
  child_->send_signal(SIGKILL);
  child_->wait(kStopLimit);
  child_.reset();
}

void OtlpReceiver::restart() {
  stop();
  start();
}

std::string OtlpReceiver::endpoint() const {
  return (options_.tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

pid_t OtlpReceiver::pid() const { return child_ ? child_->pid() : 0; }

json OtlpReceiver::next_answer(milliseconds timeout) {
  if (!child_) throw std::runtime_error("the OTLP receiver is stopped");
  const auto line = child_->next_output_line(timeout);
  if (!line) throw std::runtime_error("the OTLP receiver does not answer: " + child_->error_output());
  json answer = json::parse(*line);
  if (answer.contains("error")) {
    throw std::runtime_error("the OTLP receiver refused: " + answer["error"].get<std::string>());
  }
  return answer;
}

json OtlpReceiver::ask(const std::string& command, const json& arguments) {
  return ask_within(kAnswerLimit, command, arguments);
}

json OtlpReceiver::ask_within(milliseconds timeout, const std::string& command, const json& arguments) {
  if (child_) child_->write_input(command + ' ' + arguments.dump() + '\n');
  return next_answer(timeout);
}

std::vector<json> OtlpReceiver::dump(const char* signal) {
  std::vector<json> items;
  json origin = json::object();
  json line = ask("dump", {{"signal", signal}, {"origins_apart", true}});
  while (line != kLastLine) {
    if (line.contains("origin")) {
      origin = std::move(line["origin"]);
    } else {
      line.update(origin);
      items.push_back(std::move(line));
    }
    line = next_answer(kAnswerLimit);
  }
  return items;
}

std::vector<json> OtlpReceiver::requests() { return ask("requests").at("requests").get<std::vector<json>>(); }

ReceivedCounts OtlpReceiver::count() { return counts_from(ask("count")); }

bool OtlpReceiver::wait_for(const ReceivedCounts& wanted, milliseconds timeout) {
  const json arguments{{"spans", wanted.spans},
                       {"logs", wanted.logs},
                       {"metric_points", wanted.metric_points},
                       {"requests", wanted.requests},
                       {"timeout_ms", timeout.count()}};
  return ask_within(timeout + kAnswerLimit, "wait", arguments).at("reached");
}

void OtlpReceiver::fail_next(const OrderedFailure& order) {
  json arguments{{"signal", name(order.signal)},
                 {"code", order.code},
                 {"message", order.message},
                 {"times", order.times}};
  if (order.retry_after) arguments["retry_info_ms"] = order.retry_after->count();
  ask("fail", arguments);
}

void OtlpReceiver::partial_next(const OrderedPartialSuccess& order) {
  ask("partial", {{"signal", name(order.signal)},
                  {"rejected", order.rejected},
                  {"message", order.message},
                  {"times", order.times}});
}

void OtlpReceiver::delay_next(const OrderedDelay& order) {
  ask("delay", {{"signal", name(order.signal)}, {"ms", order.duration.count()}, {"times", order.times}});
}

void OtlpReceiver::clear() { ask("clear"); }

}  // namespace ergon::test
