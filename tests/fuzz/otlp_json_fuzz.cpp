// Whatever bytes are taken for a request, their JSON is valid, in one line and UTF-8.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "telemetry/export/otlp_json.hpp"

namespace {

void require(bool holds, const char* what, const std::string& json) {
  if (holds) return;
  std::fprintf(stderr, "%s: %s\n", what, json.c_str());
  std::abort();
}

}  // namespace

// The first byte says of which signal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace ergon;
  if (size == 0) return 0;
  const auto signal = static_cast<telemetry::Signal>(bytes[0] % 3);
  std::string json;
  telemetry::append_otlp_json(json, signal, {reinterpret_cast<const char*>(bytes) + 1, size - 1});
  require(nlohmann::json::accept(json), "no JSON", json);
  require(json.find_first_of("\r\n") == std::string::npos, "more than a line", json);
  require(base::is_valid_utf8(json), "no UTF-8", json);
  return 0;
}
