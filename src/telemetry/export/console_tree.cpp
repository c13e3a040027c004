#include "telemetry/export/console_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/one_line.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/export/record_text.hpp"
#include "telemetry/export/tree_order.hpp"
#include "telemetry/logging/time_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::append_one_line;
using testing::RecordedSpan;

// Deeper spans stay at this indentation, and name their parent.
constexpr std::size_t kDeepest = 32;

constexpr std::size_t kAttributesWidth = 96;

// What switches a colour on, and all off; empty where text is to be plain.
struct Colours {
  std::string_view heading;
  std::string_view name;
  std::string_view detail;
  std::string_view good;
  std::string_view bad;
  std::string_view off;
};

constexpr Colours kPlain{};
constexpr Colours kTerminal{.heading = "\x1b[1;36m",
                            .name = "\x1b[1m",
                            .detail = "\x1b[2m",
                            .good = "\x1b[32m",
                            .bad = "\x1b[31m",
                            .off = "\x1b[0m"};

// One trace after the other. Colours end on the line that they began on.
class TreeWriter {
 public:
  TreeWriter(const Colours& colours, std::string_view service) : colours_(colours), service_(service) {}

  void begin_trace(const RecordedSpan& first, std::uint64_t start) {
    start_ = start;
    out_.append(colours_.heading).append("[trace] ").append(first.context.trace_id.to_hex());
    out_.append(colours_.off);
    append_attribute(out_, "service", service_);
    out_.append(" start=");
    append_local_time(out_, start);
    out_.push_back('\n');
  }

  void add(const PlacedSpan& placed) {
    const RecordedSpan& span = *placed.span;
    indentation_ = std::min(placed.depth, kDeepest) * 2;
    begin_line(span.start_unix_nanoseconds,
               duration_text(span.end_unix_nanoseconds - span.start_unix_nanoseconds));
    out_.append(colours_.off).append(colours_.name);
    append_one_line(out_, span.name);
    out_.append(colours_.off);
    if (span.kind != SpanKind::internal) out_.append(" ").append(kind_name(span.kind));
    if (span.status != StatusCode::unset) {
      out_.append(span.status == StatusCode::error ? colours_.bad : colours_.good);
      append_status(out_, span);
      out_.append(colours_.off);
    }
    out_.append(colours_.detail).append(" span_id=").append(span.context.span_id.to_hex());
    const bool is_below_parent = placed.depth > 0 && placed.depth <= kDeepest;
    if (span.parent_span_id.is_valid() && !is_below_parent) {
      out_.append(" (parent ").append(span.parent_span_id.to_hex()).append(")");
    }
    end_line();
    add_details(span);
  }

  std::string take() { return std::move(out_); }

 private:
  void add_details(const RecordedSpan& span) {
    indentation_ += 3;  // and the space that each part begins with
    add_lines_of(span.attributes);
    for (const testing::RecordedEvent& event : span.events) {
      begin_line(event.unix_nanoseconds, {});
      out_.append(" [event] ");
      append_one_line(out_, event.name);
      append_attributes(out_, event.attributes);
      end_line();
    }
    for (const testing::RecordedLink& link : span.links) {
      begin_line(0, {});
      out_.append(" [link]");
      append_ids(out_, link.context);
      append_attributes(out_, link.attributes);
      end_line();
    }
  }

  // As many on a line as a screen is likely to have room for, at least one.
  void add_lines_of(const testing::RecordedAttributes& attributes) {
    std::string line;
    const auto add_line = [&] {
      begin_line(0, {});
      out_.append(line);
      end_line();
      line.clear();
    };
    for (const auto& [key, value] : attributes) {
      std::string next;
      append_attribute(next, key, value);
      if (!line.empty() && line.size() + next.size() > kAttributesWidth) add_line();
      line.append(next);
    }
    if (!line.empty()) add_line();
  }

  // Columns of when (nothing for 0) and how long, then the indentation.
  void begin_line(std::uint64_t time, std::string_view duration) {
    const std::string offset = time == 0 ? "" : "+" + duration_text(time - std::min(time, start_));
    fmt::format_to(std::back_inserter(out_), "{}{:>10} {:>9}  ", colours_.detail, offset, duration);
    out_.append(indentation_, ' ');
  }

  void end_line() { out_.append(colours_.off).push_back('\n'); }

  const Colours& colours_;
  std::string_view service_;
  std::string out_;
  std::uint64_t start_{0};
  std::size_t indentation_{0};
};

std::string write_trees(const ExportBatch& batch, const Colours& colours) {
  const ReadSpans read = read_spans(batch.request());
  TreeWriter writer(colours, testing::find(read.resource.attributes, "service.name"));
  const auto order = in_tree_order(read.spans);
  const auto trace_of = [](const PlacedSpan& placed) { return placed.span->context.trace_id; };
  for (auto next = order.begin(); next != order.end();) {
    const auto end = std::find_if(
        next, order.end(), [&](const PlacedSpan& placed) { return !(trace_of(placed) == trace_of(*next)); });
    const auto start_of = [](const PlacedSpan& placed) { return placed.span->start_unix_nanoseconds; };
    writer.begin_trace(*next->span, start_of(*std::ranges::min_element(next, end, {}, start_of)));
    for (; next != end; ++next) writer.add(*next);
  }
  return writer.take();
}

}  // namespace

std::string spans_as_text(const ExportBatch& batch) { return write_trees(batch, kPlain); }

std::string spans_in_colour(const ExportBatch& batch) { return write_trees(batch, kTerminal); }

}  // namespace ergon::inline v0::telemetry
