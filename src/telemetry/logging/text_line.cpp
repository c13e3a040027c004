#include "telemetry/logging/text_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "base/hex.hpp"
#include "base/one_line.hpp"
#include "base/utf8.hpp"
#include "telemetry/logging/level_text.hpp"
#include "telemetry/record/any_value_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::append_one_line;

void append_hex(std::string& out, std::string_view id) {
  const std::size_t size = out.size();
  out.resize(size + 2 * id.size());
  base::write_hex(out.data() + size, reinterpret_cast<const std::uint8_t*>(id.data()), id.size());
}

// On one line, whatever is in it.
void append_value(std::string& out, std::string_view value) {
  if (const std::string_view text = string_in(value); !text.empty()) return append_one_line(out, text);
  append_plain_value(out, value);  // JSON has no line ends
}

std::string_view colour_of(Level level) {
  constexpr std::array<std::string_view, 6> kColours{"\x1b[2m",  "\x1b[36m", "\x1b[32m",
                                                     "\x1b[33m", "\x1b[31m", "\x1b[1;31m"};
  return kColours[std::min<std::size_t>(static_cast<std::size_t>(level), kColours.size() - 1)];
}

// The resource's attribute as a line shows it.
std::string resource_text(std::string_view resource, std::string_view key) {
  std::string text;
  protozero::pbf_reader message(resource.data(), resource.size());
  while (message.next(1)) {
    const AttributeView attribute = view_attribute(base::view_of(message.get_view()));
    if (attribute.key == key) append_value(text, attribute.value);
  }
  return text;
}

// Fields that stand for an attribute of the resource.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kResourceFields{{
    {"pid", "process.pid"},
    {"task", "ergon.task.name"},
    {"host", "host.name"},
    {"instance", "service.instance.id"},
}};
constexpr std::string_view kResourcePrefix = "resource.";

std::string_view resource_key(std::string_view field) {
  if (field.starts_with(kResourcePrefix)) return field.substr(kResourcePrefix.size());
  const auto* const found =
      std::ranges::find(kResourceFields, field, &decltype(kResourceFields)::value_type::first);
  return found != kResourceFields.end() ? found->second : std::string_view();
}

// `text` with fields in braces, in pieces: `use(literal)` and `use(field, width)`. Throws where it isn't.
template <class UseText, class UseField>
void parse(std::string_view format, UseText use_text, UseField use_field) {
  for (std::size_t at = 0; at < format.size();) {
    const std::size_t brace = std::min(format.find_first_of("{}", at), format.size());
    use_text(format.substr(at, brace - at));
    if (brace == format.size()) return;
    if (brace + 1 < format.size() && format[brace + 1] == format[brace]) {
      use_text(format.substr(brace, 1));
      at = brace + 2;
      continue;
    }
    const std::size_t end = format.find('}', brace + 1);
    if (format[brace] == '}' || end == std::string_view::npos)
      throw std::invalid_argument(fmt::format("a single '{}' at {}: write it twice", format[brace], brace));
    const std::string_view field = format.substr(brace + 1, end - brace - 1);
    const std::size_t colon = std::min(field.find(':'), field.size());
    use_field(field.substr(0, colon), field.substr(std::min(colon + 1, field.size())));
    at = end + 1;
  }
}

}  // namespace

// What is of the record itself, by the field's name.
struct TextLine::Writers {
  static void time(TextLine& line, std::string& out, const LogView& log) {
    line.date_.append(out, log.unix_nanoseconds);
  }
  static void level(TextLine& /*line*/, std::string& out, const LogView& log) {
    out.append(level_name(log.level));
  }
  static void logger(TextLine& /*line*/, std::string& out, const LogView& log) {
    append_one_line(out, log.logger);
  }
  static void message(TextLine& /*line*/, std::string& out, const LogView& log) {
    append_one_line(out, log.text);
  }
  static void event(TextLine& /*line*/, std::string& out, const LogView& log) {
    append_one_line(out, log.event_name);
  }
  static void trace_id(TextLine& /*line*/, std::string& out, const LogView& log) {
    append_hex(out, log.trace_id);
  }
  static void span_id(TextLine& /*line*/, std::string& out, const LogView& log) {
    append_hex(out, log.span_id);
  }
  static void context(TextLine& /*line*/, std::string& out, const LogView& log) {
    if (log.trace_id.empty()) return;
    append_hex(out.append(" trace_id="), log.trace_id);
    append_hex(out.append(" span_id="), log.span_id);
  }
  static void attributes(TextLine& /*line*/, std::string& out, const LogView& log) {
    for_each_attribute(log, [&out](std::string_view key, std::string_view value) {
      out.push_back(' ');
      append_one_line(out, key);
      out.push_back('=');
      append_value(out, value);
    });
  }
  static void exception(TextLine& /*line*/, std::string& out, const LogView& log) {
    const std::string_view type = find_attribute(log, "exception.type");
    const std::string_view what = find_attribute(log, "exception.message");
    if (!type.empty()) append_value(out, type);
    if (!type.empty() && !what.empty()) out.append(": ");
    if (!what.empty()) append_value(out, what);
  }
  static void thread(TextLine& /*line*/, std::string& out, const LogView& log) {
    if (log.thread_id != 0) fmt::format_to(std::back_inserter(out), "{}", log.thread_id);
  }
  static void source(TextLine& /*line*/, std::string& out, const LogView& log) {
    if (log.source.line() == 0) return;
    const std::string_view file = log.source.file_name();
    base::is_valid_utf8(file) ? append_one_line(out, file) : append_one_line(out, base::repair_utf8(file));
    fmt::format_to(std::back_inserter(out), ":{}", log.source.line());
  }

  static constexpr std::array<std::pair<std::string_view, Write>, 12> kAll{{
      {"time", &time},
      {"level", &level},
      {"logger", &logger},
      {"message", &message},
      {"event", &event},
      {"trace_id", &trace_id},
      {"span_id", &span_id},
      {"context", &context},
      {"attributes", &attributes},
      {"exception", &exception},
      {"thread", &thread},
      {"source", &source},
  }};

  static Write find(std::string_view name) {
    const auto* const found = std::ranges::find(kAll, name, &decltype(kAll)::value_type::first);
    return found != kAll.end() ? found->second : nullptr;
  }
};

TextLine::TextLine(const TextFormatter& formatter, const LineContext& context)
    : date_(formatter.date_format, formatter.utc), has_colours_(context.has_colours) {
  parse(
      formatter.format, [this](std::string_view text) { add_text(text); },
      [&](std::string_view field, std::string_view width) { add_field(field, width, context); });
}

void TextLine::add_text(std::string_view text) {
  if (pieces_.empty() || pieces_.back().write != nullptr) pieces_.emplace_back();
  append_one_line(pieces_.back().text, text);
}

void TextLine::add_field(std::string_view name, std::string_view width, const LineContext& context) {
  Piece piece{.write = Writers::find(name)};
  if (!width.empty()) {
    piece.width = fmt::format("{{:{}}}", width);
    static_cast<void>(
        fmt::format(fmt::runtime(piece.width), std::string_view()));  // throws where it is wrong
  }
  if (piece.write != nullptr) {
    pieces_.push_back(std::move(piece));
    return;
  }
  const std::string_view key = resource_key(name);
  if (key.empty()) throw std::invalid_argument(fmt::format("no field is named '{}'", name));
  const std::string text = resource_text(context.resource, key);
  add_text(piece.width.empty() ? text : fmt::format(fmt::runtime(piece.width), text));
}

void TextLine::append(std::string& out, const LogView& log) {
  for (const Piece& piece : pieces_) {
    const bool has_colour = has_colours_ && piece.write == &Writers::level;
    if (has_colour) out.append(colour_of(log.level));
    append_piece(out, piece, log);
    if (has_colour) out.append("\x1b[0m");
  }
  out.push_back('\n');
}

void TextLine::append_piece(std::string& out, const Piece& piece, const LogView& log) {
  if (piece.write == nullptr) {
    out.append(piece.text);
  } else if (piece.width.empty()) {
    piece.write(*this, out, log);
  } else {
    scratch_.clear();
    piece.write(*this, scratch_, log);
    fmt::vformat_to(std::back_inserter(out), piece.width, fmt::make_format_args(scratch_));
  }
}

std::optional<std::string> find_format_error(std::string_view format) try {
  static_cast<void>(TextLine({.format = std::string(format)}, {}));
  return std::nullopt;
} catch (const std::exception& error) {
  return error.what();
}

}  // namespace ergon::inline v0::telemetry
