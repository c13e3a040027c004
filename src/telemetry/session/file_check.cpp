#include "telemetry/session/file_check.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "telemetry/logging/handlers/log_file.hpp"
#include "telemetry/session/file_tables.hpp"

namespace ergon::inline v0::telemetry {
namespace {

namespace fs = std::filesystem;

// What keeps a file from being written, were it opened now; null: nothing that can be seen.
std::optional<std::string> obstacle(const fs::path& file) {
  struct stat status{};
  fs::path there = file;
  if (stat(there.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return "a directory";
  } else {
    // The nearest folder that is there: the others are made.
    while (stat(there.c_str(), &status) != 0) {
      if (errno != ENOENT && errno != ENOTDIR) return std::strerror(errno);
      const fs::path parent = there.has_parent_path() ? there.parent_path() : fs::path(".");
      if (parent == there) return std::strerror(ENOENT);
      there = parent;
    }
    if (!S_ISDIR(status.st_mode)) return there.string() + " is no directory";
  }
  if (access(there.c_str(), W_OK) != 0) return there.string() + ": " + std::strerror(errno);
  return std::nullopt;
}

// The name of a file in a value, and whether it is that of an OTLP file.
struct FileName {
  std::string name;
  bool is_stream;
};

std::optional<FileName> file_in(const config::ValueView& view, std::string_view task) {
  if (!std::holds_alternative<config::StringType>(view.type.kind)) return std::nullopt;
  std::string_view text = *static_cast<const std::string*>(view.value);
  const bool is_stream = view.rules.form == &kOutputStream && text.starts_with(kFileUrl);
  if (!is_stream && view.rules.form != &kLogFilename && view.rules.form != &kLogFilenameOrNone)
    return std::nullopt;
  if (is_stream) text.remove_prefix(kFileUrl.size());
  if (text.empty() || !is_filename(text)) return std::nullopt;  // that has been said
  return FileName{fs::path(fill_in(text, task)).lexically_normal().string(), is_stream};
}

}  // namespace

config::ConfigErrors check_files(const config::TypeDescription& type, const void* value,
                                 const std::string& path, std::string_view task) {
  struct Use {
    std::string path;
    bool is_stream;
  };
  std::map<std::string, Use> uses;
  config::ConfigErrors errors;
  config::visit_values(type, value, [&](const config::ValueView& view) {
    const auto file = file_in(view, task);
    if (!file) return;
    std::string place = path.empty() ? view.path : path + "." + view.path;
    if (const auto reason = obstacle(file->name))
      errors.push_back(
          {.path = place,
           .complaint = {config::quoted(file->name) + " (" + *reason + ")", "a file that can be written"}});
    const auto [first, is_new] = uses.emplace(file->name, Use{place, file->is_stream});
    const bool may_share = (file->is_stream && first->second.is_stream) || file->name.starts_with("/dev/");
    if (!is_new && !may_share)
      errors.push_back(
          {.path = std::move(place),
           .complaint = {config::quoted(file->name) + ", which " + first->second.path + " writes, too",
                         "a file of its own"}});
  });
  return errors;
}

std::vector<std::string*> files_without_pid(const config::TypeDescription& type, void* value) {
  std::vector<std::string*> names;
  config::visit_values(type, value, [&](const config::ValueView& view) {
    const auto file = file_in(view, {});
    if (!file || file->name.starts_with("/dev/")) return;
    // Within `value`, which is not const.
    auto* name = static_cast<std::string*>(const_cast<void*>(view.value));
    if (name->find("{pid}") == std::string::npos) names.push_back(name);
  });
  return names;
}

}  // namespace ergon::inline v0::telemetry
