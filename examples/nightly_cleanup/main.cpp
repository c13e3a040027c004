#include "nightly_cleanup.hpp"

int main(int argc, char** argv) {
  return ergon::App("cleanup")
      .task<NightlyCleanup>("NightlyCleanup")
      .service<Spool>("spool")
      .main(argc, argv);
}
