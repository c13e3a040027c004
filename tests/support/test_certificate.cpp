#include "support/test_certificate.hpp"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/child_process.hpp"

namespace ergon::test {
namespace {

using Arguments = std::vector<std::string>;

void run_openssl(const Arguments& arguments) {
  Arguments command{"openssl"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  ChildProcess openssl({.arguments = std::move(command)});
  const auto status = openssl.wait(std::chrono::seconds(20));
  if (status != ExitStatus{.code = 0}) {
    throw std::runtime_error("openssl did not make a certificate: " + openssl.error_output());
  }
}

// With a key of its own, valid for two days.
void make_certificate(const Arguments& arguments) {
  Arguments command{"req",    "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-days", "2"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  run_openssl(command);
}

// Of all of openssl's commands only `ca` takes any dates in all of its versions, and it wants files.
void write_authority_files(const std::filesystem::path& directory) {
  std::ofstream(directory / "index.txt").close();
  std::ofstream(directory / "serial.txt") << "01\n";
  std::ofstream(directory / "authority.cnf") << "[authority]\n"
                                             << "database = " << (directory / "index.txt").string() << '\n'
                                             << "serial = " << (directory / "serial.txt").string() << '\n'
                                             << "new_certs_dir = " << directory.string() << '\n'
                                             << "default_md = sha256\n"
                                             << "policy = any\n"
                                             << "[any]\n"
                                             << "commonName = supplied\n"
                                             << "[server]\n"
                                             << "subjectAltName = IP:127.0.0.1, IP:::1, DNS:localhost\n"
                                             << "extendedKeyUsage = serverAuth\n";
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
  make_certificate({"-keyout", ca_key, "-out", made.ca_file, "-subj", "/CN=Test authority", "-addext",
                    "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"});
  make_certificate(
      {"-CA", made.ca_file, "-CAkey", ca_key, "-keyout", made.key_file, "-out", made.certificate_file,
       "-subj", "/CN=localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-addext",
       "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost", "-addext", "extendedKeyUsage=serverAuth"});
  make_certificate({"-CA", made.ca_file, "-CAkey", ca_key, "-keyout", made.client_key_file, "-out",
                    made.client_certificate_file, "-subj", "/CN=test client", "-addext",
                    "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=clientAuth"});
  return made;
}

TestCertificate make_expired_test_certificate(const std::filesystem::path& directory) {
  const TestCertificate made = make_test_certificate(directory);
  const auto request = directory / "server_request.pem";
  write_authority_files(directory);
  run_openssl({"req", "-new", "-key", made.key_file, "-subj", "/CN=localhost", "-out", request});
  run_openssl({"ca",
               "-batch",
               "-notext",
               "-config",
               directory / "authority.cnf",
               "-name",
               "authority",
               "-extensions",
               "server",
               "-cert",
               made.ca_file,
               "-keyfile",
               directory / "ca_key.pem",
               "-startdate",
               "20200101000000Z",
               "-enddate",
               "20200201000000Z",
               "-in",
               request,
               "-out",
               made.certificate_file});
  return made;
}

}  // namespace ergon::test
