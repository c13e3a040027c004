#include "integration/delivery/http2_connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "integration/delivery/loopback.hpp"

namespace ergon::test {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::size_t kFrameHead = 9;
constexpr std::int64_t kLargestFrame = 16'384;

std::string big_endian(std::uint64_t value, unsigned bytes) {
  std::string text;
  while (bytes-- > 0) text.push_back(static_cast<char>(value >> (8 * bytes)));
  return text;
}

std::uint32_t read_big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = (value << 8U) | static_cast<unsigned char>(byte);
  return value;
}

// RFC 7541: a length in the low 7 bits of a byte, those of 127 and more in bytes that follow; no Huffman.
std::string hpack_string(std::string_view text) {
  constexpr std::size_t kMostInPrefix = 127;
  std::string encoded;
  std::size_t length = text.size();
  encoded.push_back(static_cast<char>(std::min(length, kMostInPrefix)));
  if (length >= kMostInPrefix) {
    for (length -= kMostInPrefix; length >= 128; length /= 128) {
      encoded.push_back(static_cast<char>(length % 128 + 128));
    }
    encoded.push_back(static_cast<char>(length));
  }
  encoded.append(text);
  return encoded;
}

}  // namespace

bool Http2Connection::read_exactly(std::string& bytes, std::size_t size) {
  bytes.resize(size);
  if (size > 0 && ::recv(socket_, bytes.data(), size, MSG_WAITALL) != static_cast<ssize_t>(size)) {
    is_over_ = true;
  }
  return !is_over_;
}

bool Http2Connection::begin(const Http2Settings& settings) {
  std::string preface;
  if (!read_exactly(preface, kPreface.size()) || preface != kPreface) return false;
  std::string payload;
  for (const auto& [number, value] : settings) {
    payload += big_endian(static_cast<std::uint16_t>(number), 2) + big_endian(value, 4);
  }
  write(Http2Type::settings, 0, 0, payload);
  return !is_over_;
}

std::optional<Http2Frame> Http2Connection::next(std::optional<Deadline> deadline) {
  while (!is_over_) {
    if (deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Deadline::clock::now());
      pollfd readable{socket_, POLLIN, 0};
      if (::poll(&readable, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) <= 0) break;
    }
    auto frame = read_frame();
    if (frame && !take_control(*frame)) return frame;
  }
  return std::nullopt;
}

std::optional<Http2Frame> Http2Connection::read_frame() {
  std::string head;
  if (!read_exactly(head, kFrameHead)) return std::nullopt;
  const std::string_view view = head;
  Http2Frame frame{.type = static_cast<Http2Type>(view[3]),
                   .flags = static_cast<std::uint8_t>(view[4]),
                   .stream = read_big_endian(view.substr(5, 4)) & 0x7fff'ffffU};
  if (!read_exactly(frame.payload, read_big_endian(view.substr(0, 3)))) return std::nullopt;
  if (frame.type == Http2Type::data && (frame.flags & kPadded) != 0) {
    const auto padding = static_cast<unsigned char>(frame.payload.at(0));
    frame.payload = frame.payload.substr(1, frame.payload.size() - 1 - padding);
  }
  return frame;
}

// True for what is none of the scripts' business.
bool Http2Connection::take_control(const Http2Frame& frame) {
  switch (frame.type) {
    case Http2Type::settings:
      if ((frame.flags & kAck) != 0) return true;
      take_settings(frame.payload);
      write(Http2Type::settings, kAck, 0, {});
      return true;
    case Http2Type::ping:
      if ((frame.flags & kAck) == 0) write(Http2Type::ping, kAck, 0, frame.payload);
      return true;
    case Http2Type::window_update: {
      auto& window = frame.stream == 0 ? connection_window_ : window_of(frame.stream);
      window += read_big_endian(frame.payload) & 0x7fff'ffffU;
      return false;  // who waits for the window wants to know
    }
    default:
      return frame.stream == 0;
  }
}

void Http2Connection::take_settings(std::string_view payload) {
  for (; payload.size() >= 6; payload.remove_prefix(6)) {
    if (read_big_endian(payload.substr(0, 2)) != static_cast<unsigned>(Http2Setting::initial_window_size))
      continue;
    const std::int64_t changed = read_big_endian(payload.substr(2, 4));
    for (auto& [stream, window] : windows_) window += changed - initial_window_;
    initial_window_ = changed;
  }
}

std::int64_t& Http2Connection::window_of(std::uint32_t stream) {
  return windows_.try_emplace(stream, initial_window_).first->second;
}

void Http2Connection::write(Http2Type type, std::uint8_t flags, std::uint32_t stream,
                            std::string_view payload) {
  std::string frame = big_endian(payload.size(), 3);
  frame.push_back(static_cast<char>(type));
  frame.push_back(static_cast<char>(flags));
  frame += big_endian(stream, 4);
  frame += payload;
  if (!send_all(socket_, frame)) is_over_ = true;
}

// Each a literal without indexing under a new name.
void Http2Connection::send_headers(std::uint32_t stream, const Http2Headers& headers, bool ends_stream) {
  std::string block;
  for (const auto& [name, value] : headers) {
    block.push_back('\0');
    block += hpack_string(name) + hpack_string(value);
  }
  write(Http2Type::headers, kEndHeaders | (ends_stream ? kEndStream : 0), stream, block);
}

void Http2Connection::send_data(std::uint32_t stream, std::string_view bytes, bool ends_stream) {
  connection_window_ -= static_cast<std::int64_t>(bytes.size());
  window_of(stream) -= static_cast<std::int64_t>(bytes.size());
  write(Http2Type::data, ends_stream ? kEndStream : 0, stream, bytes);
}

void Http2Connection::fill_window(std::uint32_t stream, char byte) {
  while (!is_over_) {
    const auto size = std::min({connection_window_, window_of(stream), kLargestFrame});
    if (size <= 0) return;
    send_data(stream, std::string(static_cast<std::size_t>(size), byte), false);
  }
}

void Http2Connection::reset_stream(std::uint32_t stream, Http2Error error) {
  write(Http2Type::rst_stream, 0, stream, big_endian(static_cast<std::uint32_t>(error), 4));
}

void Http2Connection::go_away(std::uint32_t last_stream) {
  write(Http2Type::goaway, 0, 0, big_endian(last_stream, 4) + big_endian(0, 4));
}

void Http2Connection::open_window(std::uint32_t by) {
  write(Http2Type::window_update, 0, 0, big_endian(by, 4));
}

}  // namespace ergon::test
