#include "config/substitution.hpp"

#include <algorithm>
#include <utility>

#include "config/environment_variable.hpp"
#include "config/yaml_document.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr std::string_view kForms = "${NAME}, ${NAME:-default}, ${file:PATH}, or $$ for a $";

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_variable_name(std::string_view name) {
  if (name.empty() || !is_letter(name.front())) return false;
  return std::ranges::all_of(name, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// The text between the braces of a reference, in place of which something else is to come.
class Reference {
 public:
  explicit Reference(std::string_view inside) : inside_(inside) {}

  [[nodiscard]] std::variant<std::string, Complaint> value() const {
    constexpr std::string_view kFile = "file:";
    constexpr std::string_view kEnvironment = "env:";
    if (inside_.starts_with(kFile)) return file(inside_.substr(kFile.size()));
    const std::string_view rest =
        inside_.starts_with(kEnvironment) ? inside_.substr(kEnvironment.size()) : inside_;
    const std::size_t separator = rest.find(":-");
    const std::string_view name = rest.substr(0, separator);
    if (!is_variable_name(name)) return refusal();
    if (auto value = environment_variable(std::string(name).c_str())) return *std::move(value);
    return std::string(separator == std::string_view::npos ? std::string_view() : rest.substr(separator + 2));
  }

 private:
  [[nodiscard]] Complaint refusal() const {
    return {"the reference " + quoted("${" + std::string(inside_) + "}"), std::string(kForms)};
  }

  [[nodiscard]] std::variant<std::string, Complaint> file(std::string_view path) const {
    if (path.empty()) return refusal();
    ConfigErrors errors;
    std::string text = load_text(std::string(path), errors);
    if (!errors.empty())
      return Complaint{quoted(path) + ", " + errors.front().complaint.found, "a readable file"};
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
  }

  std::string_view inside_;
};

}  // namespace

std::variant<std::optional<std::string>, Complaint> substituted(std::string_view text, std::size_t most) {
  if (text.find('$') == std::string_view::npos) return std::nullopt;
  std::string result;
  bool has_changed = false;
  while (!text.empty()) {
    if (result.size() > most) return Complaint{std::string(kTooMuchText), "at most 4 MiB in a file"};
    const std::size_t dollar = std::min(text.find('$'), text.size());
    result.append(text.substr(0, dollar));
    text.remove_prefix(dollar);
    if (text.starts_with("$$")) {
      result += '$';
      text.remove_prefix(2);
      has_changed = true;
    } else if (text.starts_with("${")) {
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos)
        return Complaint{"a reference without its end, " + quoted(text), std::string(kForms)};
      auto value = Reference(text.substr(2, end - 2)).value();
      if (auto* complaint = std::get_if<Complaint>(&value)) return std::move(*complaint);
      result.append(std::get<std::string>(value));
      text.remove_prefix(end + 1);
      has_changed = true;
    } else if (!text.empty()) {
      result += '$';
      text.remove_prefix(1);
    }
  }
  if (!has_changed) return std::nullopt;
  if (result.size() > most) return Complaint{std::string(kTooMuchText), "at most 4 MiB in a file"};
  return std::optional(std::move(result));
}

}  // namespace ergon::inline v0::config
