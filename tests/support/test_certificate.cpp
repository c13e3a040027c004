#include "support/test_certificate.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/child_process.hpp"

namespace ergon::test {
namespace {

using Arguments = std::vector<std::string>;

void run_openssl(const Arguments& arguments) {
  Arguments command{"openssl", "req",   "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes",  "-days", "2"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  ChildProcess openssl({.arguments = std::move(command)});
  const auto status = openssl.wait(std::chrono::seconds(20));
  if (status != ExitStatus{.code = 0}) {
    throw std::runtime_error("openssl did not make a certificate: " + openssl.error_output());
  }
}

}  // namespace

TestCertificate make_test_certificate(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  const auto ca_key = directory / "ca_key.pem";
  TestCertificate made{.ca_file = directory / "ca.pem",
                       .certificate_file = directory / "server.pem",
                       .key_file = directory / "server_key.pem",
                       .client_certificate_file = directory / "client.pem",
                       .client_key_file = directory / "client_key.pem"};
  run_openssl({"-keyout", ca_key, "-out", made.ca_file, "-subj", "/CN=Test authority", "-addext",
               "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"});
  run_openssl({"-CA", made.ca_file, "-CAkey", ca_key, "-keyout", made.key_file, "-out", made.certificate_file,
               "-subj", "/CN=localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-addext",
               "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost", "-addext", "extendedKeyUsage=serverAuth"});
  run_openssl({"-CA", made.ca_file, "-CAkey", ca_key, "-keyout", made.client_key_file, "-out",
               made.client_certificate_file, "-subj", "/CN=test client", "-addext",
               "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=clientAuth"});
  return made;
}

}  // namespace ergon::test
