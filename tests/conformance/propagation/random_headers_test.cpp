#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "conformance/propagation/headers.hpp"

// No header may crash a parser, break its limits, or come back other than it was understood.
namespace ergon::test {
namespace {

constexpr int kRounds = 20'000;

class Source {
 public:
  explicit Source(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string bytes(std::size_t most) {
    std::string text(below(most + 1), '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

  // Of characters that the grammars care for.
  std::string marks(std::size_t most) {
    constexpr std::string_view kMarks = "aAfF09-_*/@=,;% \t.\"\\d1\xC3\xA9\x7F";
    std::string text(below(most + 1), '\0');
    for (char& c : text) c = kMarks[below(kMarks.size())];
    return text;
  }

  // The text with a few changes: bytes replaced, taken out, put in, doubled, or cut off.
  std::string mutated(std::string text) {
    for (std::size_t changes = below(4) + 1; changes > 0; --changes) {
      const std::size_t at = below(text.size() + 1);
      switch (below(5)) {
        case 0:
          if (at < text.size()) text[at] = static_cast<char>(random_());
          break;
        case 1:
          text.erase(at, below(4));
          break;
        case 2:
          text.insert(at, marks(4));
          break;
        case 3:
          text.insert(at, text.substr(at, below(40)));
          break;
        default:
          if (below(8) == 0) text.resize(at);
      }
    }
    return text;
  }

  std::string header(const std::vector<std::string>& examples) {
    switch (below(8)) {
      case 0:
        return bytes(600);
      case 1:
        return marks(600);
      default:
        return mutated(examples[below(examples.size())]);
    }
  }

 private:
  std::mt19937 random_;
};

void expect_known(const SpanContext& context, const std::string& header) {
  EXPECT_TRUE(context.is_remote) << header;
  EXPECT_EQ(context.trace_flags & ~0x03, 0) << header;
  const auto written = inject_by("tracecontext", Context().with_span_context(context));
  EXPECT_EQ(span_in({{"traceparent", written.at("traceparent")}}).trace_id, context.trace_id) << header;
}

TEST(RandomHeaders, OfTraceparent) {
  Source source(1);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string header = source.header(
        {std::string(kTraceparent), "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-next"});
    const SpanContext context = span_in({{"traceparent", header}});
    if (!context.is_valid()) continue;
    ++accepted;
    expect_known(context, header);
  }
  EXPECT_GT(accepted, kRounds / 100) << "mutations reach the good cases, too";
}

TEST(RandomHeaders, OfTracestate) {
  Source source(2);
  std::string long_one = "a=1";
  for (std::size_t i = 0; i < 30; ++i)
    long_one += ",k" + std::to_string(i) + "=" + std::string(i * 9, 'v') + "v";
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string header =
        source.header({"foo=1,bar=2", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", long_one});
    const TraceState state = TraceState::parse(header);
    EXPECT_LE(state.size(), TraceState::kMostMembers);
    EXPECT_LE(state.to_header().size(), TraceState::kMostCharacters);
    EXPECT_EQ(TraceState::parse(state.to_header()), state) << header;
    const TraceState changed = state.set(source.marks(5), source.marks(5)).erase("foo");
    EXPECT_EQ(TraceState::parse(changed.to_header()), changed) << header;
    EXPECT_LE(changed.size(), TraceState::kMostMembers);
    accepted += state.is_empty() ? 0 : 1;
  }
  EXPECT_GT(accepted, kRounds / 100);
}

TEST(RandomHeaders, OfBaggage) {
  Source source(3);
  std::string long_one = "a=1";
  for (std::size_t i = 0; i < 80; ++i)
    long_one += ",k" + std::to_string(i) + "=" + std::string(i * 3, 'v') + ";p=1";
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string header = source.header(
        {"user=Am%C3%A9lie;ttl=3;x,tenant=acme", "SomeKey = SomeValue ; P \t , \t K2=V2;a= 1 ;b", long_one});
    const Baggage baggage = Baggage::parse(header);
    EXPECT_LE(baggage.size(), Baggage::kMostMembers);
    const std::string written = baggage.to_header();
    EXPECT_LE(written.size(), Baggage::kMostCharacters);
    for (const BaggageEntry& entry : baggage) EXPECT_TRUE(base::is_valid_utf8(entry.value)) << header;
    if (header.size() < Baggage::kMostCharacters / 3) {  // escapes are three characters for one
      EXPECT_EQ(Baggage::parse(written), baggage) << header;
    }
    accepted += baggage.is_empty() ? 0 : 1;
  }
  EXPECT_GT(accepted, kRounds / 100);
}

// What a program sets comes back whatever it is.
TEST(RandomHeaders, OfBaggageValues) {
  Source source(4);
  for (int round = 0; round < kRounds; ++round) {
    const Baggage baggage = Baggage().set("k", source.bytes(60), source.marks(12));
    EXPECT_EQ(Baggage::parse(baggage.to_header()), baggage);
  }
}

TEST(RandomHeaders, OfB3) {
  Source source(5);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string header = source.header(
        {"0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1-05e3ac9a4f6e3b90",
         "8448eb211c80319c-b7ad6b7169203331-d", "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"});
    const Headers headers{{"b3", header},
                          {"X-B3-TraceId", source.mutated(std::string(kTraceId))},
                          {"X-B3-SpanId", std::string(kSpanId)},
                          {"X-B3-Sampled", source.mutated("1")}};
    const Context context = extract_by("b3", headers);
    if (!context.span_context().is_valid()) continue;
    ++accepted;
    expect_known(context.span_context(), header);
    for (const char* form : {"b3", "b3multi"}) {
      const auto written = inject_by(form, context);
      const Context again = extract_by("b3", Headers(written.begin(), written.end()));
      EXPECT_EQ(again.span_context().trace_id, context.span_context().trace_id) << header;
      EXPECT_EQ(again.span_context().is_sampled(), context.span_context().is_sampled()) << header;
    }
  }
  EXPECT_GT(accepted, kRounds / 100);
}

TEST(RandomHeaders, OfEndlessLengthCostNoMoreThanReadingThem) {
  for (const char piece : {',', ' ', 'a', '=', ';', '%', '-', '0'}) {
    const std::string endless(4U << 20U, piece);
    EXPECT_TRUE(TraceState::parse(endless).is_empty());
    EXPECT_TRUE(Baggage::parse(endless).is_empty());
    EXPECT_FALSE(accepts(endless));
    EXPECT_FALSE(extract_by("b3", {{"b3", endless}}).span_context().is_valid());
  }
  std::string many;
  for (int i = 0; i < 200'000; ++i) many += "k" + std::to_string(i) + "=v,";
  EXPECT_TRUE(TraceState::parse(many).is_empty());
  EXPECT_EQ(Baggage::parse(many).size(), Baggage::kMostMembers);
}

}  // namespace
}  // namespace ergon::test
