#pragma once

#include <string_view>

#include <ergon/config/description.hpp>

#include "telemetry/logging/handlers/log_file.hpp"

// Of what all that writes to files has: tables as those of config_description.cpp, a part of which they are.
namespace ergon::inline v0 {

inline bool is_permissions(std::string_view text) {
  if (text.size() < 3 || text.size() > 4) return false;
  for (const char digit : text) {
    if (digit < '0' || digit > '7') return false;
  }
  return text.size() == 3 || text.front() == '0';
}

inline constexpr config::StringForm kPermissions{&is_permissions, "three octal digits, such as 0640"};
inline constexpr config::StringForm kLogFilename{&telemetry::is_filename,
                                                 "a file's name, with {pid}, {task} or {timestamp}"};
inline constexpr config::StringForm kLogFilenameOrNone{
    [](std::string_view text) { return text.empty() || telemetry::is_filename(text); },
    "a file's name, with {pid}, {task} or {timestamp}, or empty for standard output"};

/// Whether it is `stdout`, or `file://` and a file's name.
inline bool is_output_stream(std::string_view text) {
  return text == "stdout" || (text.starts_with(telemetry::kFileUrl) &&
                              telemetry::is_filename(text.substr(telemetry::kFileUrl.size())));
}
inline constexpr config::StringForm kOutputStream{
    &is_output_stream, "stdout or file:///PATH, with {pid}, {task} or {timestamp}"};

template <class Handler>
constexpr auto permissions_field() {
  return config::field<&Handler::permissions>("permissions", "Of files that are made, in octal.",
                                              {.form = &kPermissions});
}
template <class Handler>
constexpr auto max_bytes_field(double minimum) {
  return config::field<&Handler::max_bytes>("max_bytes", "A file's length.",
                                            {.unit = "By", .minimum = minimum, .maximum = 1LL << 50U});
}
template <class Handler>
constexpr auto backup_count_field() {
  return config::field<&Handler::backup_count>("backup_count", "Files put aside that are kept.",
                                               {.unit = "{file}", .minimum = 0, .maximum = 10'000});
}
template <class Handler>
constexpr auto max_total_bytes_field() {
  return config::field<&Handler::max_total_bytes>("max_total_bytes", "Of all files together; 0: any number.",
                                                  {.unit = "By", .minimum = 0, .maximum = 1LL << 50U});
}

}  // namespace ergon::inline v0
