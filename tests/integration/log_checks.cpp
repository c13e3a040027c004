#include <set>

#include "integration/signal_checks.hpp"

namespace ergon::test {
namespace {

using nlohmann::json;
using Fate = ExpectedOrder::Fate;

constexpr int kInfo = 9;  // OTLP's severity numbers
constexpr int kError = 17;
constexpr unsigned kSampled = 1;
constexpr unsigned kRandom = 2;

// The record of a charged order says what was charged; that of any other, which exception it was.
void check_record(const json& log, const OrdersInput& input, std::uint64_t line, Complaints& complaints) {
  const ExpectedOrder& order = input.of_line(line);
  const std::string where = "log of line " + std::to_string(line);
  const json& attributes = log.at("attributes");
  complaints.expect(log.at("severity_number") == (order.is_ok() ? kInfo : kError), where, "severity");
  complaints.expect(log.at("severity_text") == (order.is_ok() ? "INFO" : "ERROR"), where, "severity text");
  complaints.expect(log.at("scope").at("name") == (order.is_ok() ? "orders" : "ergon.task"), where, "scope");
  complaints.expect(time_of(log, "time") > 0, where, "has no time");
  complaints.expect(time_of(log, "observed_time") > 0, where, "has no observed time");
  complaints.expect(log.at("dropped_attributes") == 0, where, "lost attributes");
  const std::string body = text(log, "body");
  if (order.is_ok()) {
    complaints.expect(body == order.log, where, "says \"" + body + "\", not \"" + order.log + "\"");
    complaints.expect(attributes.empty(), where, "has " + attributes.dump());
    return;
  }
  const std::string message = text(attributes, "exception.message");
  complaints.expect(body == "OrderProcessor.process failed: " + order.error_type() + ": " + message, where,
                    body);
  complaints.expect(attributes.at("exception.type") == order.error_type(), where, attributes.dump());
  complaints.expect(order.fate != Fate::refused || message == order.log, where, attributes.dump());
  complaints.expect(!message.empty(), where, "has no exception.message");
  complaints.expect(attributes.at("ergon.transaction.line") == line, where, attributes.dump());
}

// The line is in the record itself only where the transaction failed.
std::uint64_t line_of(const json& transaction) {
  return transaction.at("attributes").at("ergon.transaction.line").get<std::uint64_t>();
}

const json* root_of(const TraceIndex::Spans& trace) {
  for (const json* span : trace) {
    if (span->at("name") == "OrderProcessor.transaction") return span;
  }
  return nullptr;
}

}  // namespace

Complaints check_logs(const Arrived& arrived, const TraceIndex& index, const OrdersInput& input) {
  Complaints complaints;
  std::set<std::uint64_t> lines;
  std::size_t sampled = 0;
  for (const json& log : arrived.logs) {
    const std::string trace_id = text(log, "trace_id");
    const std::string span_id = text(log, "span_id");
    const std::string where = "log \"" + text(log, "body") + "\"";
    complaints.expect(is_id(trace_id, 32) && is_id(span_id, 16), where, "has no ids");
    const TraceIndex::Spans& trace = index.trace(trace_id);
    const bool is_sampled = (log.at("flags").get<unsigned>() & kSampled) != 0;
    complaints.expect(is_sampled == !trace.empty(), where, "and its trace disagree on being sampled");
    if (trace.empty()) continue;
    ++sampled;
    const json* span = index.find(trace_id, span_id);
    if (!complaints.expect(span != nullptr, where, "has a span id that is not in its trace")) continue;
    complaints.expect(span->at("name") == "OrderProcessor.process", where, "is in " + text(*span, "name"));
    const bool is_inside = time_of(log, "time") + kClockError >= time_of(*span, "start") &&
                           time_of(log, "time") <= time_of(*span, "end") + kClockError;
    complaints.expect(is_inside, where, "is of a time outside its span's");
    const json* root = root_of(trace);
    if (!complaints.expect(root != nullptr, where, "is in no transaction")) continue;
    complaints.expect(lines.insert(line_of(*root)).second, where, "is the second of its transaction");
    check_record(log, input, line_of(*root), complaints);
  }
  const std::size_t transactions = index.named("OrderProcessor.transaction").size();
  complaints.expect(sampled == transactions, "logs in transactions", std::to_string(sampled));
  return complaints;
}

Complaints check_logs_without_spans(const Arrived& arrived, const OrdersInput& input) {
  Complaints complaints;
  std::multiset<std::string> expected;
  std::set<std::string> traces;
  std::set<std::string> spans;
  for (const ExpectedOrder& order : input.orders) {
    if (order.is_ok()) expected.insert(order.log);
  }
  std::size_t failed = 0;
  for (const json& log : arrived.logs) {
    const std::string where = "log \"" + text(log, "body") + "\"";
    complaints.expect(is_id(text(log, "trace_id"), 32) && is_id(text(log, "span_id"), 16), where,
                      "has no ids");
    complaints.expect(traces.insert(text(log, "trace_id")).second, where, "shares its trace with another");
    complaints.expect(spans.insert(text(log, "span_id")).second, where, "shares its span with another");
    complaints.expect(log.at("flags") == kRandom, where, "has the flags " + log.at("flags").dump());
    if (const auto line = log.at("attributes").find("ergon.transaction.line");
        line != log.at("attributes").end()) {
      check_record(log, input, line->get<std::uint64_t>(), complaints);
      ++failed;
    } else if (const auto found = expected.find(text(log, "body")); found != expected.end()) {
      expected.erase(found);
    } else {
      complaints.add(where + ": of no order");
    }
  }
  complaints.expect(expected.empty(), "charged orders without a log", std::to_string(expected.size()));
  complaints.expect(failed == input.orders.size() - input.count(Fate::charged), "failures logged",
                    std::to_string(failed));
  return complaints;
}

}  // namespace ergon::test
