// Whatever a program logs, its line is one line, harmless to a terminal, and of JSON what JSON readers take.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "telemetry/logging/json_line.hpp"
#include "telemetry/logging/text_line.hpp"
#include "unit/logging/log_requests.hpp"

namespace {

using namespace ergon;
using namespace ergon::telemetry;
using namespace ergon::telemetry::test;

void require(bool holds, const char* what, const std::string& line) {
  if (holds) return;
  std::fprintf(stderr, "%s: %s\n", what, line.c_str());
  std::abort();
}

// As the recording side hands it on.
std::string text_from(FuzzedDataProvider& data) {
  return base::repair_utf8(data.ConsumeRandomLengthString(64));
}

std::string value_from(FuzzedDataProvider& data, int depth) {
  std::string value;
  switch (data.ConsumeIntegralInRange(0, depth > 3 ? 4 : 6)) {
    case 0:
      return string_value(text_from(data));
    case 1:
      wire::append_number(value, 2, data.ConsumeBool() ? 1 : 0);
      break;
    case 2:
      wire::append_number(value, 3, data.ConsumeIntegral<std::uint64_t>());
      break;
    case 3:
      wire::append_fixed(value, 4, data.ConsumeFloatingPoint<double>());
      break;
    case 4:
      wire::append_field(value, 7, data.ConsumeRandomLengthString(16));
      break;
    case 5: {
      std::string list;
      while (data.ConsumeBool()) wire::append_field(list, 1, value_from(data, depth + 1));
      wire::append_field(value, 5, list);
      break;
    }
    default: {
      std::string map;
      while (data.ConsumeBool())
        wire::append_field(map, 1, pair_of(text_from(data), value_from(data, depth + 1)));
      wire::append_field(value, 6, map);
    }
  }
  return value;
}

void check_line(const std::string& line) {
  require(line.ends_with('\n'), "no end", line);
  const std::string_view inside(line.data(), line.size() - 1);
  require(std::ranges::none_of(inside, [](unsigned char c) { return c < 0x20 || c == 0x7F; }), "a control",
          line);
  require(base::is_valid_utf8(inside), "no UTF-8", line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  TestLog log{.seconds = data.ConsumeIntegral<std::uint32_t>(),
              .level = static_cast<Level>(data.ConsumeIntegralInRange(0, 5)),
              .message = text_from(data)};
  while (log.attributes.size() < 8 && data.ConsumeBool())
    log.attributes.emplace_back(text_from(data), value_from(data, 0));
  if (data.ConsumeBool()) log.trace_id = std::string(16, 'x'), log.span_id = std::string(8, 'y');
  log.event_name = text_from(data);
  const std::string logger = text_from(data);
  const std::string message = encoded(log);
  std::string records;
  append_line_record(records, view_log(message, logger));
  std::string_view rest(records);
  const LogView view = take_line_record(rest);
  require(rest.empty(), "more than one record", records);

  std::string json;
  JsonLine({}, {}).append(json, view);
  check_line(json);
  require(nlohmann::json::accept(json), "no JSON", json);

  const std::string format = base::repair_utf8(data.ConsumeRemainingBytesAsString());
  std::string text;
  TextLine({}, {}).append(text, view);
  check_line(text);
  if (find_format_error(format)) return 0;
  text.clear();
  TextLine({.format = format}, {}).append(text, view);
  check_line(text);
  return 0;
}
