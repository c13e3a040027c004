#include "receiver/command_loop.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

#include "receiver/dump.hpp"

namespace ergon::receiver {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

// Absent and "any" both mean any signal.
std::optional<Signal> signal_argument(const json& arguments) {
  const auto text = arguments.value("signal", std::string("any"));
  if (text == "any") return std::nullopt;
  const auto signal = signal_named(text);
  if (!signal) throw std::invalid_argument("signal is any, traces, logs or metrics, not " + text);
  return signal;
}

json counts_json(const Counts& counts) {
  return {{"spans", counts.spans},
          {"logs", counts.logs},
          {"metric_points", counts.metric_points},
          {"requests", counts.requests}};
}

json note_json(const RequestNote& note) {
  json object{{"signal", name(note.signal)}, {"items", note.items},
              {"accepted", note.accepted},   {"bytes", note.bytes},
              {"status", note.status},       {"unknown_bytes", note.unknown_bytes},
              {"encoding", note.encoding},   {"metadata", json::object()}};
  for (const auto& [key, value] : note.metadata) object["metadata"][key] = value;
  if (note.time_left) object["time_left_ms"] = note.time_left->count();
  return object;
}

}  // namespace

void CommandLoop::write(const json& line) {
  const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
  std::fwrite(text.data(), 1, text.size(), out_);
}

void CommandLoop::answer(const json& line) {
  write(line);
  std::fflush(out_);
}

void CommandLoop::run() {
  std::string line;
  while (std::getline(in_, line)) {
    if (line.empty()) continue;
    const auto space = line.find(' ');
    const std::string command = line.substr(0, space);
    if (command == "quit") return;
    try {
      execute(command, space == std::string::npos ? json::object() : json::parse(line.substr(space)));
    } catch (const std::exception& error) {
      answer({{"error", command + ": " + error.what()}});
    }
  }
}

void CommandLoop::execute(const std::string& command, const json& arguments) {
  if (command == "dump") return dump(arguments);
  if (command == "requests") return list_requests();
  if (command == "count") return answer(counts_json(received_.counts()));
  if (command == "wait") return wait(arguments);
  if (command == "fail") return order_failure(arguments);
  if (command == "partial") return order_partial_success(arguments);
  if (command == "delay") return order_delay(arguments);
  if (command == "clear") return clear();
  answer({{"error", "unknown command " + command}});
}

void CommandLoop::dump(const json& arguments) {
  const auto wanted = signal_argument(arguments);
  const auto origins = arguments.value("origins_apart", false) ? Origins::apart : Origins::in_items;
  for (const auto& request : received_.accepted()) {
    if (wanted && *wanted != request->signal) continue;
    dump_request(*request, origins, [this](const json& line) { write(line); });
  }
  answer({{"end", true}});
}

void CommandLoop::list_requests() {
  json list = json::array();
  for (const auto& note : received_.notes()) list.push_back(note_json(note));
  answer({{"requests", std::move(list)}});
}

void CommandLoop::wait(const json& arguments) {
  Counts wanted;
  wanted.spans = arguments.value("spans", wanted.spans);
  wanted.logs = arguments.value("logs", wanted.logs);
  wanted.metric_points = arguments.value("metric_points", wanted.metric_points);
  wanted.requests = arguments.value("requests", wanted.requests);
  const bool reached = received_.wait_for(wanted, milliseconds(arguments.value("timeout_ms", 10'000)));
  json line = counts_json(received_.counts());
  line["reached"] = reached;
  answer(line);
}

void CommandLoop::order_failure(const json& arguments) {
  Failure order{.signal = signal_argument(arguments)};
  order.times = arguments.value("times", order.times);
  order.code = arguments.value("code", order.code);
  order.message = arguments.value("message", std::string("ordered by a test"));
  if (arguments.contains("retry_info_ms")) {
    order.retry_after = milliseconds(arguments.at("retry_info_ms").get<std::int64_t>());
  }
  faults_.add(std::move(order));
  answer({{"ok", true}});
}

void CommandLoop::order_partial_success(const json& arguments) {
  PartialSuccess order{.signal = signal_argument(arguments)};
  order.times = arguments.value("times", order.times);
  order.rejected = arguments.value("rejected", order.rejected);
  order.message = arguments.value("message", std::string());
  faults_.add(std::move(order));
  answer({{"ok", true}});
}

void CommandLoop::order_delay(const json& arguments) {
  Delay order{.signal = signal_argument(arguments)};
  order.times = arguments.value("times", order.times);
  order.duration = milliseconds(arguments.value("ms", std::int64_t{0}));
  faults_.add(order);
  answer({{"ok", true}});
}

void CommandLoop::clear() {
  faults_.clear();
  received_.clear();
  answer({{"ok", true}});
}

}  // namespace ergon::receiver
