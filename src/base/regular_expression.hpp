#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ergon::inline v0::base {

/// A regular expression as RE2 has them, whose time is linear in the text's length. One that is wrong matches
/// nothing. Any thread.
class RegularExpression {
 public:
  explicit RegularExpression(std::string_view pattern);
  RegularExpression(RegularExpression&& other) noexcept;
  RegularExpression& operator=(RegularExpression&& other) noexcept;
  ~RegularExpression();

  [[nodiscard]] bool is_found_in(std::string_view text) const;
  /// The text with all that matches replaced; nothing where there is no match.
  [[nodiscard]] std::optional<std::string> replace_in(std::string_view text,
                                                      std::string_view replacement) const;

  /// Whether it is a regular expression.
  [[nodiscard]] static bool is_valid(std::string_view pattern);

 private:
  struct Compiled;

  std::unique_ptr<Compiled> compiled_;
};

}  // namespace ergon::inline v0::base
