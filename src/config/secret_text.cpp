#include "config/secret_text.hpp"

#include <variant>

namespace ergon::inline v0::config {

std::string without_password(std::string_view text) {
  const std::size_t scheme = text.find("://");
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t at = text.substr(host, text.find('/', host) - host).rfind('@');
  if (at == std::string_view::npos) return std::string(text);
  const std::size_t colon = text.substr(host, at).find(':');
  if (colon == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, host + colon + 1)).append("***").append(text.substr(host + at));
}

bool is_secret(const ValueView& view) {
  if (!std::holds_alternative<StringType>(view.type.kind)) return false;
  const auto& text = *static_cast<const std::string*>(view.value);
  if (text.empty()) return false;
  return (view.rules.form != nullptr && view.rules.form->is_secret) || without_password(text) != text;
}

}  // namespace ergon::inline v0::config
