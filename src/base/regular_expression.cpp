#include "base/regular_expression.hpp"

#include <re2/re2.h>
#include <re2/stringpiece.h>

namespace ergon::inline v0::base {

namespace {

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

// The replacement is text, and no more: RE2 takes a backslash for a group.
std::string literal(std::string_view replacement) {
  std::string escaped;
  for (const char c : replacement) {
    if (c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

}  // namespace

struct RegularExpression::Compiled {
  explicit Compiled(std::string_view pattern) : re(piece(pattern), quiet()) {}

  RE2 re;
};

RegularExpression::RegularExpression(std::string_view pattern)
    : compiled_(std::make_unique<Compiled>(pattern)) {}
RegularExpression::RegularExpression(RegularExpression&& other) noexcept = default;
RegularExpression& RegularExpression::operator=(RegularExpression&& other) noexcept = default;
RegularExpression::~RegularExpression() = default;

bool RegularExpression::is_found_in(std::string_view text) const {
  return compiled_->re.ok() && RE2::PartialMatch(piece(text), compiled_->re);
}

std::optional<std::string> RegularExpression::replace_in(std::string_view text,
                                                         std::string_view replacement) const {
  if (!is_found_in(text)) return std::nullopt;
  std::string result(text);
  RE2::GlobalReplace(&result, compiled_->re, literal(replacement));
  return result;
}

bool RegularExpression::is_valid(std::string_view pattern) { return RE2(piece(pattern), quiet()).ok(); }

}  // namespace ergon::inline v0::base
