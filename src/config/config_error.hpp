#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ergon::inline v0::config {

/// What is wrong with one value, wherever it came from.
struct Complaint {
  std::string found{};
  std::string allowed{};
  /// The known name that was probably meant; empty if there is none.
  std::string meant{};
};

/// One thing wrong with a configuration. `line` and `column` count from 1; 0 where there is no place in a
/// file.
struct ConfigError {
  std::string file{};
  int line{0};
  int column{0};
  /// From the top of the configuration, `tasks.Orders.logging.handlers[0].console.level`; empty: the whole of
  /// it.
  std::string path{};
  Complaint complaint{};
  /// Of a key that an object does not have.
  bool is_unknown_key{false};

  /// `file:line:column: path: `, without the parts that are unknown.
  [[nodiscard]] std::string place() const;
  /// `file:line:column: path: found …; allowed: … (did you mean …?)`, without the parts that are unknown. One
  /// line, whatever the file contained.
  [[nodiscard]] std::string message() const;
};

using ConfigErrors = std::vector<ConfigError>;

/// Something that is allowed and better changed, as `file:line:column: path: message`.
using ConfigWarnings = std::vector<std::string>;

/// Of more errors in one file, so many are told.
inline constexpr std::size_t kErrorLimit = 100;

/// `text` in one line and without control characters, cut to a readable length.
[[nodiscard]] std::string printable(std::string_view text);
/// The same, of any length.
[[nodiscard]] std::string printable_line(std::string_view text);
/// The same between double quotes, cut.
[[nodiscard]] std::string quoted(std::string_view text);

/// The path of the member `key`, or of the item at `index`, of what is at `path`.
[[nodiscard]] std::string member_path(std::string_view path, std::string_view key);
[[nodiscard]] std::string item_path(std::string_view path, std::size_t index);

}  // namespace ergon::inline v0::config
