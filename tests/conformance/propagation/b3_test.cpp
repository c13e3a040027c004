#include <gtest/gtest.h>

#include <map>
#include <string>

#include "conformance/propagation/headers.hpp"

// specification: context/api-propagators.md#b3-requirements; openzipkin/b3-propagation.
namespace ergon::test {
namespace {

const std::string kIds = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
using Written = std::map<std::string, std::string>;

SpanContext single(const std::string& header) { return extract_by("b3", {{"b3", header}}).span_context(); }

Headers multi(const std::string& sampled) {
  Headers headers{{"X-B3-TraceId", std::string(kTraceId)}, {"X-B3-SpanId", std::string(kSpanId)}};
  if (!sampled.empty()) headers.emplace_back("X-B3-Sampled", sampled);
  return headers;
}

TEST(B3Single, IsReadWithEachSamplingState) {
  const SpanContext accepted = single(kIds + "-1");
  EXPECT_EQ(accepted.trace_id.to_hex(), kTraceId);
  EXPECT_EQ(accepted.span_id.to_hex(), kSpanId);
  EXPECT_TRUE(accepted.is_sampled());
  EXPECT_TRUE(accepted.is_remote);
  EXPECT_FALSE(single(kIds + "-0").is_sampled());
  EXPECT_TRUE(single(kIds + "-0").is_valid());
  EXPECT_TRUE(single(kIds + "-d").is_sampled());
  EXPECT_TRUE(single(kIds).is_valid());
  EXPECT_FALSE(single(kIds).is_sampled());
  EXPECT_EQ(single(kIds + "-1-05e3ac9a4f6e3b90").span_id.to_hex(), kSpanId) << "the parent's id is not ours";
}

TEST(B3Single, IsRefusedWhenMalformed) {
  for (const char* header :
       {"", "-", "1", "d", "x", "0af7651916cd43dd8448eb211c80319c", "0af7651916cd43dd8448eb211c80319c-",
        "0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-1",
        "00000000000000000000000000000000-b7ad6b7169203331-1",
        "0af7651916cd43dd8448eb211c80319c-0000000000000000-1",
        "0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-1",
        "0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-1",
        "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-2",
        "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-",
        "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1-",
        "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1-05e3ac9a4f6e3b90-x"})
    EXPECT_FALSE(single(header).is_valid()) << header;
}

TEST(B3, PadsATraceIdOf64Bits) {
  EXPECT_EQ(single("8448eb211c80319c-b7ad6b7169203331-1").trace_id.to_hex(),
            "00000000000000008448eb211c80319c");
  EXPECT_FALSE(single("0000000000000000-b7ad6b7169203331-1").is_valid());
}

TEST(B3Multi, IsReadWithEachSamplingState) {
  for (const char* accepting : {"1", "true"}) {
    const SpanContext context = extract_by("b3multi", multi(accepting)).span_context();
    EXPECT_EQ(context.trace_id.to_hex(), kTraceId);
    EXPECT_EQ(context.span_id.to_hex(), kSpanId);
    EXPECT_TRUE(context.is_sampled());
  }
  for (const char* other : {"0", "false", ""}) {
    EXPECT_TRUE(extract_by("b3multi", multi(other)).span_context().is_valid());
    EXPECT_FALSE(extract_by("b3multi", multi(other)).span_context().is_sampled());
  }
  EXPECT_FALSE(extract_by("b3multi", multi("maybe")).span_context().is_valid());
  EXPECT_FALSE(extract_by("b3multi", {{"X-B3-TraceId", std::string(kTraceId)}}).span_context().is_valid());
}

TEST(B3, ReadsEitherFormAndPrefersTheSingle) {
  EXPECT_TRUE(extract_by("b3multi", {{"B3", kIds + "-1"}}).span_context().is_sampled());
  Headers both = multi("1");
  both.emplace_back("b3", "0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-0");
  for (const char* form : {"b3", "b3multi"}) {
    const SpanContext context = extract_by(form, both).span_context();
    EXPECT_EQ(context.trace_id.to_hex(), "0af7651916cd43dd8448eb211c80319d");
    EXPECT_FALSE(context.is_sampled());
  }
  both.back().second = "malformed";
  EXPECT_EQ(extract_by("b3", both).span_context().trace_id.to_hex(), kTraceId);
}

TEST(B3, WritesTheFormItIsOf) {
  const Context accepted = extract_by("b3", {{"b3", kIds + "-1-05e3ac9a4f6e3b90"}});
  EXPECT_EQ(inject_by("b3", accepted), (Written{{"b3", kIds + "-1"}})) << "no id of a parent";
  EXPECT_EQ(inject_by("b3multi", accepted), (Written{{"X-B3-TraceId", std::string(kTraceId)},
                                                     {"X-B3-SpanId", std::string(kSpanId)},
                                                     {"X-B3-Sampled", "1"}}));
  const Context refused = extract_by("b3multi", multi("0"));
  EXPECT_EQ(inject_by("b3", refused), (Written{{"b3", kIds + "-0"}}));
  EXPECT_EQ(inject_by("b3multi", refused).at("X-B3-Sampled"), "0");
  EXPECT_TRUE(inject_by("b3", Context()).empty());
  EXPECT_TRUE(inject_by("b3multi", Context()).empty());
}

// "MUST preserve a debug trace flag, if received, and propagate it with subsequent requests"
TEST(B3, PassesTheDebugFlagOn) {
  Headers flagged = multi("0");
  flagged.emplace_back("X-B3-Flags", "1");
  for (const Context& context : {extract_by("b3", {{"b3", kIds + "-d"}}), extract_by("b3", flagged)}) {
    EXPECT_TRUE(context.span_context().is_sampled()) << "debug implies sampled";
    const auto scope = attach(context);
    const auto span = get_tracer("b3").scoped_span("ours");
    const std::string ids = span.context().trace_id.to_hex() + "-" + span.context().span_id.to_hex();
    EXPECT_EQ(inject_by("b3", current_context()), (Written{{"b3", ids + "-d"}}));
    const Written headers = inject_by("b3multi", current_context());
    EXPECT_EQ(headers.at("X-B3-Flags"), "1");
    EXPECT_FALSE(headers.contains("X-B3-Sampled"));
  }
  const Context again = extract_by("b3", {{"b3", kIds + "-1"}}, extract_by("b3", {{"b3", kIds + "-d"}}));
  EXPECT_EQ(inject_by("b3", again), (Written{{"b3", kIds + "-1"}})) << "it was another request's";
}

TEST(B3, PassesARefusalWithoutIdsOn) {
  for (const Headers& headers : {Headers{{"b3", "0"}}, Headers{{"X-B3-Sampled", "0"}}}) {
    const Context context = extract_by("b3", headers);
    EXPECT_TRUE(context.span_context().is_remote);
    const auto span = get_tracer("b3").scoped_span("ours", {}, {.context = &context});
    EXPECT_TRUE(span.context().is_valid());
    EXPECT_FALSE(span.context().is_sampled());
    EXPECT_NE(extract_by("b3", headers).span_context().trace_id, context.span_context().trace_id);
    EXPECT_TRUE(inject_by("b3", current_context()).at("b3").ends_with("-0"));
  }
  EXPECT_FALSE(extract_by("b3", {{"b3", "1"}}).span_context().is_valid()) << "to accept is no context";
}

TEST(B3, NamesItsFields) {
  EXPECT_EQ(built_in_propagator("b3")->fields(), (std::vector<std::string_view>{"b3"}));
  EXPECT_EQ(built_in_propagator("b3multi")->fields(),
            (std::vector<std::string_view>{"X-B3-TraceId", "X-B3-SpanId", "X-B3-Sampled", "X-B3-Flags"}));
}

// The flag is of a trace: another one in the same context, as of a new root, is not debugged.
TEST(B3, DebugFlagStaysWithItsTrace) {
  const Context debugged =
      extract_by("b3", {{"b3", std::string(kTraceId) + "-" + std::string(kSpanId) + "-d"}});
  EXPECT_TRUE(inject_by("b3", debugged).at("b3").ends_with("-d"));
  SpanContext other = debugged.span_context();
  other.span_id.bytes[0] ^= 1;
  EXPECT_TRUE(inject_by("b3", debugged.with_span_context(other)).at("b3").ends_with("-d")) << "a child";
  other.trace_id.bytes[0] ^= 1;
  other.trace_flags = 0;
  EXPECT_TRUE(inject_by("b3", debugged.with_span_context(other)).at("b3").ends_with("-0"));
  EXPECT_FALSE(inject_by("b3multi", debugged.with_span_context(other)).contains("X-B3-Flags"));
}

// Debug stands for sampled, so that only one of the two is there.
TEST(B3, LeavesNoHeaderOfAnEarlierSender) {
  const Context debugged =
      extract_by("b3", {{"b3", std::string(kTraceId) + "-" + std::string(kSpanId) + "-d"}});
  const Context plain = extract_by("b3", {{"b3", std::string(kTraceId) + "-" + std::string(kSpanId) + "-0"}});
  std::map<std::string, std::string> headers;
  detail::MapWriter<std::map<std::string, std::string>> writer(headers);
  const auto* multi = built_in_propagator("b3multi");
  multi->inject(plain, writer);
  EXPECT_TRUE(headers.contains("X-B3-Sampled"));
  multi->inject(debugged, writer);
  EXPECT_TRUE(headers.contains("X-B3-Flags") && !headers.contains("X-B3-Sampled"));
  multi->inject(plain, writer);
  EXPECT_TRUE(!headers.contains("X-B3-Flags") && headers.contains("X-B3-Sampled"));
  multi->inject(Context(), writer);
  EXPECT_TRUE(headers.empty());
}

}  // namespace
}  // namespace ergon::test
