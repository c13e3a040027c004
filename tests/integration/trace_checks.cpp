#include "integration/trace_checks.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "integration/orders_run.hpp"

namespace ergon::test {
namespace {

using nlohmann::json;
using Fate = ExpectedOrder::Fate;

constexpr std::size_t kWorkerSpans = 5;

// What a single span has to be, beside its place in the tree.
struct ExpectedSpan {
  std::string name;
  std::string kind;
  std::string scope;
  json attributes;
  std::string status = "UNSET";
};

void check_span(const json& span, const ExpectedSpan& expected, const std::string& where,
                Complaints& complaints) {
  const std::string at = where + ", " + expected.name;
  complaints.expect(span.at("name") == expected.name, at, "is named " + text(span, "name"));
  complaints.expect(span.at("kind") == expected.kind, at, "is of kind " + text(span, "kind"));
  complaints.expect(span.at("scope").at("name") == expected.scope, at,
                    "is of scope " + span.at("scope").dump());
  complaints.expect(span.at("attributes") == expected.attributes, at, "has " + span.at("attributes").dump());
  complaints.expect(span.at("status").at("code") == expected.status, at,
                    "has status " + span.at("status").dump());
}

// What every span about messages says.
json of_source(const std::string& operation, const std::string& type) {
  return {{"messaging.system", "jsonl"},
          {"messaging.destination.name", "orders"},
          {"messaging.operation.name", operation},
          {"messaging.operation.type", type}};
}

json merged(json attributes, const json& others) {
  attributes.update(others);
  return attributes;
}

class TransactionCheck {
 public:
  TransactionCheck(const TraceIndex& index, const json& root, const ExpectedOrder& order,
                   Complaints& complaints)
      : index_(index),
        root_(root),
        order_(order),
        complaints_(complaints),
        status_(order.is_ok() ? "UNSET" : "ERROR") {
    where_ = "line " + root.at("attributes").at("ergon.transaction.line").dump();
  }

  void run() {
    check_root();
    const TraceIndex::Spans children = index_.children(root_);
    const json* process = only(children, "OrderProcessor.process");
    const json* settled = only(children, order_.is_ok() ? "orders.ack" : "orders.nack");
    const std::size_t whole = order_.fate == Fate::not_decoded ? 3 : 4;
    complaints_.expect(index_.trace(text(root_, "trace_id")).size() == whole, where_, "has other spans, too");
    if (process != nullptr) check_process(*process);
    if (settled != nullptr) check_settled(*settled);
  }

 private:
  const json* only(const TraceIndex::Spans& spans, const std::string& name) {
    const auto is_it = [&](const json* span) { return span->at("name") == name; };
    const auto count = std::ranges::count_if(spans, is_it);
    if (!complaints_.expect(count == 1, where_, std::to_string(count) + " spans " + name)) return nullptr;
    return *std::ranges::find_if(spans, is_it);
  }

  void check_root() {
    json attributes = root_.at("attributes");
    attributes.erase("ergon.transaction.id");  // compared with the line below
    json expected = merged(of_source("process", "process"),
                           {{"ergon.task.name", "OrderProcessor"},
                            {"ergon.transaction.line", root_.at("attributes").at("ergon.transaction.line")},
                            {"messaging.message.id", id()}});
    if (!order_.is_ok()) expected["error.type"] = order_.error_type();
    complaints_.expect(attributes == expected, where_, "has " + attributes.dump());
    const std::string line = root_.at("attributes").at("ergon.transaction.line").dump();
    complaints_.expect(id().ends_with(".jsonl:" + line), where_, "has the id " + id());
    complaints_.expect(root_.at("kind") == "CONSUMER", where_, "is of kind " + text(root_, "kind"));
    complaints_.expect(text(root_, "parent_span_id").empty(), where_, "is no root");
    complaints_.expect(root_.at("scope").at("name") == "ergon.task", where_, "is of another scope");
    complaints_.expect(!text(root_.at("scope"), "version").empty(), where_,
                       "is of a scope without a version");
    complaints_.expect(root_.at("status").at("code") == status_, where_, "has " + root_.at("status").dump());
    const bool has_message = !text(root_.at("status"), "message").empty();
    complaints_.expect(has_message != order_.is_ok(), where_, "has " + root_.at("status").dump());
    check_link();
  }

  [[nodiscard]] std::string id() const { return text(root_.at("attributes"), "ergon.transaction.id"); }

  void check_link() {
    const json& links = root_.at("links");
    if (!complaints_.expect(links.size() == 1, where_, "links " + links.dump())) return;
    const std::string trace = text(links[0], "trace_id");
    complaints_.expect(is_id(trace, 32) && is_id(text(links[0], "span_id"), 16), where_, "links to no span");
    complaints_.expect(trace != text(root_, "trace_id"), where_, "links to itself");
  }

  void check_process(const json& process) {
    json attributes{{"ergon.attempt", 1}};
    if (!order_.is_ok()) attributes["error.type"] = order_.error_type();
    check_span(process, {"OrderProcessor.process", "INTERNAL", "ergon.task", attributes, status_}, where_,
               complaints_);
    check_exception_event(process);
    const TraceIndex::Spans below = index_.children(process);
    if (order_.fate == Fate::not_decoded) {
      complaints_.expect(below.empty(), where_, "was charged without having been decoded");
    } else if (const json* charge = only(below, "payment.charge")) {
      json of_charge{{"order.id", order_.id}};
      if (!order_.is_ok()) of_charge["error.type"] = "_OTHER";
      check_span(*charge, {"payment.charge", "INTERNAL", "payments", of_charge, status_}, where_,
                 complaints_);
    }
  }

  void check_exception_event(const json& process) {
    const json& events = process.at("events");
    if (!complaints_.expect(events.size() == (order_.is_ok() ? 0U : 1U), where_, events.dump())) return;
    if (order_.is_ok()) return;
    const json& attributes = events[0].at("attributes");
    const bool is_right = events[0].at("name") == "exception" &&
                          attributes.at("exception.type") == order_.error_type() &&
                          !text(attributes, "exception.message").empty();
    complaints_.expect(is_right, where_, "has the event " + events[0].dump());
    if (order_.fate != Fate::refused) return;
    complaints_.expect(attributes.at("exception.message") == order_.log, where_, attributes.dump());
    complaints_.expect(root_.at("status").at("message") == order_.log, where_, root_.at("status").dump());
  }

  void check_settled(const json& span) {
    const std::string operation = order_.is_ok() ? "ack" : "nack";
    json attributes = merged(of_source(operation, "settle"), {{"messaging.message.id", id()}});
    if (!order_.is_ok()) attributes["ergon.requeue"] = false;
    check_span(span, {"orders." + operation, "CLIENT", "ergon.task", attributes}, where_, complaints_);
  }

  const TraceIndex& index_;
  const json& root_;
  const ExpectedOrder& order_;
  Complaints& complaints_;
  std::string status_;
  std::string where_;
};

bool is_handed_back(const json* span) {
  return span->at("name") == "orders.nack" && span->at("attributes").value("ergon.requeue", false);
}

}  // namespace

Complaints check_transactions(const TraceIndex& index, const OrdersInput& input, Presence presence) {
  Complaints complaints;
  std::map<std::uint64_t, int> seen;
  for (const json* root : index.named("OrderProcessor.transaction")) {
    const auto line = root->at("attributes").value("ergon.transaction.line", std::uint64_t{0});
    if (!complaints.expect(line > 0, "a transaction", "has no line")) continue;
    complaints.expect(++seen[line] == 1, "line " + std::to_string(line), "has several transactions");
    TransactionCheck(index, *root, input.of_line(line), complaints).run();
  }
  const std::string found = std::to_string(seen.size()) + " of " + std::to_string(input.orders.size());
  complaints.expect(!seen.empty(), "transactions", found);
  complaints.expect(presence != Presence::every_line || seen.size() == input.orders.size(), "lines", found);
  return complaints;
}

Complaints check_batches(const TraceIndex& index, std::size_t transactions) {
  Complaints complaints;
  std::map<std::string, std::size_t> linked;
  for (const json* root : index.named("OrderProcessor.transaction")) {
    for (const json& link : root->at("links")) ++linked[text(link, "span_id")];
  }
  std::size_t run = 0;
  std::size_t empty = 0;
  for (const json* batch : index.named("OrderProcessor.batch")) {
    const std::string where = "batch " + text(*batch, "span_id");
    const json& count = batch->at("attributes").at("messaging.batch.message_count");
    check_span(*batch,
               {"OrderProcessor.batch",
                "INTERNAL",
                "ergon.task",
                {{"ergon.task.name", "OrderProcessor"}, {"messaging.batch.message_count", count}}},
               where, complaints);
    complaints.expect(text(*batch, "parent_span_id").empty(), where, "is no root");
    const TraceIndex::Spans children = index.children(*batch);
    const auto handed_back = static_cast<std::size_t>(std::ranges::count_if(children, is_handed_back));
    const auto fetch =
        std::ranges::find_if(children, [](const json* one) { return one->at("name") == "orders.fetch"; });
    if (complaints.expect(fetch != children.end(), where, "has no fetch")) {
      check_span(**fetch,
                 {"orders.fetch", "CLIENT", "ergon.task",
                  merged(of_source("fetch", "receive"), {{"messaging.batch.message_count", count}})},
                 where, complaints);
    }
    complaints.expect(children.size() == handed_back + 1, where, "has other children");
    const std::size_t mine = linked[text(*batch, "span_id")];
    complaints.expect(count == mine + handed_back, where,
                      "fetched " + count.dump() + ", ran " + std::to_string(mine) + ", handed back " +
                          std::to_string(handed_back));
    run += mine;
    empty += count == 0 ? 1U : 0U;
  }
  complaints.expect(run == transactions, "batches", std::to_string(run) + " transactions link to them");
  complaints.expect(empty <= kLoopThreads, "batches", std::to_string(empty) + " are empty");
  return complaints;
}

Complaints check_worker_life(const TraceIndex& index, int stop_signal) {
  Complaints complaints;
  const TraceIndex::Spans runs = index.named("OrderProcessor.run");
  if (!complaints.expect(runs.size() == 1, "worker", std::to_string(runs.size()) + " lives"))
    return complaints;
  const json& run = *runs.front();
  json attributes{{"ergon.task.name", "OrderProcessor"}};
  if (stop_signal != 0) attributes["ergon.stop.signal"] = stop_signal;
  check_span(run, {"OrderProcessor.run", "INTERNAL", "ergon.task", attributes}, "worker", complaints);
  complaints.expect(text(run, "parent_span_id").empty(), "worker", "its life is no root");
  TraceIndex::Spans steps = index.children(run);
  std::ranges::sort(steps, {}, [](const json* step) { return time_of(*step, "start"); });
  std::vector<std::string> names;
  for (const json* step : steps) {
    names.push_back(text(*step, "name"));
    check_span(*step, {names.back(), "INTERNAL", "ergon.task", json::object()}, "worker", complaints);
  }
  const std::vector<std::string> expected{"connectors.init", "services.init", "execute", "exit"};
  complaints.expect(names == expected, "worker", "its steps are " + json(names).dump());
  complaints.expect(index.trace(text(run, "trace_id")).size() == kWorkerSpans, "worker",
                    "has other spans, too");
  return complaints;
}

std::size_t expected_spans(const OrdersInput& input, std::size_t batch_size) {
  const std::size_t lines = input.orders.size();
  const std::size_t decoded = lines - input.count(Fate::not_decoded);
  const std::size_t batches =
      (lines + batch_size - 1) / batch_size + kLoopThreads;  // the last ones are empty
  return lines * 3 + decoded + batches * 2 + kWorkerSpans;
}

std::size_t count_handed_back(const TraceIndex& index) {
  return static_cast<std::size_t>(std::ranges::count_if(index.named("orders.nack"), is_handed_back));
}

}  // namespace ergon::test
