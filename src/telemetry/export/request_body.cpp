#include "telemetry/export/request_body.hpp"

#include <zlib.h>

#include <cstdint>
#include <memory>
#include <new>

#include "telemetry/export/otlp_json.hpp"
#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// gRPC's frame around a message: whether it is compressed, then the length, big-endian.
void write_prefix(std::string& framed, bool is_compressed) {
  const auto length = static_cast<std::uint32_t>(framed.size() - kPayloadOffset);
  framed[0] = is_compressed ? 1 : 0;
  for (unsigned i = 0; i < 4; ++i) framed[1 + i] = static_cast<char>(length >> (24 - 8 * i));
}

}  // namespace

// Telemetry repeats itself, so the quickest level does nearly as well as the others.
std::string gzipped(std::string_view bytes, std::size_t room_before) {
  constexpr int kGzip = 15 + 16;  // the largest window, with gzip's header
  constexpr int kMemoryLevel = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  const std::unique_ptr<z_stream, decltype(&deflateEnd)> owner(&stream, &deflateEnd);
  std::string out(room_before + deflateBound(&stream, bytes.size()), '\0');
  // zlib reads only, but its interface has no const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // NOLINT
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data() + room_before);  // NOLINT
  stream.avail_out = static_cast<uInt>(out.size() - room_before);
  deflate(&stream, Z_FINISH);  // the room is enough for all of it
  out.resize(out.size() - stream.avail_out);
  return out;
}

RequestBody::RequestBody(const OtlpTarget& target, std::string& payload) {
  if (target.is_grpc()) {
    if (!target.is_compressed) {
      write_prefix(payload, false);
      bytes_ = payload;
      return;
    }
    made_ = gzipped(std::string_view(payload).substr(kPayloadOffset), kPayloadOffset);
    write_prefix(made_, true);
    bytes_ = made_;
    return;
  }
  bytes_ = std::string_view(payload).substr(kPayloadOffset);
  if (target.protocol == OtlpProtocol::http_json) {
    append_otlp_json(made_, target.signal, bytes_);
    bytes_ = made_;
  }
  if (target.is_compressed) {
    made_ = gzipped(bytes_);
    bytes_ = made_;
  }
}

}  // namespace ergon::inline v0::telemetry
