#include "task/parse_json.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include <ergon/task/errors.hpp>

namespace ergon::inline v0::detail {
namespace {

using nlohmann::json;

constexpr int kMaximumDepth = 64;
constexpr std::size_t kLongestReason = 200;

// Refuses deep nesting before a tree is built of it.
void check_depth(std::string_view text) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_in_string) {
      if (c == '\\') ++at;
      if (c == '"') is_in_string = false;
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaximumDepth) throw DecodeError("JSON nested deeper than 64 levels");
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
}

}  // namespace

json parse_json(std::string_view text) {
  check_depth(text);
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    std::string_view reason = error.what();  // "[…] parse error at line 1, column 9: reason"
    if (const auto colon = reason.find(": "); colon != std::string_view::npos)
      reason.remove_prefix(colon + 2);
    throw DecodeError("not JSON, at byte " + std::to_string(error.byte) + ": " +
                      std::string(reason.substr(0, kLongestReason)));
  } catch (const json::exception& error) {
    throw DecodeError("not JSON: " + std::string(error.what()).substr(0, kLongestReason));
  }
}

}  // namespace ergon::inline v0::detail
