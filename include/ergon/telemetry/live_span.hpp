#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>

#include <ergon/telemetry/attributes.hpp>
#include <ergon/telemetry/counted.hpp>
#include <ergon/telemetry/span_context.hpp>
#include <ergon/telemetry/span_kind.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

class Context;

/// The outcome of a span. Ok is final, Error overrides Unset (specification: trace/api.md#set-status).
enum class StatusCode : std::uint8_t { unset = 0, ok = 1, error = 2 };

/// A time of the system's clock. Where a call takes one, the default, which is the epoch itself, means now.
using Timestamp = std::chrono::system_clock::time_point;

/// Another span this one relates to without being its child.
struct SpanLink {
  SpanContext context{};
  Attributes attributes{};
};

/// What may be said about a span when it starts.
struct SpanOptions {
  SpanKind kind{SpanKind::internal};
  /// The parent to use in place of the thread's current span; must outlive the call. Null: the current one.
  const SpanContext* parent{nullptr};
  /// What the span begins in, in place of what is current; must outlive the call. Its span is the parent,
  /// unless `parent` names another; its baggage and values are current within a scoped span.
  const Context* context{nullptr};
  /// Starts a new trace even when there is a current span.
  bool root{false};
  std::initializer_list<SpanLink> links{};
  /// When the work began, if that was earlier (specification: trace/api.md#span-creation).
  Timestamp start_time{};
};

namespace detail {

// What is used where nothing is said: one for all, so that calls need not make it.
inline constexpr SpanOptions kUsualSpan{};

struct Scope;

// Bytes that start in the owner's inline storage and move to a heap block when they outgrow it.
struct SpanBody {
  static constexpr std::uint32_t kInlineBytes = 512;  // the root span of a transaction fits

  std::byte* data;
  std::uint32_t size;
  std::uint32_t capacity;
  std::array<std::byte, kInlineBytes> inline_bytes;
};

// A context that is or was current on its thread, and the one that it stands in front of.
struct CurrentContext {
  SpanContext context;  // invalid where none but baggage or values were attached
  Shared values;        // what Context has beside the span; of a movable span nothing
  CurrentContext* enclosing;
};

// A span between its start and its end. Only the owning thread touches it (ScopedSpan), or whoever holds the
// flag around it (Span). `body` holds the encoded fields of OTLP's Span message that vary in size: name,
// attributes, events, links, so ending the span copies them as they are. Members are set by `start`, none by
// a constructor: the inline storage must not be cleared on the hot path.
struct LiveSpan : CurrentContext {  // `enclosing`: of scoped spans only
  static constexpr std::uint32_t kIndexedAttributes = 16;

  SpanId parent_span_id;
  const Scope* scope;
  CurrentContext** current_of_thread;  // on which it began (scoped spans only)
  std::uint64_t start_ticks;
  std::uint64_t start_unix;  // nanoseconds, where the program gave the time; else 0
  std::uint64_t end_ticks;   // both of the end are set once the span is open no more
  std::uint64_t end_unix;
  std::uint32_t fork_generation;  // of its start, marked where processors have seen that
  std::uint32_t exceptions_at_start;
  std::uint16_t attribute_count;
  std::uint16_t event_count;
  std::uint16_t link_count;
  std::uint32_t dropped_attributes;
  std::uint32_t dropped_events;
  std::uint32_t dropped_links;
  SpanKind kind;
  StatusCode status;
  std::uint8_t clock_source;
  bool is_open;       // false once ended
  bool is_recording;  // recorded and open: calls on others cost one branch
  bool parent_is_remote;
  bool parent_is_sampled;
  bool is_prestart;         // began before a session: its sampler is still to decide
  bool has_status_message;  // the body holds the Status field
  bool lost_inside;         // an event or a link has fewer attributes than it was given
  std::array<std::uint32_t, kIndexedAttributes> fingerprints;
  SpanBody body;

  ERGON_API void start(const Scope& scope, std::string_view name, Attributes attributes,
                       const SpanOptions& options) noexcept;
  ERGON_API void start_scoped(const Scope& scope, std::string_view name, Attributes attributes,
                              const SpanOptions& options) noexcept;
  // Without a call where nothing was recorded, which is most of what such a span costs.
  void end_scoped(Timestamp time) noexcept {
#if defined(NDEBUG)  // else the call checks that it is on the span's own thread
    if (!is_recording && is_open && *current_of_thread == this) {
      *current_of_thread = enclosing;
      is_open = false;
      return;
    }
#endif
    end_on_thread(time);
  }
  ERGON_API void end_on_thread(Timestamp time) noexcept;
  // Answers whether there is a record of the span on its way now.
  ERGON_API bool end(Timestamp time) noexcept;
  ERGON_API void set_attribute(std::string_view key, const AttributeValue& value) noexcept;
  ERGON_API void add_event(std::string_view name, Attributes attributes, Timestamp time) noexcept;
  ERGON_API void add_link(const SpanContext& linked, Attributes attributes) noexcept;
  ERGON_API void set_status(StatusCode code, std::string_view message) noexcept;
  ERGON_API void update_name(std::string_view name) noexcept;
  // These also log, whether the span is recording or not.
  ERGON_API void record_exception(std::string_view type, std::string_view message, Attributes attributes,
                                  std::string_view operation) noexcept;
  ERGON_API void record_exception(const std::exception& error, Attributes attributes) noexcept;
  ERGON_API void record_current_exception(Attributes attributes) noexcept;
};

struct PooledSpan;

}  // namespace detail
}  // namespace ergon::inline v0
