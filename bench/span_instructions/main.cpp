#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

#include "sides.hpp"

// Collected by callgrind, and nothing else is: `--toggle-collect=measured_burst`.
extern "C" [[gnu::noinline]] void measured_burst(ergon::bench::Side& side) { side.burst(); }

namespace {

using namespace ergon::bench;

struct Call {
  std::string_view name;
  std::unique_ptr<Side> (*make)();
};

constexpr std::array kCalls{Call{"span_3_attributes", &ergon_spans},
                            Call{"span_not_sampled", &ergon_spans_not_sampled},
                            Call{"detached_span", &ergon_detached_spans}};

// Warm first: the thread has joined, its ring has grown, its pool is filled.
void run(Side& side) {
  for (int i = 0; i < 3; ++i) {
    side.burst();
    side.settle();
  }
  measured_burst(side);
  side.settle();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc == 2 ? argv[1] : "";
  for (const Call& call : kCalls) {
    if (call.name != wanted) continue;
    run(*call.make());
    return 0;
  }
  std::fputs("usage: span_instructions span_3_attributes|span_not_sampled|detached_span\n", stderr);
  return 2;
}
