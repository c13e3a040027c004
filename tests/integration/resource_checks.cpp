#include <algorithm>
#include <regex>

#include "integration/signal_checks.hpp"

namespace ergon::test {
namespace {

using nlohmann::json;

bool is_uuid_v4(const std::string& text) {
  static const std::regex kForm("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  return std::regex_match(text, kForm);
}

bool is_loopback(const json& address) {
  const auto text = address.get<std::string>();
  return text.starts_with("127.") || text == "::1";
}

bool is_address_list(const json& addresses) {
  if (!addresses.is_array() || addresses.empty()) return false;
  if (!std::ranges::all_of(addresses, [](const json& one) {
        return one.is_string() && !one.get_ref<const std::string&>().empty();
      }))
    return false;
  return std::ranges::none_of(addresses, is_loopback) || std::ranges::all_of(addresses, is_loopback);
}

void check_identity(const json& resource, pid_t pid, Complaints& complaints) {
  const auto expect = [&](const char* key, const json& expected) {
    const json found = resource.value(key, json());
    complaints.expect(found == expected, "resource", std::string(key) + " is " + found.dump());
  };
  const json instance = resource.value("service.instance.id", json());
  const json host = resource.value("host.name", json());
  const json addresses = resource.value("host.ip", json());
  complaints.expect(is_uuid_v4(text(resource, "service.instance.id")), "instance id", instance.dump());
  complaints.expect(is_uuid_v4(text(resource, "ergon.run.id")), "run id", text(resource, "ergon.run.id"));
  complaints.expect(!text(resource, "host.name").empty(), "host", host.dump());
  complaints.expect(is_address_list(addresses), "addresses", addresses.dump());
  expect("service.name", "OrderProcessor");
  expect("service.namespace", "shop");
  expect("service.version", "1.2.3");
  expect("process.pid", pid);
  expect("ergon.worker.id", 0);
  expect("ergon.task.name", "OrderProcessor");
  expect("ergon.task.execution.id", instance);
  expect("ergon.task.execution.pid", pid);
  expect("ergon.task.execution.host.name", host);
  expect("ergon.task.execution.host.ip", addresses);
  expect("telemetry.sdk.name", "ergon");
  expect("telemetry.sdk.language", "cpp");
  const std::string version = text(resource, "telemetry.sdk.version");
  complaints.expect(!version.empty(), "resource", "has no telemetry.sdk.version");
  static const std::regex kTime(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)");
  const std::string start = text(resource, "ergon.task.execution.start_time");
  complaints.expect(std::regex_match(start, kTime), "start time", start);
}

}  // namespace

Complaints check_resource(const Arrived& arrived, pid_t pid) {
  Complaints complaints;
  const json* first = nullptr;
  for (const auto* items : {&arrived.spans, &arrived.logs, &arrived.metrics}) {
    for (const json& item : *items) {
      const json& resource = item.at("resource");
      if (first == nullptr) {
        first = &resource;
        check_identity(resource, pid, complaints);
      }
      complaints.expect(resource == *first, text(item, "signal"), "has another resource: " + resource.dump());
    }
  }
  complaints.expect(first != nullptr, "resource", "nothing has arrived");
  return complaints;
}

}  // namespace ergon::test
