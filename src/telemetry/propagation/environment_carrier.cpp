#include <ergon/telemetry/environment_carrier.hpp>

#include <unistd.h>

#include <algorithm>

namespace ergon::inline v0 {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_name_character(char c) { return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; }

std::string_view name_in(std::string_view variable) { return variable.substr(0, variable.find('=')); }

bool is_name(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, is_name_character);
}

auto find_name(const std::vector<std::string>& variables, std::string_view name) {
  return std::ranges::find(variables, name, name_in);
}

}  // namespace

std::string environment_name(std::string_view key) {
  std::string name(!key.empty() && is_digit(key.front()) ? "_" : "");
  for (char c : key) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    name += is_name_character(c) ? c : '_';
  }
  return name;
}

EnvironmentReader::EnvironmentReader() : EnvironmentReader(environ) {}

EnvironmentReader::EnvironmentReader(const char* const* variables) {
  for (; variables != nullptr && *variables != nullptr; ++variables) {
    const std::string_view variable(*variables);
    if (variable.find('=') != std::string_view::npos) variables_.emplace_back(variable);
  }
}

std::optional<std::string_view> EnvironmentReader::get(std::string_view key) const {
  const auto found = find_name(variables_, environment_name(key));
  if (found == variables_.end()) return std::nullopt;
  return std::string_view(*found).substr(found->find('=') + 1);
}

std::vector<std::string_view> EnvironmentReader::keys() const {
  std::vector<std::string_view> names;
  for (const std::string& variable : variables_) {
    if (is_name(name_in(variable))) names.push_back(name_in(variable));
  }
  return names;
}

void EnvironmentWriter::set(std::string_view key, std::string_view value) {
  const std::string name = environment_name(key);
  if (name.empty()) return;
  remove(key);
  variables_.push_back(name + '=' + std::string(value));
}

void EnvironmentWriter::remove(std::string_view key) {
  const std::string name = environment_name(key);
  std::erase_if(variables_, [&](const std::string& variable) { return name_in(variable) == name; });
}

}  // namespace ergon::inline v0
