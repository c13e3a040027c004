// The backend may be well, but no way leads to it: TLS, names, proxies.

#include <fstream>

#include "integration/delivery/fault_backends.hpp"
#include "integration/delivery/name_server.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

const FaultExpectation kGivenUp{
    .fate = Fate::all_dropped, .reason = "retry_exhausted", .diagnostic = "gave an OTLP request up"};
const DriverOrder kFewRetries{.timeout = 300ms, .max_elapsed = 400ms};

enum class TlsTrouble : std::uint8_t { none, expired, unknown_authority, no_client_certificate };

TestCertificate certificate_for(TlsTrouble trouble, const std::filesystem::path& folder) {
  return trouble == TlsTrouble::expired ? make_expired_test_certificate(folder)
                                        : make_test_certificate(folder);
}

/// A receiver that wants a client certificate, where that is the trouble or there is none.
class TlsBackend final : public FaultBackend {
 public:
  explicit TlsBackend(TlsTrouble trouble)
      : trouble_(trouble),
        certificate_(certificate_for(trouble, folder_.path() / "ours")),
        needs_client_(trouble == TlsTrouble::none || trouble == TlsTrouble::no_client_certificate),
        receiver_({}, {.tls = certificate_, .needs_client_certificate = needs_client_}) {}

  void direct(DriverOrder& order) override {
    receiver_.direct(order);
    order.ca_file = certificate_.ca_file;
    if (trouble_ == TlsTrouble::unknown_authority) {
      order.ca_file = make_test_certificate(folder_.path() / "theirs").ca_file;
    }
    if (trouble_ != TlsTrouble::none) return;
    order.cert_file = certificate_.client_certificate_file;
    order.key_file = certificate_.client_key_file;
  }
  Arrivals arrived() override { return receiver_.arrived(); }
  [[nodiscard]] std::size_t connections() const override { return receiver_.connections(); }

 private:
  const TlsTrouble trouble_;
  const TemporaryFolder folder_;
  const TestCertificate certificate_;
  const bool needs_client_;
  ReceiverBackend receiver_;
};

/// A name that has to be asked for, and the server that is asked.
class NamedBackend final : public FaultBackend {
 public:
  explicit NamedBackend(NameServerAnswer answer) : server_(answer) {
    std::ofstream(folder_.path() / "resolv.conf") << server_.resolver_configuration();
    std::ofstream(folder_.path() / "nsswitch.conf") << "hosts: files dns\n";
  }

  [[nodiscard]] std::string missing() const override {
    return server_.is_permitted() ? "" : "port 53 is not permitted here";
  }
  void direct(DriverOrder& order) override {
    order.endpoint = "http://collector.example.org:4317";
    order.resolver_folder = folder_.path();
  }
  Arrivals arrived() override { return {}; }
  [[nodiscard]] std::string complaint() const override {
    return server_.questions() > 0 ? "" : "the name server was not asked";
  }

 private:
  const TemporaryFolder folder_;
  NameServer server_;
};

/// A healthy receiver, and a proxy that does not let anybody through.
class BehindAProxy final : public FaultBackend {
 public:
  void direct(DriverOrder& order) override {
    receiver_.direct(order);
    order.proxy = "http://127.0.0.1:" + std::to_string(proxy_.port());
  }
  Arrivals arrived() override { return receiver_.arrived(); }
  [[nodiscard]] std::size_t connections() const override { return proxy_.connections(); }

 private:
  ScriptedHttp1Server proxy_{
      [](const std::string&) { return HttpReply{.status = 403, .headers = {}, .is_taken = false}; }};
  ReceiverBackend receiver_{ReceiverFaults{}};
};

FaultRow tls_row(const char* name, TlsTrouble trouble, const FaultExpectation& expected = kGivenUp) {
  return {.name = name,
          .make_backend = [trouble] { return std::make_unique<TlsBackend>(trouble); },
          .order = expected.fate == Fate::all_dropped ? kFewRetries : DriverOrder{},
          .expected = expected};
}

FaultRow name_row(const char* name, NameServerAnswer answer) {
  return {.name = name,
          .make_backend = [answer] { return std::make_unique<NamedBackend>(answer); },
          .order = kFewRetries,
          .expected = kGivenUp};
}

}  // namespace

std::vector<FaultRow> barred_rows() {
  FaultRow proxy{.name = "ProxyRefuses",
                 .make_backend = [] { return std::make_unique<BehindAProxy>(); },
                 .order = kFewRetries,
                 .expected = kGivenUp};
  proxy.expected.least_connections = 2;
  return {
      tls_row("ClientCertificateShown", TlsTrouble::none, {}),
      tls_row("ExpiredCertificate", TlsTrouble::expired),
      tls_row("UnknownCertificate", TlsTrouble::unknown_authority),
      tls_row("ClientCertificateMissing", TlsTrouble::no_client_certificate),
      name_row("UnknownHost", NameServerAnswer::no_such_name),
      name_row("MuteNameServer", NameServerAnswer::nothing),
      proxy,
  };
}

}  // namespace ergon::test
