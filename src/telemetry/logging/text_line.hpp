#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "telemetry/logging/date_format.hpp"
#include "telemetry/logging/line_format.hpp"

namespace ergon::inline v0::telemetry {

/// `[time] [level] [logger] message`, or as the format says. What the resource says is put in once.
class TextLine final : public LineFormat {
 public:
  /// Throws std::invalid_argument, for people, where the format is wrong.
  TextLine(const TextFormatter& formatter, const LineContext& context);

  void append(std::string& out, const LogView& log) override;

  using Write = void (*)(TextLine& line, std::string& out, const LogView& log);

 private:
  struct Piece {
    std::string text{};  // to be written as it is, when `write` is null
    Write write{nullptr};
    std::string width{};  // of {fmt}: "{:<8}"; empty: none
  };
  struct Writers;

  void add_field(std::string_view name, std::string_view width, const LineContext& context);
  void add_text(std::string_view text);
  void append_piece(std::string& out, const Piece& piece, const LogView& log);

  DateFormat date_;
  bool has_colours_;
  std::vector<Piece> pieces_;
  std::string scratch_;  // of a field that has a width
};

}  // namespace ergon::inline v0::telemetry
