#include <ergon/config/extension.hpp>
#include <ergon/config/telemetry_description.hpp>

#include "config/propagator_list.hpp"

namespace ergon::inline v0 {

using config::Tag;

inline constexpr config::StringForm kCompositeList{
    &config::is_composite_list,
    "tracecontext, baggage, b3, b3multi or registered names, separated by commas"};

constexpr auto ergon_describe(Tag<W3cTraceContext>) { return config::object("traceparent and tracestate."); }

constexpr auto ergon_describe(Tag<W3cBaggage>) { return config::object("baggage."); }

constexpr auto ergon_describe(Tag<B3Single>) { return config::object("b3."); }

constexpr auto ergon_describe(Tag<B3Multi>) { return config::object("The X-B3 headers."); }

constexpr auto ergon_describe(Tag<Propagator>) {
  return config::one_of(
      "Headers that carry a context.", config::alternative<Propagator, W3cTraceContext>("tracecontext"),
      config::alternative<Propagator, W3cBaggage>("baggage"), config::alternative<Propagator, B3Single>("b3"),
      config::alternative<Propagator, B3Multi>("b3multi"),
      config::registered<Propagator, Custom>(detail::kPropagators));
}

constexpr auto ergon_describe(Tag<PropagatorConfig>) {
  return config::object(
      "How contexts travel between processes.",
      config::field<&PropagatorConfig::composite>(
          "composite", "All write, and read, in this order; with none, nothing travels."),
      config::field<&PropagatorConfig::composite_list>("composite_list", "More by name, separated by commas.",
                                                       {.empties = "composite", .form = &kCompositeList}));
}

}  // namespace ergon::inline v0

namespace ergon::inline v0::config {

template <>
const TypeDescription& type_of<Propagator>() noexcept {
  return described<Propagator>();
}

template <>
const TypeDescription& type_of<PropagatorConfig>() noexcept {
  return described<PropagatorConfig>();
}

}  // namespace ergon::inline v0::config
