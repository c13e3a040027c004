// Whatever text is taken for a declarative file of OpenTelemetry's, it is read, or refused with messages of
// one line; what was read is a configuration that a session can start with.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <ergon/config/telemetry_description.hpp>

#include "base/utf8.hpp"
#include "config/declarative_file.hpp"
#include "config/expand.hpp"
#include "config/values.hpp"
#include "config/yaml_document.hpp"

namespace {

using namespace ergon::config;

void require(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  std::fprintf(stderr, "%s: %s\n", what, text.c_str());
  std::abort();
}

void require_line(const std::string& message) {
  require(message.find_first_of("\r\n") == std::string::npos, "more than a line", message);
  require(ergon::base::is_valid_utf8(message), "no UTF-8", message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (text.find("${file:") != std::string_view::npos) return 0;  // would depend on this machine
  ConfigErrors errors;
  NodePointer root = load_yaml(text, "f", errors);
  if (!root) return 0;
  Origins texts;
  texts.add({"f", expanded(root, "f", errors)});
  const bool is_sound = errors.empty();
  const DeclarativeFile file = read_declarative(texts, {}, "tasks.T");
  for (const ConfigError& error : file.errors) require_line(error.message());
  for (const std::string& warning : file.warnings) require_line(warning);
  if (!is_sound || !file.errors.empty()) return 0;
  for (const ConfigError& error : validate(file.telemetry))
    require(false, "accepted, and wrong", error.message());
  return 0;
}
