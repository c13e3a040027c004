#include "receiver/status_details.hpp"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

namespace ergon::receiver {
namespace {

using google::protobuf::internal::WireFormatLite;

// RetryInfo { Duration retry_delay = 1; }
std::string retry_info(std::chrono::milliseconds retry_after) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(retry_after);
  google::protobuf::Duration delay;
  delay.set_seconds(seconds.count());
  delay.set_nanos(static_cast<int>(std::chrono::nanoseconds(retry_after - seconds).count()));
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    WireFormatLite::WriteBytes(1, delay.SerializeAsString(), &out);
  }
  return bytes;
}

}  // namespace

// Status { int32 code = 1; string message = 2; repeated Any details = 3; }
std::string status_with_retry_info(int code, std::string_view message,
                                   std::chrono::milliseconds retry_after) {
  google::protobuf::Any detail;
  detail.set_type_url("type.googleapis.com/google.rpc.RetryInfo");
  detail.set_value(retry_info(retry_after));
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    WireFormatLite::WriteInt32(1, code, &out);
    WireFormatLite::WriteString(2, std::string(message), &out);
    WireFormatLite::WriteBytes(3, detail.SerializeAsString(), &out);
  }
  return bytes;
}

}  // namespace ergon::receiver
