#include "config/otlp_environment.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/diagnostic.hpp"
#include "base/pair_list.hpp"
#include "config/environment.hpp"
#include "config/environment_fill.hpp"
#include "config/scalar_value.hpp"
#include "config/values.hpp"

namespace ergon::inline v0::config {
namespace {

// Of each signal, as they are filled one by one and each is told by itself.
base::Diagnostic& diagnostic_of(std::string_view signal) {
  static base::Diagnostic traces{"what the environment says of OTLP for traces is ignored"};
  static base::Diagnostic logs{"what the environment says of OTLP for logs is ignored"};
  static base::Diagnostic metrics{"what the environment says of OTLP for metrics is ignored"};
  return signal == "TRACES" ? traces : signal == "LOGS" ? logs : metrics;
}

constexpr std::string_view kPrefix = "OTEL_EXPORTER_OTLP_";
constexpr std::string_view kHttp = "otlp_http";

// A variable's last part, and the key that it stands for.
struct Variable {
  std::string_view name;
  std::string_view key;
  std::string_view member{};  // of the object at that key
};
constexpr std::array kScalars{Variable{"INSECURE", "tls", "insecure"},
                              Variable{"CERTIFICATE", "tls", "ca_file"},
                              Variable{"CLIENT_CERTIFICATE", "tls", "cert_file"},
                              Variable{"CLIENT_KEY", "tls", "key_file"},
                              Variable{"COMPRESSION", "compression"},
                              Variable{"TIMEOUT", "timeout"}};

bool is_http(const HeldObject& exporter) { return exporter.name == kHttp; }

class OtlpFill {
 public:
  OtlpFill(std::string_view signal, Origins& origins)
      : own_(std::string(kPrefix).append(signal) + "_"), environment_(origins, diagnostic_of(signal)) {}

  void fill(const HeldObject& exporter) {
    auto& tls = *static_cast<TlsConfig*>(row_of(exporter.type, "tls").address(exporter.object));
    const TlsConfig tls_before = tls;
    for (const Variable& variable : kScalars) fill_scalar(exporter, variable);
    if (tls.cert_file.empty() != tls.key_file.empty() &&
        (tls.cert_file != tls_before.cert_file || tls.key_file != tls_before.key_file)) {
      environment_.complain(own_ + "CLIENT_CERTIFICATE and CLIENT_KEY", "one of the two", "both, or neither");
      tls.cert_file = tls_before.cert_file;
      tls.key_file = tls_before.key_file;
    }
    fill_protocol(exporter);
    fill_endpoint(exporter);
    fill_headers(exporter);
  }

 private:
  struct Found {
    std::string variable;
    std::string text;
    bool is_of_all_signals;
  };
  // The signal's own variable wins.
  [[nodiscard]] std::optional<Found> find(std::string_view name, const std::string& path) {
    for (const std::string_view prefix : {std::string_view(own_), kPrefix}) {
      std::string variable(prefix);
      variable.append(name);
      if (auto text = environment_.text_for(variable.c_str(), path))
        return Found{std::move(variable), *std::move(text), prefix == kPrefix};
    }
    return std::nullopt;
  }

  void fill_scalar(const HeldObject& exporter, const Variable& variable) {
    std::string path = member_path(exporter.path, variable.key);
    const FieldDescription* row = &row_of(exporter.type, variable.key);
    void* target = row->address(exporter.object);
    if (!variable.member.empty()) {
      path = member_path(path, variable.member);
      row = &row_of(row->type(), variable.member);
      target = row->address(target);
    }
    const auto found = find(variable.name, path);
    if (!found) return;
    const bool is_text = std::holds_alternative<StringType>(row->type().kind);
    assign(*found, *row, target, is_text ? found->text : lower_case(found->text));
  }

  // Which exporter it is, says the configuration.
  void fill_protocol(const HeldObject& exporter) {
    const auto found =
        find("PROTOCOL", member_path(exporter.path, is_http(exporter) ? "encoding" : "protocol"));
    if (!found) return;
    const std::string protocol = lower_case(found->text);
    if (!is_http(exporter)) {
      if (protocol != "grpc") environment_.complain(found->variable, found->text, "grpc, for an otlp_grpc");
      return;
    }
    if (protocol != "http/protobuf" && protocol != "http/json")
      return environment_.complain(found->variable, found->text,
                                   "http/protobuf and http/json, for an otlp_http");
    const FieldDescription& row = row_of(exporter.type, "encoding");
    assign(*found, row, row.address(exporter.object),
           std::string_view(protocol).substr(std::string_view("http/").size()));
  }

  void fill_endpoint(const HeldObject& exporter) {
    constexpr std::string_view kKey = "endpoint";
    const auto found = find("ENDPOINT", member_path(exporter.path, kKey));
    if (!found) return;
    const FieldDescription& row = row_of(exporter.type, kKey);
    std::string endpoint = found->text;
    const bool is_url = endpoint.starts_with("http://") || endpoint.starts_with("https://");
    if (is_http(exporter) && found->is_of_all_signals && is_url) {
      const std::size_t path_end = std::min(endpoint.find('?'), endpoint.size());
      const bool ends_in_slash = endpoint[path_end - 1] == '/';
      const std::string signal = lower_case(own_.substr(kPrefix.size(), own_.size() - kPrefix.size() - 1));
      endpoint.insert(path_end, (ends_in_slash ? "v1/" : "/v1/") + signal);
    }
    assign(*found, row, row.address(exporter.object), endpoint);
  }

  void fill_headers(const HeldObject& exporter) {
    constexpr std::string_view kKey = "headers";
    constexpr std::string_view kList = "headers_list";
    if (environment_.is_in_text(member_path(exporter.path, kList))) return;
    const auto found = find("HEADERS", member_path(exporter.path, kKey));
    if (!found) return;
    const FieldDescription& row = row_of(exporter.type, kKey);
    auto headers = read_headers(*found, std::get<ListType>(row.type().kind).element());
    if (!headers) return;
    *static_cast<std::vector<OtlpHeader>*>(row.address(exporter.object)) = *std::move(headers);
    static_cast<std::string*>(row_of(exporter.type, kList).address(exporter.object))->clear();
  }

  // Its value may be secret.
  static std::string shown(std::string_view pair) {
    const std::size_t equals = pair.find('=');
    return equals == std::string_view::npos ? "..." : std::string(pair.substr(0, equals)) + "=...";
  }

  [[nodiscard]] std::optional<std::vector<OtlpHeader>> read_headers(const Found& found,
                                                                    const TypeDescription& header) {
    std::vector<OtlpHeader> headers;
    std::string_view rest(found.text);
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      auto pair = base::decoded_pair(rest.substr(0, comma));
      if (!pair) {
        environment_.complain(found.variable, shown(rest.substr(0, comma)),
                              "name=value pairs separated by commas, with %XX for , and %");
        return std::nullopt;
      }
      headers.push_back({std::move(pair->first), std::move(pair->second)});
      const ConfigErrors errors = validate(header, &headers.back());
      if (!errors.empty()) {
        environment_.complain(found.variable, shown(rest.substr(0, comma)), errors.front().complaint.allowed);
        return std::nullopt;
      }
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return headers;
  }

  void assign(const Found& found, const FieldDescription& row, void* target, std::string_view text) {
    if (const auto complaint = assign_scalar(row.type(), row.rules, target, {text}))
      environment_.complain(found.variable, complaint->found, complaint->allowed);
  }

  std::string own_;
  EnvironmentFill environment_;
};

}  // namespace

void apply_otlp_environment(std::string_view signal, const TypeDescription& type, void* section,
                            Origins& origins, const std::string& path) {
  OtlpFill environment(signal, origins);
  constexpr std::array<std::string_view, 2> kNames{"otlp_grpc", kHttp};
  for (const HeldObject& exporter : held_objects(kNames, type, section, path)) environment.fill(exporter);
}

}  // namespace ergon::inline v0::config
