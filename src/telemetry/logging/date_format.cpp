#include "telemetry/logging/date_format.hpp"

#include <cstddef>
#include <ctime>
#include <utility>

#include "telemetry/logging/time_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

// The directive at `at`, where there is a percent sign: how long it is, and of how many digits of the
// fraction.
struct Directive {
  std::size_t size;
  unsigned digits;
};

Directive directive_at(std::string_view format, std::size_t at) {
  const std::string_view rest = format.substr(at + 1);
  if (rest.starts_with('f')) return {2, 6};
  for (const char digits : {'3', '6', '9'}) {
    if (rest.size() > 1 && rest[0] == digits && rest[1] == 'f')
      return {3, static_cast<unsigned>(digits - '0')};
  }
  return {2, 0};
}

}  // namespace

DateFormat::DateFormat(std::string_view format, bool is_utc) : is_utc_(is_utc) {
  Piece piece;
  for (std::size_t at = 0; at < format.size();) {
    const Directive directive = format[at] == '%' ? directive_at(format, at) : Directive{1, 0};
    if (directive.digits > 0) {
      piece.digits = directive.digits;
      pieces_.push_back(std::move(piece));
      piece = {};
    } else {
      piece.format.append(format.substr(at, directive.size));
    }
    at += directive.size;
  }
  if (!piece.format.empty()) pieces_.push_back(std::move(piece));
}

void DateFormat::append(std::string& out, std::uint64_t unix_nanoseconds) {
  if (unix_nanoseconds / kSecond != second_) render(unix_nanoseconds / kSecond);
  for (const Piece& piece : pieces_) {
    out.append(piece.text);
    std::uint64_t rest = unix_nanoseconds % kSecond;
    std::uint64_t unit = kSecond / 10;
    for (unsigned i = 0; i < piece.digits; ++i, unit /= 10) {
      out.push_back(static_cast<char>('0' + rest / unit));
      rest %= unit;
    }
  }
}

void DateFormat::render(std::uint64_t second) {
  const std::tm parts = time_parts(static_cast<std::int64_t>(second), is_utc_);
  for (Piece& piece : pieces_) {
    piece.text.clear();
    if (!piece.format.empty()) append_time(piece.text, piece.format.c_str(), parts);
  }
  second_ = second;
}

bool DateFormat::is_valid(std::string_view format) {
  constexpr std::string_view kKnown = "aAbBCdDeFgGhHIjmMprRsSTuUVwWxXyYzZ%";
  if (format.size() > 64) return false;
  for (std::size_t at = 0; at < format.size(); ++at) {
    if (static_cast<unsigned char>(format[at]) < 0x20) return false;
    if (format[at] != '%') continue;
    const Directive directive = directive_at(format, at);
    if (directive.digits == 0 &&
        (at + 1 == format.size() || kKnown.find(format[at + 1]) == std::string_view::npos))
      return false;
    at += directive.size - 1;
  }
  return true;
}

}  // namespace ergon::inline v0::telemetry
