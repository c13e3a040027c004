#include "telemetry/export/otlp_target.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "base/pair_list.hpp"
#include "telemetry/buffer/memory_budget.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

std::string_view service_path(Signal signal) {
  constexpr std::array<std::string_view, kSignals> kPaths{
      "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
      "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
      "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"};
  return kPaths[static_cast<std::size_t>(signal)];
}

std::string_view http_path(Signal signal) {
  constexpr std::array<std::string_view, kSignals> kPaths{"/v1/traces", "/v1/logs", "/v1/metrics"};
  return kPaths[static_cast<std::size_t>(signal)];
}

bool has_scheme(std::string_view endpoint) {
  return endpoint.starts_with(kHttp) || endpoint.starts_with(kHttps);
}

// `unix:/path`, `unix:///path`, `unix:path`.
std::string_view socket_path(std::string_view endpoint) {
  std::string_view path = endpoint.substr(kUnix.size());
  while (path.starts_with("//")) path.remove_prefix(1);
  return path;
}

bool is_socket(std::string_view endpoint) {
  constexpr std::size_t kLongestSocketPath = 107;  // of sockaddr_un
  if (!endpoint.starts_with(kUnix)) return false;
  const std::size_t length = socket_path(endpoint).size();
  return length > 0 && length <= kLongestSocketPath;
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

// HOST or HOST:PORT; an IPv6 address in brackets.
bool is_authority(std::string_view text) {
  const std::size_t host_end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (host_end == 0 || text.empty() || text.find_first_of(" /@?#") != std::string_view::npos) return false;
  if (host_end == std::string_view::npos) return !text.starts_with('[');
  const std::string_view rest = text.substr(text.starts_with('[') ? host_end + 1 : host_end);
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

// What follows the scheme, if it has one of the two.
std::string_view without_scheme(std::string_view url) {
  return has_scheme(url) ? url.substr(url.find("//") + 2) : std::string_view{};
}

std::string_view authority_of(std::string_view url) {
  const std::string_view rest = without_scheme(url);
  return rest.substr(0, rest.find_first_of("/?"));
}

bool is_token(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kOthers.find(c) != std::string_view::npos;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

}  // namespace

OtlpAddress grpc_address(std::string_view endpoint, bool is_insecure, Signal signal) {
  const std::string path(service_path(signal));
  if (endpoint.starts_with(kUnix)) return {"http://localhost" + path, std::string(socket_path(endpoint))};
  if (!has_scheme(endpoint)) {
    while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
    return {std::string(is_insecure ? kHttp : kHttps).append(endpoint) + path, {}};
  }
  const std::string_view scheme = endpoint.starts_with(kHttps) ? kHttps : kHttp;
  return {std::string(scheme).append(authority_of(endpoint)) + path, {}};
}

OtlpAddress http_address(std::string_view endpoint, Signal signal) {
  const std::string path(http_path(signal));
  if (endpoint.starts_with(kUnix)) return {"http://localhost" + path, std::string(socket_path(endpoint))};
  if (endpoint.empty()) return {"http://localhost:4318" + path, {}};
  const std::string_view rest = without_scheme(endpoint);
  std::string url(endpoint);
  const std::size_t authority_end = rest.find_first_of("/?");
  if (authority_end == std::string_view::npos) url.push_back('/');
  else if (rest[authority_end] == '?') url.insert(url.size() - rest.size() + authority_end, 1, '/');
  return {std::move(url), {}};
}

bool is_grpc_endpoint(std::string_view endpoint) {
  if (is_socket(endpoint)) return true;
  std::string_view rest = has_scheme(endpoint) ? without_scheme(endpoint) : endpoint;
  while (rest.ends_with('/')) rest.remove_suffix(1);
  return is_authority(rest.substr(0, has_scheme(endpoint) ? rest.find('/') : rest.size()));
}

bool is_http_endpoint(std::string_view endpoint) {
  if (endpoint.empty() || is_socket(endpoint)) return true;
  return is_authority(authority_of(endpoint)) && endpoint.find_first_of(" #") == std::string_view::npos;
}

bool is_proxy(std::string_view url) {
  if (url.empty()) return true;
  std::string_view authority = authority_of(url);
  authority = authority.substr(authority.rfind('@') + 1);  // behind a name and a password
  const bool has_port = authority.find(':', authority.find(']') + 1) != std::string_view::npos;
  return is_authority(authority) && has_port && url.find_first_of(" #?") == std::string_view::npos;
}

bool is_header_name(std::string_view name) {
  constexpr std::array<std::string_view, 12> kOurs{"content-type",
                                                   "content-encoding",
                                                   "content-length",
                                                   "te",
                                                   "host",
                                                   "connection",
                                                   "transfer-encoding",
                                                   "expect",
                                                   "accept-encoding",
                                                   "upgrade",
                                                   "keep-alive",
                                                   "proxy-connection"};
  if (name.empty() || !std::ranges::all_of(name, is_token)) return false;
  const std::string lower = lower_case(name);
  return !lower.starts_with("grpc-") && std::ranges::find(kOurs, lower) == kOurs.end();
}

bool is_header_value(std::string_view value) {
  const auto is_plain = [](unsigned char c) { return c >= 0x20 && c != 0x7F; };
  return std::ranges::all_of(value, is_plain) && !value.starts_with(' ') && !value.ends_with(' ');
}

bool is_headers_list(std::string_view list) {
  const auto pairs = base::decoded_pairs(list);
  return pairs && std::ranges::all_of(*pairs, [](const auto& pair) {
           return is_header_name(pair.first) && is_header_value(pair.second);
         });
}

// To curl, `name;` is a header without a value, and `name:` would be none.
std::vector<std::string> header_lines(const std::vector<OtlpHeader>& headers, std::string_view list) {
  std::vector<OtlpHeader> all = headers;
  for (auto& [name, value] : base::decoded_pairs(list).value_or(base::Pairs{})) {
    const auto is_same = [&](const OtlpHeader& one) { return lower_case(one.name) == lower_case(name); };
    if (std::ranges::none_of(headers, is_same)) all.push_back({std::move(name), std::move(value)});
  }
  std::vector<std::string> lines;
  lines.reserve(all.size());
  for (const OtlpHeader& header : all)
    lines.push_back(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  return lines;
}

}  // namespace ergon::inline v0::telemetry
