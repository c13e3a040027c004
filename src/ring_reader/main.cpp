// ergon-read-rings: what telemetry's worker thread left when it crashed.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>

#include "ring_reader/print_rings.hpp"
#include "ring_reader/ring_file.hpp"

namespace {

constexpr int kUnreadable = 1;
constexpr int kDamaged = 3;  // some of it could be read

std::string contents_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::system_error(errno, std::generic_category(), "can't be opened");
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (bytes.empty()) throw std::runtime_error("it is empty");
  return bytes;
}

int read_rings(const std::string& path, const std::string& folder) {
  const auto file = ergon::ring_reader::read_ring_file(contents_of(path));
  std::cerr << file.records.size() << " records of process " << file.process << '\n';
  if (folder.empty()) {
    std::cout << ergon::ring_reader::rings_as_text(file);
  } else {
    for (const std::string& name : ergon::ring_reader::write_requests(file, folder))
      std::cout << name << '\n';
  }
  if (!std::cout.flush()) throw std::system_error(errno, std::generic_category(), "standard output");
  if (file.overwritten > 0)
    std::cerr << "ergon-read-rings: " << path << ": " << file.overwritten
              << " more records had been overwritten by the program\n";
  if (file.damage.empty()) return file.overwritten == 0 ? 0 : kDamaged;
  std::cerr << "ergon-read-rings: " << path << ": the rest can't be read: " << file.damage << '\n';
  return kDamaged;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Shows the spans and logs that telemetry's worker thread had not drained when it crashed"};
  std::string path;
  std::string folder;
  app.add_option("FILE", path, "ergon-rings.<pid>, of the same build")->required()->check(CLI::ExistingFile);
  app.add_option(
      "--otlp", folder,
      "write OTLP requests into this folder instead, to be posted to a backend's /v1/logs and /v1/traces");
  CLI11_PARSE(app, argc, argv);
  try {
    return read_rings(path, folder);
  } catch (const std::exception& error) {
    std::cerr << "ergon-read-rings: " << path << ": " << error.what() << '\n';
    return kUnreadable;
  }
}
