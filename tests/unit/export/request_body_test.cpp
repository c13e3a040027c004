#include "telemetry/export/request_body.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include <nlohmann/json.hpp>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::telemetry {
namespace {

// resource_spans {} of an ExportTraceServiceRequest, after the room for gRPC's prefix.
const std::string kMessage("\x0A\x00", 2);
std::string payload(const std::string& message = kMessage) {
  return std::string(kPayloadOffset, 'x') + message;
}

std::string unzipped(std::string_view bytes) {
  constexpr int kGzip = 15 + 16;
  std::string out(1U << 20U, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, kGzip), Z_OK);
  std::string in(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

TEST(RequestBody, OfGrpcIsFramed) {
  std::string bytes = payload();
  const RequestBody body(OtlpTarget{}, bytes);
  EXPECT_EQ(body.bytes(), std::string("\0\0\0\0\2", 5) + kMessage);
  EXPECT_EQ(body.bytes().data(), bytes.data()) << "nothing is copied";
}

TEST(RequestBody, OfGrpcSaysThatItIsCompressed) {
  const std::string message = "\x0A\x80\x20" + std::string(4096, 'a');
  std::string bytes = payload(message);
  const RequestBody body({.is_compressed = true}, bytes);
  const std::string_view framed = body.bytes();
  ASSERT_GT(framed.size(), kPayloadOffset);
  EXPECT_EQ(framed[0], 1);
  EXPECT_EQ(static_cast<unsigned char>(framed[3]) * 256U + static_cast<unsigned char>(framed[4]),
            framed.size() - kPayloadOffset);
  EXPECT_LT(framed.size(), message.size() / 4);
  EXPECT_EQ(unzipped(framed.substr(kPayloadOffset)), message);
  EXPECT_EQ(bytes.substr(kPayloadOffset), message) << "what waits to be sent again is as it was";
}

TEST(RequestBody, OfHttpIsTheMessageOrItsJson) {
  std::string bytes = payload();
  const RequestBody protobuf({.protocol = OtlpProtocol::http_protobuf}, bytes);
  EXPECT_EQ(protobuf.bytes(), kMessage);
  const RequestBody json({.protocol = OtlpProtocol::http_json}, bytes);
  EXPECT_EQ(nlohmann::json::parse(json.bytes()), nlohmann::json::parse(R"({"resourceSpans":[{}]})"));
  const RequestBody both({.protocol = OtlpProtocol::http_json, .is_compressed = true}, bytes);
  EXPECT_EQ(unzipped(both.bytes()), json.bytes());
}

TEST(RequestBody, CompressesWhatIsEmptyAndWhatIsNot) {
  EXPECT_EQ(unzipped(gzipped("")), "");
  std::string noise;
  for (unsigned i = 0; i < 300'000; ++i) noise.push_back(static_cast<char>((i * 2'654'435'761U) >> 24U));
  EXPECT_EQ(unzipped(gzipped(noise)), noise);
}

}  // namespace
}  // namespace ergon::telemetry
