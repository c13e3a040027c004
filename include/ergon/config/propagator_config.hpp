#pragma once

#include <string>
#include <vector>

#include <ergon/config/custom.hpp>
#include <ergon/config/one_of.hpp>

namespace ergon::inline v0 {

/// The headers `traceparent` and `tracestate`. In YAML: `tracecontext`.
struct W3cTraceContext {};

/// The header `baggage`. In YAML: `baggage`.
struct W3cBaggage {};

/// Writes the header `b3`, reads both forms of B3. In YAML: `b3`.
struct B3Single {};

/// Writes the X-B3 headers, reads both forms of B3. In YAML: `b3multi`.
struct B3Multi {};

/// Headers that carry a context from process to process. In YAML a map with one key: `{tracecontext: }`.
using Propagator = OneOf<W3cTraceContext, W3cBaggage, B3Single, B3Multi, Custom>;
extern template class OneOf<W3cTraceContext, W3cBaggage, B3Single, B3Multi, Custom>;

namespace detail {

ERGON_API std::vector<Propagator> default_propagators();

}  // namespace detail

/// How contexts travel. In YAML: `propagator`.
struct PropagatorConfig {
  /// All of them write, and read, in this order; a later one wins where two read a span. With none, nothing
  /// travels. By default W3cTraceContext and W3cBaggage.
  std::vector<Propagator> composite = detail::default_propagators();
  /// More of them by name, separated by commas: `b3,baggage`. They come after those of `composite`, but for
  /// those that are there already; `none` is none. In YAML, where only this is given, `composite` is empty.
  std::string composite_list{};
};

}  // namespace ergon::inline v0
