#include "report.hpp"

#include <fmt/core.h>

namespace ergon::bench {

std::string as_json(std::string_view bench, std::string_view peer, const Comparison& comparison) {
  return fmt::format(R"({{"bench":"{}","ns":{:.1f},"peer":"{}","peer_ns":{:.1f},"ratio":{:.4f}}})", bench,
                     comparison.ours_ns, peer, comparison.peer_ns, comparison.ours_ns / comparison.peer_ns);
}

std::string as_text(std::string_view bench, std::string_view peer, const Comparison& comparison) {
  return fmt::format("{:<24} {:>8.1f} ns   {} {:>8.1f} ns   1/{:.1f}", bench, comparison.ours_ns, peer,
                     comparison.peer_ns, comparison.peer_ns / comparison.ours_ns);
}

}  // namespace ergon::bench
