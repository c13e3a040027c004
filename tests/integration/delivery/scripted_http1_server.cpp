#include "integration/delivery/scripted_http1_server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

namespace ergon::test {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

bool read_more(int socket, std::string& bytes) {
  std::array<char, 65'536> chunk;
  const ssize_t size = ::recv(socket, chunk.data(), chunk.size(), 0);
  if (size > 0) bytes.append(chunk.data(), static_cast<std::size_t>(size));
  return size > 0;
}

// Takes the head of a request, in lower case, from what has come.
std::optional<std::string> read_head(int socket, std::string& bytes) {
  std::size_t end = bytes.find(kEndOfHead);
  for (; end == std::string::npos; end = bytes.find(kEndOfHead)) {
    if (!read_more(socket, bytes)) return std::nullopt;
  }
  std::string head = bytes.substr(0, end + kEndOfHead.size());
  bytes.erase(0, head.size());
  std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
  return head;
}

// Between the method and the version.
std::string path_of(const std::string& head) {
  const std::size_t start = head.find(' ') + 1;
  return head.substr(start, head.find(' ', start) - start);
}

std::size_t length_of_body(const std::string& head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  const std::size_t at = head.find(kName);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + kName.size()));
}

std::string head_of(const HttpReply& reply) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " scripted\r\n" + reply.headers;
  if (!reply.is_endless) head += "content-length: " + std::to_string(reply.body.size()) + "\r\n";
  return head + "\r\n";
}

}  // namespace

ScriptedHttp1Server::ScriptedHttp1Server(Answer answer)
    : answer_(std::move(answer)), server_([this](int socket, std::size_t) { serve(socket); }) {}

void ScriptedHttp1Server::serve(int socket) {
  std::string bytes;
  for (;;) {
    const auto head = read_head(socket, bytes);
    if (!head) return;
    if (head->find("\r\nexpect: 100-continue") != std::string::npos &&
        !send_all(socket, "HTTP/1.1 100 Continue\r\n\r\n")) {
      return;
    }
    const std::size_t length = length_of_body(*head);
    while (bytes.size() < length) {
      if (!read_more(socket, bytes)) return;
    }
    if (!answer(socket, path_of(*head), bytes.substr(0, length))) return;
    bytes.erase(0, length);
  }
}

bool ScriptedHttp1Server::answer(int socket, const std::string& path, const std::string& body) {
  ++requests_;
  HttpReply reply = answer_(path);
  if (reply.is_taken && !records_.take(body)) reply = {.status = 400, .body = {}, .is_taken = false};
  if (!send_all(socket, head_of(reply))) return false;
  if (!reply.is_endless) return send_all(socket, reply.body);
  const std::string chunk(16'384, 'x');
  while (send_all(socket, chunk)) {
  }
  return false;
}

}  // namespace ergon::test
