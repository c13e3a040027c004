#include "telemetry/resource/detectors.hpp"

#include <pwd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include "config/environment.hpp"

namespace ergon::inline v0::telemetry {
namespace {

constexpr std::size_t kMostOfFile = 256U << 10U;

// A file of the kernel's, or of the system's, as far as it is of a sensible size; empty where there is none.
std::string text_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(file ? kMostOfFile : 0, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string link_at(const char* path) {
  std::array<char, 4'096> target{};
  const ssize_t size = ::readlink(path, target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

void set(ResourceAttributes& attributes, const char* key, std::string value) {
  if (!value.empty()) attributes.insert_or_assign(key, std::move(value));
}

std::string owner() {
  std::array<char, 4'096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::to_string(::geteuid());
  return found->pw_name;
}

// When the process began, of the 22nd field of its stat: ticks since the machine did.
std::optional<double> seconds_since_boot() {
  const std::string text = text_of("/proc/self/stat");
  const std::size_t name_end = text.rfind(')');  // the program's name may hold anything
  if (name_end == std::string::npos) return std::nullopt;
  const auto fields = split(std::string_view(text).substr(std::min(name_end + 2, text.size())), ' ');
  constexpr std::size_t kStart = 19;  // behind the name and the state is the third
  const long ticks_per_second = ::sysconf(_SC_CLK_TCK);
  if (fields.size() <= kStart || ticks_per_second <= 0) return std::nullopt;
  return std::strtod(std::string(fields[kStart]).c_str(), nullptr) / static_cast<double>(ticks_per_second);
}

// `2026-11-22T16:47:20.12Z`
std::string creation_time() {
  const auto since_boot = seconds_since_boot();
  timespec now{};
  timespec up{};
  if (!since_boot || ::clock_gettime(CLOCK_REALTIME, &now) != 0 || ::clock_gettime(CLOCK_BOOTTIME, &up) != 0)
    return {};
  const auto seconds_of = [](const timespec& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const double began = seconds_of(now) - seconds_of(up) + *since_boot;
  const auto seconds = static_cast<time_t>(began);
  tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> date{};
  const std::size_t size = ::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 8> fraction{};
  const int hundredths = static_cast<int>((began - static_cast<double>(seconds)) * 100);
  std::snprintf(fraction.data(), fraction.size(), ".%02dZ", hundredths);
  return std::string(date.data(), size) + fraction.data();
}

std::string without_quotes(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;  // as a shell takes it
    value += text[i];
  }
  return value;
}

constexpr std::size_t kIdSize = 64;

bool is_id(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == kIdSize && std::ranges::all_of(text, is_digit);
}

// `docker-ID.scope`, `cri-containerd-ID.scope`, `ID`
std::string_view id_in(std::string_view part) {
  part = part.substr(0, part.rfind(".scope"));
  const std::size_t dash = part.rfind('-');
  if (dash != std::string_view::npos) part.remove_prefix(dash + 1);
  return is_id(part) ? part : std::string_view{};
}

}  // namespace

std::string host_arch(std::string_view machine) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kNames{{{"x86_64", "amd64"},
                                                                                 {"aarch64", "arm64"},
                                                                                 {"armv7l", "arm32"},
                                                                                 {"armv6l", "arm32"},
                                                                                 {"i386", "x86"},
                                                                                 {"i686", "x86"},
                                                                                 {"ppc64le", "ppc64"},
                                                                                 {"ppc", "ppc32"}}};
  const auto found =
      std::ranges::find(kNames, machine, &std::pair<std::string_view, std::string_view>::first);
  return std::string(found != kNames.end() ? found->second : machine);
}

ResourceAttributes os_release_attributes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, const char*>, 4> kKeys{{{"NAME", "os.name"},
                                                                           {"VERSION_ID", "os.version"},
                                                                           {"PRETTY_NAME", "os.description"},
                                                                           {"BUILD_ID", "os.build_id"}}};
  ResourceAttributes attributes;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    for (const auto& [name, key] : kKeys) {
      if (line.substr(0, equals) == name) set(attributes, key, without_quotes(line.substr(equals + 1)));
    }
  }
  return attributes;
}

std::string container_id(std::string_view cgroup, std::string_view mountinfo) {
  for (const std::string_view line : split(cgroup, '\n')) {
    const std::string_view id = id_in(line.substr(std::min(line.rfind('/') + 1, line.size())));
    if (!id.empty()) return std::string(id);
  }
  // The files that an engine mounts into a container lie in a folder of its name.
  for (const std::string_view line : split(mountinfo, '\n')) {
    if (line.find("/etc/hostname") == std::string_view::npos) continue;
    for (const std::string_view part : split(line, '/')) {
      if (is_id(part)) return std::string(part);
    }
  }
  return {};
}

ResourceAttributes detect(const HostDetector& /*detector*/) {
  ResourceAttributes attributes;
  const std::string id = text_of("/etc/machine-id");
  set(attributes, "host.id", std::string(first_line(id)));
  utsname system{};
  if (::uname(&system) == 0) set(attributes, "host.arch", host_arch(system.machine));
  return attributes;
}

ResourceAttributes detect(const OsDetector& /*detector*/) {
  std::string release = text_of("/etc/os-release");
  if (release.empty()) release = text_of("/usr/lib/os-release");
  ResourceAttributes attributes = os_release_attributes(release);
  attributes["os.type"] = std::string("linux");
  utsname system{};
  if (!attributes.contains("os.build_id") && ::uname(&system) == 0)
    set(attributes, "os.build_id", system.release);
  return attributes;
}

ResourceAttributes detect(const ProcessDetector& /*detector*/) {
  ResourceAttributes attributes{{"process.parent_pid", static_cast<std::int64_t>(::getppid())}};
  const std::string path = link_at("/proc/self/exe");
  set(attributes, "process.executable.path", path);
  set(attributes, "process.executable.name", path.substr(path.rfind('/') + 1));
  const std::string command_line = text_of("/proc/self/cmdline");
  std::vector<std::string> arguments;
  for (const std::string_view argument : split(command_line, '\0')) arguments.emplace_back(argument);
  if (!arguments.empty()) {
    set(attributes, "process.command", arguments.front());
    attributes["process.command_args"] = std::move(arguments);
  }
  set(attributes, "process.owner", owner());
  set(attributes, "process.creation.time", creation_time());
  set(attributes, "process.working_directory", link_at("/proc/self/cwd"));
  return attributes;
}

ResourceAttributes detect(const ContainerDetector& /*detector*/) {
  ResourceAttributes attributes;
  set(attributes, "container.id",
      container_id(text_of("/proc/self/cgroup"), text_of("/proc/self/mountinfo")));
  return attributes;
}

ResourceAttributes detect(const EnvDetector& /*detector*/) { return config::environment_resource(); }

ResourceAttributes detect(const ServiceDetector& /*detector*/) {
  ResourceAttributes attributes;
  set(attributes, "service.name", config::environment_variable("OTEL_SERVICE_NAME").value_or(""));
  return attributes;
}

}  // namespace ergon::inline v0::telemetry
