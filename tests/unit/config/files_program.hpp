#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/read.hpp"

// What the program offers that the files of tests/integration/config are written for.
namespace ergon::config {

struct JsonlOptions {
  std::string path{};
  std::optional<std::string> dead_letters{};
  ERGON_OPTIONS(JsonlOptions, path, dead_letters);
};

struct PaymentOptions {
  std::chrono::milliseconds timeout{500};
  std::vector<std::string> currencies{"EUR", "USD", "GBP"};
  bool is_strict{true};
  ERGON_OPTIONS(PaymentOptions, timeout, currencies, is_strict);
};

struct TenantOptions {
  std::string name{};
  ERGON_OPTIONS(TenantOptions, name);
};

inline ReadContext files_program() {
  return {{{"connectors", {{"jsonl", JsonlOptions{}}, {"memory", {}}}},
           {"services", {{"payments", PaymentOptions{}}}},
           {"log handlers", {{"alerts", TenantOptions{}}}},
           {"log filters", {{"tenant", TenantOptions{}}}}}};
}

}  // namespace ergon::config
