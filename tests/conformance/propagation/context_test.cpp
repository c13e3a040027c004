#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::test {
namespace {

using ergon::testing::Recorder;

constexpr ContextKey<std::string> kTenant{"tenant"};
constexpr ContextKey<int> kShard{"shard"};
constexpr ContextKey<std::string> kOther{"tenant"};  // of the same name, and yet another

const Tracer& tracer() {
  static const Tracer kTracer = get_tracer("context");
  return kTracer;
}

SpanContext remote() {
  SpanContext context;
  context.trace_id.bytes.fill(0xAB);
  context.span_id.bytes.fill(0xCD);
  context.trace_flags = SpanContext::kSampled | SpanContext::kRandom;
  context.is_remote = true;
  context.trace_state = TraceState::parse("vendor=1");
  return context;
}

// specification: context/README.md#get-value, #set-value, #create-a-key
TEST(Context, IsChangedByMakingAnother) {
  const Context empty;
  EXPECT_EQ(empty.get(kTenant), nullptr);
  EXPECT_FALSE(empty.span_context().is_valid());
  const Context one = empty.with(kTenant, "acme").with(kShard, 7);
  const Context two = one.with(kTenant, "other");
  EXPECT_EQ(empty.get(kTenant), nullptr);
  ASSERT_NE(one.get(kTenant), nullptr);
  EXPECT_EQ(*one.get(kTenant), "acme");
  EXPECT_EQ(*two.get(kTenant), "other");
  EXPECT_EQ(*two.get(kShard), 7);
  EXPECT_EQ(one.get(kOther), nullptr) << "a key is an object, not a name";
  EXPECT_STREQ(kTenant.name(), "tenant");
}

TEST(Context, OwnsItsValuesUntilTheLastCopyGoes) {
  constexpr ContextKey<std::shared_ptr<int>> key{"held"};
  auto held = std::make_shared<int>(1);
  {
    std::optional<Context> context = Context().with(key, held);
    const Context copy = context->with(kShard, 1);
    context.reset();
    EXPECT_EQ(held.use_count(), 2);
    EXPECT_EQ(**copy.get(key), 1);
    const Context replaced = copy.with(key, nullptr);
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Context, TakesValuesThatCanOnlyBeMoved) {
  constexpr ContextKey<std::unique_ptr<int>> key{"owned"};
  const Context context = Context().with(key, std::make_unique<int>(5));
  const Context copy = context.with(kShard, 1);
  EXPECT_EQ(copy.get(key), context.get(key)) << "shared";
  EXPECT_EQ(**copy.get(key), 5);
}

// specification: context/README.md#attach-context, #detach-context
TEST(Context, IsCurrentUntilItsScopeEnds) {
  EXPECT_EQ(current_context().get(kTenant), nullptr);
  {
    const auto outer = attach(Context().with(kTenant, "outer"));
    {
      const auto inner = attach(current_context().with(kTenant, "inner"));
      EXPECT_EQ(*current_context().get(kTenant), "inner");
    }
    EXPECT_EQ(*current_context().get(kTenant), "outer");
    const auto root = attach(Context());
    EXPECT_EQ(current_context().get(kTenant), nullptr);
  }
  EXPECT_EQ(current_context().get(kTenant), nullptr);
}

TEST(Context, OutlivesTheScopesItWasCapturedIn) {
  Recorder recorder;
  Context captured;
  SpanContext span_context;
  {
    const auto scope = attach(Baggage().set("user", "u-1"));
    const auto span = tracer().scoped_span("span");
    captured = current_context();
    span_context = span.context();
  }
  EXPECT_FALSE(current_context().span_context().is_valid());
  EXPECT_EQ(captured.span_context(), span_context);
  EXPECT_EQ(captured.baggage().get("user"), "u-1");
}

TEST(Context, AttachedScopesMayEndInAnyOrder) {
  auto first = std::make_unique<ContextScope>(Context().with(kShard, 1));
  auto second = std::make_unique<ContextScope>(Context().with(kShard, 2));
  first.reset();
  EXPECT_EQ(*current_context().get(kShard), 2);
  second.reset();
  EXPECT_EQ(current_context().get(kShard), nullptr);
}

TEST(Context, SpansKeepWhatSurroundsThem) {
  Recorder recorder;
  auto scope = std::make_unique<ContextScope>(Context().with(kTenant, "acme"));
  const auto span = tracer().scoped_span("span");
  EXPECT_EQ(*current_context().get(kTenant), "acme");
  const auto root = tracer().scoped_span("root", {}, {.root = true});
  Span movable = tracer().start_span("movable");
  const auto current = movable.make_current();
  EXPECT_EQ(current_context().span_context(), movable.context());
  scope.reset();  // out of turn: the spans within have a share of it
  EXPECT_EQ(*current_context().get(kTenant), "acme");
}

// specification: trace/api.md#determining-the-parent-span-from-a-context
TEST(Context, IsTheParentOfASpanThatIsGivenIt) {
  Recorder recorder;
  const Context context = Context().with_span_context(remote()).with(kTenant, "acme");
  {
    const auto current = tracer().scoped_span("current");
    {
      const auto child = tracer().scoped_span("child", {}, {.context = &context});
      EXPECT_EQ(child.context().trace_id, remote().trace_id);
      EXPECT_EQ(child.context().trace_state.get("vendor"), "1");
      EXPECT_EQ(*current_context().get(kTenant), "acme") << "its values are current within";
      const auto root = tracer().scoped_span("root", {}, {.context = &context, .root = true});
      EXPECT_NE(root.context().trace_id, remote().trace_id);
      EXPECT_TRUE(root.context().trace_state.is_empty());
    }
    EXPECT_EQ(current_context().get(kTenant), nullptr);
    const SpanContext& other = current.context();
    Span adopted = tracer().start_span("adopted", {}, {.parent = &other, .context = &context});
    EXPECT_EQ(adopted.context().trace_id, other.trace_id) << "a parent beats a context";
    const Context nothing;
    Span orphan = tracer().start_span("orphan", {}, {.context = &nothing});
    EXPECT_NE(orphan.context().trace_id, other.trace_id);
  }
  const auto recording = recorder.stop();
  EXPECT_EQ(recording.spans().find("child")->parent_span_id, remote().span_id);
  EXPECT_FALSE(recording.spans().find("orphan")->parent_span_id.is_valid());
}

TEST(Context, OfBaggageAloneIsNoParent) {
  Recorder recorder;
  {
    const auto scope = attach(Baggage().set("k", "v"));
    const auto span = tracer().scoped_span("span");
    get_logger("context").info("inside");
  }
  {
    const auto scope = attach(Context().with_baggage(Baggage().set("k", "v")));
    get_logger("context").info("outside");
  }
  const auto recording = recorder.stop();
  EXPECT_FALSE(recording.spans().find("span")->parent_span_id.is_valid());
  EXPECT_TRUE(recording.logs().at(0).context.is_valid());
  EXPECT_FALSE(recording.logs().at(1).context.is_valid());
}

TEST(Context, LogsCarryTheIdsOfAnAttachedSpan) {
  Recorder recorder;
  {
    const auto scope = attach(Context().with_span_context(remote()));
    get_logger("context").info("inside");
  }
  EXPECT_EQ(recorder.stop().logs().at(0).context.span_id, remote().span_id);
}

// specification: baggage/api.md#context-interaction, #clear-baggage-in-the-context
TEST(Context, HasBaggageThatCanBeTakenAway) {
  EXPECT_TRUE(current_baggage().is_empty());
  const auto scope = attach(current_baggage().set("user", "u-1"));
  {
    const auto more = attach(current_baggage().set("tenant", "acme"));
    EXPECT_EQ(current_baggage().size(), 2U);
    const auto untrusted = attach(current_context().with_baggage({}));
    EXPECT_TRUE(current_baggage().is_empty());
  }
  EXPECT_EQ(current_baggage().get("user"), "u-1");
  EXPECT_EQ(current_baggage().get("tenant"), "");
}

TEST(BindContext, RunsUnderTheContextOfItsMakingOnAnyThread) {
  Recorder recorder;
  std::string seen;
  SpanContext parent;
  SpanContext child;
  {
    const auto scope = attach(Context().with(kTenant, "acme"));
    const auto span = tracer().scoped_span("outer");
    parent = span.context();
    auto bound = bind_context([&](int) {
      seen = *current_context().get(kTenant);
      child = tracer().scoped_span("inner").context();
    });
    std::thread(std::move(bound), 1).join();
  }
  EXPECT_EQ(seen, "acme");
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_EQ(recorder.stop().spans().find("inner")->parent_span_id, parent.span_id);
}

TEST(BindContext, PassesArgumentsResultsAndExceptionsThrough) {
  auto sum = bind_context([](int a, std::unique_ptr<int> b) { return a + *b; });
  EXPECT_EQ(sum(1, std::make_unique<int>(2)), 3);
  int counter = 0;
  auto reference = bind_context([&counter]() -> int& { return counter; });
  reference() = 4;
  EXPECT_EQ(counter, 4);
  auto owner = bind_context([owned = std::make_unique<int>(9)]() mutable { return std::move(owned); });
  auto moved = std::move(owner);
  EXPECT_EQ(*moved(), 9);
  const std::function<int()> copied = bind_context([] { return 6; });
  EXPECT_EQ(copied(), 6);
  const auto scope = attach(Context().with(kShard, 1));
  auto thrower = bind_context([] { throw 5; });
  const auto inner = attach(Context().with(kShard, 2));
  EXPECT_THROW(thrower(), int);
  EXPECT_EQ(*current_context().get(kShard), 2) << "what was current is again";
}

}  // namespace
}  // namespace ergon::test
