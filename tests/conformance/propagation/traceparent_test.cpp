#include <gtest/gtest.h>

#include <string>

#include "conformance/propagation/headers.hpp"

// W3C trace-context level 2, section 3.2: traceparent.
namespace ergon::test {
namespace {

// 3.2.2.3 trace-id, 3.2.2.4 parent-id, 3.2.2.5 trace-flags
TEST(Traceparent, IsReadFieldByField) {
  const SpanContext context = span_in({{"traceparent", std::string(kTraceparent)}});
  EXPECT_EQ(context.trace_id.to_hex(), kTraceId);
  EXPECT_EQ(context.span_id.to_hex(), kSpanId);
  EXPECT_TRUE(context.is_sampled());
  EXPECT_TRUE(context.is_remote);
}

TEST(Traceparent, IsWrittenAsItWasRead) {
  const auto headers =
      inject_by("tracecontext", extract_by("tracecontext", {{"traceparent", std::string(kTraceparent)}}));
  EXPECT_EQ(headers, (std::map<std::string, std::string>{{"traceparent", std::string(kTraceparent)}}));
}

TEST(Traceparent, IsNotWrittenWithoutASpan) {
  EXPECT_TRUE(inject_by("tracecontext", Context()).empty());
  SpanContext halfway;
  halfway.trace_id.bytes.fill(1);
  EXPECT_TRUE(inject_by("tracecontext", Context().with_span_context(halfway)).empty());
}

TEST(Traceparent, IsRefusedWithIdsOfZero) {
  EXPECT_FALSE(accepts("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
  EXPECT_FALSE(accepts("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"));
}

TEST(Traceparent, IsRefusedInUpperCase) {
  EXPECT_FALSE(accepts("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"));
  EXPECT_FALSE(accepts("00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01"));
  EXPECT_FALSE(accepts("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A"));
  EXPECT_FALSE(accepts("0A-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
}

TEST(Traceparent, IsRefusedWithAFieldTooShortOrTooLong) {
  EXPECT_FALSE(accepts(""));
  EXPECT_FALSE(accepts("00"));
  EXPECT_FALSE(accepts("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01"));
  EXPECT_FALSE(accepts("00-0af7651916cd43dd8448eb211c80319c0-b7ad6b7169203331-01"));
  EXPECT_FALSE(accepts("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01"));
  EXPECT_FALSE(accepts("00-0af7651916cd43dd8448eb211c80319c-b7ad6b71692033310-01"));
  EXPECT_FALSE(accepts("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1"));
  EXPECT_FALSE(accepts("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-001"));
  EXPECT_FALSE(accepts("0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_FALSE(accepts("000-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
}

TEST(Traceparent, IsRefusedWithOtherCharacters) {
  for (std::size_t at = 0; at < kTraceparent.size(); ++at) {
    for (const char wrong : {'.', 'g', ' ', '\0'}) {
      std::string header(kTraceparent);
      header[at] = wrong;
      EXPECT_FALSE(accepts(header)) << header;
    }
  }
}

// 3.2.2.1 version, 3.2.4 versioning
TEST(TraceparentVersion, FfIsInvalid) {
  EXPECT_FALSE(accepts("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
}

TEST(TraceparentVersion, ZeroEndsWithItsFlags) {
  EXPECT_FALSE(accepts(std::string(kTraceparent) + "-what-the-future-will-be-like"));
  EXPECT_FALSE(accepts(std::string(kTraceparent) + "-"));
  EXPECT_FALSE(accepts(std::string(kTraceparent) + "."));
}

TEST(TraceparentVersion, OfTheFutureIsReadAsFarAsItIsKnown) {
  EXPECT_TRUE(accepts("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_TRUE(
      accepts("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like"));
  EXPECT_TRUE(accepts("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-"));
  EXPECT_FALSE(accepts("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what-the-future"));
  EXPECT_FALSE(accepts("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"));
}

TEST(TraceparentVersion, IsWrittenAsZero) {
  const Context context = extract_by(
      "tracecontext",
      {{"traceparent", "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future"}});
  EXPECT_EQ(inject_by("tracecontext", context)["traceparent"], kTraceparent);
}

// 3.2.2.5.1 sampled, 3.2.2.5.2 random, 3.2.2.5.3 other flags
TEST(TraceparentFlags, KeepSampledAndRandomAndNoOthers) {
  for (int flags = 0; flags <= 0xFF; ++flags) {
    char header[64];
    std::snprintf(header, sizeof header, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-%02x", flags);
    const Context context = extract_by("tracecontext", {{"traceparent", header}});
    EXPECT_EQ(context.span_context().trace_flags, flags & 0x03);
    std::snprintf(header, sizeof header, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-%02x",
                  flags & 0x03);
    EXPECT_EQ(inject_by("tracecontext", context)["traceparent"], header);
  }
}

// 2.1 header name; RFC 9110, section 5: field names in any case, optional white space around values
TEST(TraceparentHeader, HasItsNameInAnyCase) {
  for (const char* name : {"traceparent", "TraceParent", "TrAcEpArEnT", "TRACEPARENT"})
    EXPECT_TRUE(span_in({{name, std::string(kTraceparent)}}).is_valid()) << name;
  EXPECT_FALSE(span_in({{"trace-parent", std::string(kTraceparent)}}).is_valid());
  EXPECT_FALSE(span_in({{"trace.parent", std::string(kTraceparent)}}).is_valid());
}

TEST(TraceparentHeader, MayHaveOptionalWhiteSpaceAroundIt) {
  EXPECT_TRUE(accepts(" " + std::string(kTraceparent)));
  EXPECT_TRUE(accepts("\t" + std::string(kTraceparent) + " \t"));
}

// 4.3 mutating: several headers are no parent
TEST(TraceparentHeader, IsIgnoredWhereThereAreSeveral) {
  EXPECT_FALSE(
      span_in({{"traceparent", std::string(kTraceparent)}, {"traceparent", std::string(kTraceparent)}})
          .is_valid());
}

// 3.3: a traceparent that can't be read spoils the tracestate, but not the reverse
TEST(TraceparentHeader, GovernsTheTracestate) {
  EXPECT_FALSE(span_in({{"tracestate", "foo=1"}}).is_valid());
  const Context original = extract_by("tracecontext", {{"traceparent", std::string(kTraceparent)}});
  const Context bad =
      extract_by("tracecontext", {{"traceparent", "00-bad"}, {"tracestate", "foo=1"}}, original);
  EXPECT_EQ(bad.span_context(), original.span_context()) << "the context stays as it was";
  const SpanContext context =
      span_in({{"traceparent", std::string(kTraceparent)}, {"tracestate", "foo=1,,bad key=2"}});
  EXPECT_TRUE(context.is_valid());
  EXPECT_TRUE(context.trace_state.is_empty());
}

}  // namespace
}  // namespace ergon::test
