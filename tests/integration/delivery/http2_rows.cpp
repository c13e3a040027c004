// An HTTP/2 server answers what is no gRPC, or does with its streams and its window what it may do.

#include <algorithm>

#include "integration/delivery/fault_backends.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

constexpr int kUnavailable = 14;  // a gRPC status code
constexpr const char* kTriedAgain = "tried again";

std::function<std::unique_ptr<FaultBackend>()> scripted(ScriptedHttp2Server::Scripts scripts) {
  return [scripts] { return std::make_unique<Http2Backend>(scripts); };
}

// That answer to the first requests of all connections, and then that they were taken.
std::function<std::unique_ptr<FaultBackend>()> answering_first(int count, const GrpcReply& reply) {
  return [count, reply] {
    const auto answer = first_replies(count, reply);
    return std::make_unique<Http2Backend>([answer](std::size_t) { return Http2Script{.answer = answer}; });
  };
}

std::function<std::unique_ptr<FaultBackend>()> always_answering(const GrpcReply& reply) {
  return scripted([reply](std::size_t) { return Http2Script{.answer = [reply] { return reply; }}; });
}

std::function<std::unique_ptr<FaultBackend>()> on_first_connections(std::size_t count,
                                                                    const Http2Script& script) {
  return scripted([=](std::size_t connection) { return connection < count ? script : Http2Script{}; });
}

FaultRow early_row() {
  const auto make_backend = [] {
    using Answer = std::optional<GrpcReply>;
    const auto early = first_replies<Answer>(4, refusal(kUnavailable, "not now"));
    return std::make_unique<Http2Backend>(
        [early](std::size_t) { return Http2Script{.answer_early = early}; });
  };
  return {.name = "AnswersBeforeTheBody",
          .make_backend = make_backend,
          .expected = {.diagnostic = "spans: not now"}};
}

std::vector<FaultRow> rows_of_connections() {
  return {
      {.name = "GarbageInsteadOfHttp2",
       .make_backend = on_first_connections(4, {.greeting = std::string(64, '\xff')}),
       .expected = {.least_connections = 5, .diagnostic = kTriedAgain}},
      {.name = "DiesBeforeTheAnswer",
       .make_backend = answering_first(4, {.kind = GrpcReply::Kind::hang_up}),
       .expected = {.may_repeat = true, .least_connections = 5, .diagnostic = kTriedAgain}},
      {.name = "GoesAwayEvery300Milliseconds",
       .make_backend = scripted([](std::size_t) { return Http2Script{.goes_away_after = 300ms}; }),
       .order = {.bursts = 50},
       .expected = {.least_connections = 3}},
      // curl itself asks five times more, so four requests at once can't bear them all.
      {.name = "RefusesStreams",
       .make_backend = answering_first(24, {.kind = GrpcReply::Kind::reset, .is_taken = false}),
       .expected = {.least_connections = 25, .diagnostic = kTriedAgain}},
      {.name = "OneStreamAtMost",
       .make_backend = scripted([](std::size_t) { return Http2Script{.most_streams = 1}; })},
      {.name = "ZeroWindow",
       .make_backend = on_first_connections(2, {.stream_window = 0}),
       .order = {.timeout = 400ms},
       .expected = {.may_repeat = true, .least_connections = 3, .diagnostic = kTriedAgain}},
      {.name = "ClosedWindowOfTheConnection",
       .make_backend = on_first_connections(4, {.opens_connection_window = false}),
       .order = {.timeout = 400ms},
       .expected = {.may_repeat = true, .least_connections = 5, .most_cpu = 50ms, .diagnostic = kTriedAgain}},
      early_row(),
  };
}

std::vector<FaultRow> rows_of_answers() {
  const FaultExpectation all_lost{
      .fate = Fate::all_dropped, .reason = "non_retryable", .diagnostic = "its records are lost"};
  const GrpcReply page{.is_taken = false,
                       .headers = {{":status", "200"}, {"content-type", "text/html"}},
                       .body = "<html>It works!</html>",
                       .trailers = {}};
  return {
      {.name = "TrailersOnly",
       .make_backend = answering_first(4, refusal(kUnavailable, "not now")),
       .expected = {.diagnostic = "spans: not now"}},
      {.name = "GarbageInsteadOfAMessage",
       .make_backend = always_answering({.body = grpc_frame("\xff\xff\xff garbage")}),
       .expected = {.diagnostic = "not a protobuf message"}},
      {.name = "EndlessAnswer",
       .make_backend = always_answering({.kind = GrpcReply::Kind::endless, .is_taken = false}),
       .order = {.max_response_size = 65'536},
       .expected = all_lost},
      {.name = "NoStatus",
       .make_backend = always_answering({.is_taken = false, .trailers = {}}),
       .expected = all_lost},
      {.name = "WrongContentType", .make_backend = always_answering(page), .expected = all_lost},
  };
}

}  // namespace

std::vector<FaultRow> http2_rows() {
  std::vector<FaultRow> rows = rows_of_connections();
  std::ranges::move(rows_of_answers(), std::back_inserter(rows));
  return rows;
}

}  // namespace ergon::test
