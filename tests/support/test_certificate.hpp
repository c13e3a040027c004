#pragma once

#include <filesystem>

namespace ergon::test {

/// PEM files: a certificate authority, a server certificate for 127.0.0.1, ::1 and localhost, and a client
/// certificate, both signed by that authority.
struct TestCertificate {
  std::filesystem::path ca_file{};
  std::filesystem::path certificate_file{};
  std::filesystem::path key_file{};
  std::filesystem::path client_certificate_file{};
  std::filesystem::path client_key_file{};
};

/// Makes fresh ones in `directory` (created if missing) with the openssl command line, valid for two days:
/// about 50 ms. Two directories give two authorities that do not trust each other. Throws std::runtime_error
/// with openssl's words when it fails.
TestCertificate make_test_certificate(const std::filesystem::path& directory);
/// The same, but that the server certificate was valid until January 2020.
TestCertificate make_expired_test_certificate(const std::filesystem::path& directory);

}  // namespace ergon::test
