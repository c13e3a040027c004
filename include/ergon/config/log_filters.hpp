#pragma once

#include <map>
#include <string>
#include <vector>

#include <ergon/config/custom.hpp>
#include <ergon/config/level.hpp>
#include <ergon/config/one_of.hpp>

namespace ergon::inline v0 {

/// Passes the records that are as all of this says; what is not said matches all. In YAML: `match`.
struct MatchFilter {
  /// The logger's name is as one of these, with `*` for any number of characters and `?` for one.
  std::vector<std::string> loggers{};
  Level min_level{Level::trace};
  Level max_level{Level::critical};
  /// A regular expression (RE2's) that is found in the message.
  std::string message{};
  /// Attributes that the record has, all of them, and their values as text, with `*` and `?` as above.
  std::map<std::string, std::string> attributes{};
  /// Passes the others instead.
  bool invert{false};
};

/// Passes so many records a second at most, by their own times, with as many at once as a second allows. In
/// YAML: `rate`.
struct RateFilter {
  double records_per_second{100};
};

/// Which records a handler takes. In YAML a map with one key; one of the program's own (`LogFilter`) by the
/// name that it is registered under. Each handler that names one has its own, so its own rate, and of `otlp`
/// each of its processors; what no handler takes is counted as dropped (`filtered`).
using LogFilterConfig = OneOf<MatchFilter, RateFilter, Custom>;
extern template class OneOf<MatchFilter, RateFilter, Custom>;

/// What is to leave the process under no circumstances: replaced in messages, attributes, events and statuses
/// of logs and spans, before any handler, processor's `on_end` or exporter has them. In YAML: `redact`.
/// It is done by telemetry's worker, so what has not come by there is as the program gave it: the span that a
/// processor's `on_start` and `on_ending` see, what a sampler is asked about, the file of rings that a crash
/// of the worker leaves, and the warnings that a program which never starts a session has on stderr at its
/// end.
struct RedactConfig {
  /// Attributes of these keys, with `*` for any number of characters and `?` for one, also inside of maps:
  /// the whole value is replaced.
  std::vector<std::string> keys{};
  /// Regular expressions (RE2's), of which whatever they match is replaced in every text but names and keys:
  /// `\b\d{4}( ?\d{4}){3}\b`.
  std::vector<std::string> patterns{};
  std::string replacement{"[redacted]"};
};

}  // namespace ergon::inline v0
