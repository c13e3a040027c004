#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ergon::test {

/// The numbers of RFC 9113 that the scripts use.
enum class Http2Type : std::uint8_t {
  data = 0,
  headers = 1,
  rst_stream = 3,
  settings = 4,
  ping = 6,
  goaway = 7,
  window_update = 8,
  continuation = 9,
};
enum class Http2Setting : std::uint16_t { max_concurrent_streams = 3, initial_window_size = 4 };
enum class Http2Error : std::uint32_t { none = 0, refused_stream = 7 };

inline constexpr std::uint8_t kAck = 0x1;        // of SETTINGS and PING
inline constexpr std::uint8_t kEndStream = 0x1;  // of HEADERS and DATA
inline constexpr std::uint8_t kEndHeaders = 0x4;
inline constexpr std::uint8_t kPadded = 0x8;

struct Http2Frame {
  Http2Type type{};
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  std::string payload{};

  [[nodiscard]] bool ends_stream() const {
    return (type == Http2Type::data || type == Http2Type::headers) && (flags & kEndStream) != 0;
  }
};

using Http2Headers = std::vector<std::pair<std::string, std::string>>;
using Http2Settings = std::vector<std::pair<Http2Setting, std::uint32_t>>;

/// The server's end of an HTTP/2 connection in clear text: frames, and no opinion on what is in them.
/// Acknowledges settings and pings, and minds how much it may send. For one thread.
class Http2Connection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// The socket stays the caller's.
  explicit Http2Connection(int socket) : socket_(socket) {}

  /// Takes the client's preface and sends settings; false when it is none.
  bool begin(const Http2Settings& settings);
  /// The next frame of a stream; none at the end of the connection, and at the deadline (`is_over` tells).
  std::optional<Http2Frame> next(std::optional<Deadline> deadline = {});
  [[nodiscard]] bool is_over() const { return is_over_; }

  void send_headers(std::uint32_t stream, const Http2Headers& headers, bool ends_stream);
  /// Without a look at the window: for what is certain to fit.
  void send_data(std::uint32_t stream, std::string_view bytes, bool ends_stream);
  /// As much as the windows allow.
  void fill_window(std::uint32_t stream, char byte);
  void reset_stream(std::uint32_t stream, Http2Error error);
  void go_away(std::uint32_t last_stream);
  void open_window(std::uint32_t by);

 private:
  bool read_exactly(std::string& bytes, std::size_t size);
  std::optional<Http2Frame> read_frame();
  bool take_control(const Http2Frame& frame);
  void take_settings(std::string_view payload);
  void write(Http2Type type, std::uint8_t flags, std::uint32_t stream, std::string_view payload);
  std::int64_t& window_of(std::uint32_t stream);

  const int socket_;
  bool is_over_ = false;
  std::int64_t initial_window_ = 65'535;     // of the client's streams
  std::int64_t connection_window_ = 65'535;  // what may still be sent
  std::map<std::uint32_t, std::int64_t> windows_;
};

}  // namespace ergon::test
