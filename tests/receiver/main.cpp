#include <getopt.h>
#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>

#include "receiver/command_loop.hpp"
#include "receiver/export_server.hpp"
#include "receiver/fault_plan.hpp"
#include "receiver/intake.hpp"
#include "receiver/received_requests.hpp"

namespace {

struct CommandLine {
  ergon::receiver::ServerOptions server;
  bool is_sink = false;
};

constexpr char kUsage[] =
    "usage: otlp_receiver [--port N] [--sink] [--tls-cert FILE --tls-key FILE [--client-ca FILE]]\n";

std::optional<CommandLine> read_command_line(int argc, char** argv) {
  static const option kOptions[] = {
      {"port", required_argument, nullptr, 'p'},      {"sink", no_argument, nullptr, 's'},
      {"tls-cert", required_argument, nullptr, 'c'},  {"tls-key", required_argument, nullptr, 'k'},
      {"client-ca", required_argument, nullptr, 'a'}, {}};
  CommandLine line;
  for (int found = 0; (found = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
    switch (found) {
      case 'p':
        line.server.port = static_cast<std::uint16_t>(std::atoi(optarg));
        break;
      case 's':
        line.is_sink = true;
        break;
      case 'c':
        line.server.certificate_file = optarg;
        break;
      case 'k':
        line.server.key_file = optarg;
        break;
      case 'a':
        line.server.client_ca_file = optarg;
        break;
      default:
        return std::nullopt;
    }
  }
  if (optind != argc || line.server.certificate_file.empty() != line.server.key_file.empty()) {
    return std::nullopt;
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  // The end of stdin ends the receiver too, but a child that the test program forked may hold that open.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto line = read_command_line(argc, argv);
  if (!line) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  using namespace ergon::receiver;
  try {
    ReceivedRequests received(line->is_sink);
    FaultPlan faults;
    Intake intake(received, faults, line->is_sink);
    ExportServer server(line->server, intake);
    CommandLoop commands(received, faults, std::cin, stdout);
    commands.answer({{"ready", true}, {"port", server.port()}});
    commands.run();
    std::fflush(stdout);
    // Past the destructors: they would wait for the answers that a test ordered to be late.
    std::_Exit(0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "otlp_receiver: %s\n", error.what());
    return 1;
  }
}
