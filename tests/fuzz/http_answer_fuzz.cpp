// Whatever an OTLP/HTTP server answers, the verdict on it is one that can be acted on.
#include <fuzzer/FuzzedDataProvider.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "fuzz/require_verdict.hpp"
#include "telemetry/export/http_verdict.hpp"

namespace {

using namespace ergon::telemetry;

// Names that mean something are made here, so that the fuzzer need not find them.
std::string line_from(FuzzedDataProvider& data) {
  constexpr const char* kNames[] = {"",
                                    "HTTP/1.1 ",
                                    "Retry-After: ",
                                    "retry-after: Sun, 06 Nov ",
                                    "content-type: ",
                                    "content-type: application/json",
                                    "content-type: application/x-protobuf"};
  return data.PickValueInArray(kNames) + data.ConsumeRandomLengthString(128) + "\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using std::chrono::system_clock;
  FuzzedDataProvider data(bytes, size);
  const system_clock::time_point now(
      std::chrono::seconds(data.ConsumeIntegralInRange<std::int64_t>(0, 9'000'000'000)));
  HttpAnswer answer;
  for (int lines = data.ConsumeIntegralInRange(0, 6); lines > 0; --lines)
    take_header(answer, line_from(data));
  if (data.ConsumeBool()) answer.status = data.PickValueInArray({200L, 202L, 400L, 413L, 429L, 503L});
  answer.body = data.ConsumeRemainingBytesAsString();
  const Verdict verdict = judge(answer, now);
  ergon::test::require_sound(verdict);
  const bool is_success = answer.status >= 200 && answer.status < 300;
  ergon::test::require((verdict.kind == Verdict::Kind::delivered) == is_success, "not what the status says",
                       verdict);
  return 0;
}
