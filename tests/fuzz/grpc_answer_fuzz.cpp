// Whatever a gRPC server answers, the verdict on it is one that can be acted on.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdint>
#include <string>

#include "fuzz/require_verdict.hpp"
#include "telemetry/export/grpc_verdict.hpp"

namespace {

using namespace ergon::telemetry;

// Names that mean something are made here, so that the fuzzer need not find them.
std::string line_from(FuzzedDataProvider& data) {
  constexpr const char* kNames[] = {"",
                                    "grpc-status: ",
                                    "grpc-message:",
                                    "grpc-status-details-bin: ",
                                    "Content-Type: application/grpc",
                                    "HTTP/2 200 "};
  return data.PickValueInArray(kNames) + data.ConsumeRandomLengthString(256) + "\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  GrpcAnswer answer;
  answer.http_status = data.ConsumeIntegralInRange<long>(0, 999);
  for (int lines = data.ConsumeIntegralInRange(0, 6); lines > 0; --lines)
    take_header(answer, line_from(data));
  if (data.ConsumeBool()) answer.details = data.ConsumeRandomLengthString(512);  // not in base64
  answer.body = data.ConsumeRemainingBytesAsString();
  const Verdict verdict = judge(answer);
  ergon::test::require_sound(verdict);
  const bool is_ok = answer.status == 0;
  ergon::test::require((verdict.kind == Verdict::Kind::delivered) == is_ok, "not what the status says",
                       verdict);
  return 0;
}
