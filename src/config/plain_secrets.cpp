#include "config/plain_secrets.hpp"

#include <sys/stat.h>

#include <string>

#include <fmt/format.h>

#include "config/secret_text.hpp"

namespace ergon::inline v0::config {
namespace {

bool is_readable_by_all(const std::string& file) {
  struct stat status{};
  return stat(file.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

}  // namespace

ConfigWarnings plain_secrets(const TypeDescription& type, const void* value, const std::string& path,
                             const Origins& origins) {
  ConfigWarnings warnings;
  visit_values(type, value, [&](const ValueView& view) {
    if (!is_secret(view)) return;
    const std::string own = path.empty() ? view.path : path + "." + view.path;
    const auto place = origins.place_of(own);
    if (!place || place->is_substituted || !is_readable_by_all(std::string(place->source))) return;
    warnings.push_back(fmt::format(
        "{}:{}:{}: {}: a secret in plain text in a file that everybody can read; better ${{NAME}} or "
        "${{file:/run/secrets/NAME}}, or a file of fewer permissions",
        printable_line(place->source), place->line, place->column, own));
  });
  return warnings;
}

}  // namespace ergon::inline v0::config
