#include "integration/delivery/scripted_http2_server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

namespace ergon::test {
namespace {

constexpr std::size_t kPrefix = 5;
constexpr std::uint32_t kWindowOfConnection = 0x7000'0000U;

}  // namespace

std::string grpc_frame(std::string_view message) {
  std::string frame(kPrefix, '\0');
  for (unsigned i = 0; i < 4; ++i) frame[1 + i] = static_cast<char>(message.size() >> (24 - 8 * i));
  return frame.append(message);
}

GrpcReply refusal(int status, const std::string& message) {
  GrpcReply reply{.is_taken = false, .body = {}, .trailers = {}};
  reply.headers.emplace_back("grpc-status", std::to_string(status));
  reply.headers.emplace_back("grpc-message", message);
  return reply;
}

class ScriptedHttp2Server::Service {
 public:
  Service(ScriptedHttp2Server& server, int socket, const Http2Script& script)
      : server_(server), script_(script), connection_(socket) {}

  void run() {
    Http2Settings settings{{Http2Setting::initial_window_size, script_.stream_window}};
    if (script_.most_streams)
      settings.emplace_back(Http2Setting::max_concurrent_streams, *script_.most_streams);
    if (!connection_.begin(settings)) return;
    if (script_.opens_connection_window) connection_.open_window(kWindowOfConnection);
    std::optional<Http2Connection::Deadline> leaves;
    if (script_.goes_away_after) leaves = Http2Connection::Deadline::clock::now() + *script_.goes_away_after;
    while (!has_hung_up_ && !connection_.is_over()) {
      const auto frame = connection_.next(leaves);
      if (frame) {
        take(*frame);
      } else if (leaves && !connection_.is_over()) {
        leaves.reset();
        last_stream_ = newest_;
        connection_.go_away(*last_stream_);
      }
      if (last_stream_ && open_.empty()) return;
    }
  }

 private:
  void take(const Http2Frame& frame) {
    if (frame.type == Http2Type::headers) begin_stream(frame.stream);
    const auto found = open_.find(frame.stream);
    if (frame.type == Http2Type::rst_stream) {
      open_.erase(frame.stream);
      endless_.erase(frame.stream);
    } else if (found != open_.end()) {
      if (frame.type == Http2Type::data) found->second += frame.payload;
      if (frame.ends_stream()) end_request(found->first, std::move(found->second));
    }
    for (const std::uint32_t stream : endless_) connection_.fill_window(stream, 'x');
  }

  void begin_stream(std::uint32_t stream) {
    if (last_stream_) return;  // the client learns from GOAWAY that nobody looked at it
    if (script_.most_streams && open_.size() >= *script_.most_streams) {
      return connection_.reset_stream(stream, Http2Error::refused_stream);
    }
    newest_ = stream;
    if (const auto early = script_.answer_early()) {
      answer(stream, *early);
      if (early->kind == GrpcReply::Kind::whole) connection_.reset_stream(stream, Http2Error::none);
      return;
    }
    open_.try_emplace(stream);
  }

  void end_request(std::uint32_t stream, std::string body) {
    ++server_.requests_;
    const GrpcReply reply = script_.answer();
    const std::string_view message = std::string_view(body).substr(std::min(kPrefix, body.size()));
    const bool is_answered = !reply.is_taken || server_.records_.take(message);
    answer(stream, is_answered ? reply : refusal(13, "that is no request of spans or logs"));
    if (!endless_.contains(stream)) open_.erase(stream);
  }

  void answer(std::uint32_t stream, const GrpcReply& reply) {
    switch (reply.kind) {
      case GrpcReply::Kind::hang_up:
        has_hung_up_ = true;
        return;
      case GrpcReply::Kind::reset:
        return connection_.reset_stream(stream, Http2Error::refused_stream);
      case GrpcReply::Kind::endless:
        connection_.send_headers(stream, reply.headers, false);
        endless_.insert(stream);
        return;
      case GrpcReply::Kind::whole:
        break;
    }
    const bool has_trailers = !reply.trailers.empty();
    const bool has_body = !reply.body.empty();
    connection_.send_headers(stream, reply.headers, !has_body && !has_trailers);
    if (has_body) connection_.send_data(stream, reply.body, !has_trailers);
    if (has_trailers) connection_.send_headers(stream, reply.trailers, true);
  }

  ScriptedHttp2Server& server_;
  const Http2Script& script_;
  Http2Connection connection_;
  std::map<std::uint32_t, std::string> open_;  // requests by stream, as far as they have come
  std::set<std::uint32_t> endless_;            // streams, of those
  std::uint32_t newest_ = 0;                   // stream that was looked at
  std::optional<std::uint32_t> last_stream_;   // after GOAWAY
  bool has_hung_up_ = false;
};

ScriptedHttp2Server::ScriptedHttp2Server(Scripts scripts)
    : scripts_(std::move(scripts)),
      server_([this](int socket, std::size_t number) { serve(socket, number); }) {}

void ScriptedHttp2Server::serve(int socket, std::size_t number) {
  const Http2Script script = scripts_(number);
  if (script.greeting.empty()) {
    Service(*this, socket, script).run();
  } else {
    send_all(socket, script.greeting);
  }
  // Until the client has closed, too: closing on bytes that were not read would be RST.
  ::shutdown(socket, SHUT_WR);
  std::array<char, 65'536> ignored;
  while (::recv(socket, ignored.data(), ignored.size(), 0) > 0) {
  }
}

}  // namespace ergon::test
