#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <protozero/pbf_reader.hpp>

#include "base/pbf_view.hpp"
#include "telemetry/export/files_thread.hpp"
#include "telemetry/logging/line_format.hpp"
#include "telemetry/worker/export_batch.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::telemetry::test {

using ergon::test::MemorySession;

/// The one request of this signal that the session recorded.
inline ExportBatch batch_of(MemorySession& session, Signal signal) {
  const auto requests = session.take(signal);
  EXPECT_EQ(requests.size(), 1U);
  ExportBatch batch;
  batch.signal = signal;
  if (!requests.empty()) batch.payload = std::string(kPayloadOffset, '\0') + requests[0];
  return batch;
}

/// The text of the batch's logs.
inline std::string logs_as(const LogFormatter& formatter, const ExportBatch& batch) {
  protozero::pbf_reader request(batch.request().data(), batch.request().size());
  std::string_view resource;
  if (request.next(1)) {
    protozero::pbf_reader logs = request.get_message();
    if (logs.next(1)) resource = base::view_of(logs.get_view());
  }
  std::string text;
  const auto format = make_line_format(formatter, {.resource = resource});
  for_each_log(batch.request(), [&](const LogView& log) { format->append(text, log); });
  return text;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  EXPECT_TRUE(text.empty() || text.ends_with('\n'));
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Everything that a terminal or another program might take for more than text.
inline const std::string& nasty() {
  static const std::string kNasty =
      "x\n[2026-01-01 00:00:00] [INFO] [root] forged\r\n\x1b[31mred\x1b[0m \x07\x08\x7f \xC2\x9B"
      "31m \xC2\x85next "
      "\xE2\x80\xA8line \xE2\x80\xA9para \xE9 \xF0\x9D \"quoted\" \\ \t é€𝄞" +
      std::string(1, '\0') + "end";
  return kNasty;
}

inline bool is_harmless(const std::string& line) {
  const bool has_controls = std::ranges::any_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  const bool has_c1 =
      line.find("\xC2\x85") != std::string::npos || line.find("\xC2\x9B") != std::string::npos;
  return !has_controls && !has_c1 && line.find("\xE2\x80\xA8") == std::string::npos;
}

}  // namespace ergon::telemetry::test
