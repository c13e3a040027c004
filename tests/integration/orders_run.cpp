#include "integration/orders_run.hpp"

#include <fstream>
#include <stdexcept>

namespace ergon::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{90};

std::string exporter(const OrdersSettings& settings) {
  std::string options = "endpoint: \"" + settings.endpoint + "\"";
  options += ", timeout: " + std::to_string(settings.request_timeout.count()) + "ms";
  if (!settings.ca_file.empty()) options += ", tls: {ca_file: \"" + settings.ca_file.string() + "\"}";
  return "exporter: {otlp_grpc: {" + options + "}}";
}

std::string yaml(const OrdersSettings& settings) {
  const std::string batch = "{batch: {schedule_delay: 50ms, " + exporter(settings) + "}}";
  std::string text =
      "tasks:\n"
      "  OrderProcessor:\n"
      "    connectors: {orders: {jsonl: {path: \"" +
      settings.input.string() +
      "\"}}}\n"
      "    services: {payments: {timeout: 250ms}}\n"
      "    policies: {consumer: {loop: {concurrency: " +
      std::to_string(settings.concurrency) +
      "}, fetch: {batch: {size: " + std::to_string(settings.batch_size) +
      "}}}}\n"
      "    resource: {service.namespace: shop, service.version: \"1.2.3\"}\n"
      "    logging:\n"
      "      level: info\n"
      "      handlers:\n"
      "        - otlp: {processors: [" +
      batch + "]}\n";
  if (settings.logs_to_console) text += "        - console: {formatter: json}\n";
  if (settings.fills_batches) text += "      flush_on: \"off\"\n";
  text += "    metrics:\n      readers: [{periodic: {interval: 200ms, " + exporter(settings) + "}}]\n";
  if (settings.has_tracing) {
    text += "    tracing:\n      sampler: {" + settings.sampler + "}\n      processors: [" + batch + "]\n";
  }
  return text;
}

ChildProcessOptions command(const OrdersSettings& settings, const std::filesystem::path& folder) {
  const auto config = folder / "orders.yaml";
  std::ofstream(config) << yaml(settings);
  return {.arguments = {ERGON_ORDERS, "run", "OrderProcessor", "--debug", "--config", config, "--summary",
                        "json"},
          .unset_environment = {"OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"},
          .working_directory = folder};
}

}  // namespace

OrdersRun::OrdersRun(const OrdersSettings& settings)
    : start_(std::chrono::steady_clock::now()), child_(command(settings, folder_.path())) {}

OrdersOutcome OrdersRun::finish() {
  OrdersOutcome outcome;
  const auto status = child_.wait(kPatience);
  if (!status) throw std::runtime_error("orders does not end; stderr: " + child_.error_output());
  outcome.status = *status;
  outcome.duration = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start_);
  outcome.errors = child_.error_output();
  std::string output = child_.output();
  if (output.ends_with('\n')) output.pop_back();
  const auto newline = output.rfind('\n');
  const auto last = newline == std::string::npos ? 0 : newline + 1;
  outcome.summary = json::parse(output.substr(last), nullptr, false);
  outcome.output = output.substr(0, last);
  if (outcome.summary.is_discarded()) {
    throw std::runtime_error("orders printed no summary but \"" + output.substr(last) +
                             "\"; stderr: " + outcome.errors);
  }
  return outcome;
}

}  // namespace ergon::test
