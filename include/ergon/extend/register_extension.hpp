#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include <ergon/config/extension.hpp>

// Each has a header of its own here, which whoever implements it includes.
namespace ergon::inline v0 {
class IdGenerator;
class LogFilter;
class LogHandler;
class ResourceDetector;
class SpanProcessor;
class SpanSampler;
class TelemetryExporter;
class TextMapPropagator;
}  // namespace ergon::inline v0

namespace ergon::inline v0::detail {

// The interface that T implements, and the kind that makes it.
template <class T>
struct ExtensionOf {
  static_assert(!std::same_as<T, T>,
                "an extension derives from ergon::TextMapPropagator, ergon::SpanSampler, ergon::IdGenerator, "
                "ergon::SpanProcessor, ergon::LogHandler, ergon::LogFilter, ergon::TelemetryExporter, "
                "ergon::MetricExporter or ergon::ResourceDetector");
};
template <std::derived_from<TextMapPropagator> T>
struct ExtensionOf<T> {
  using Interface = TextMapPropagator;
  static constexpr std::string_view kKind = kPropagators;
};
template <std::derived_from<SpanSampler> T>
struct ExtensionOf<T> {
  using Interface = SpanSampler;
  static constexpr std::string_view kKind = kSamplers;
};
template <std::derived_from<IdGenerator> T>
struct ExtensionOf<T> {
  using Interface = IdGenerator;
  static constexpr std::string_view kKind = kIdGenerators;
};
template <std::derived_from<SpanProcessor> T>
struct ExtensionOf<T> {
  using Interface = SpanProcessor;
  static constexpr std::string_view kKind = kSpanProcessors;
};
template <std::derived_from<LogHandler> T>
struct ExtensionOf<T> {
  using Interface = LogHandler;
  static constexpr std::string_view kKind = kLogHandlers;
};
template <std::derived_from<LogFilter> T>
struct ExtensionOf<T> {
  using Interface = LogFilter;
  static constexpr std::string_view kKind = kLogFilters;
};
template <std::derived_from<TelemetryExporter> T>
struct ExtensionOf<T> {
  using Interface = TelemetryExporter;
  static constexpr std::string_view kKind = kExporters;
};

template <std::derived_from<ResourceDetector> T>
struct ExtensionOf<T> {
  using Interface = ResourceDetector;
  static constexpr std::string_view kKind = kResourceDetectors;
};

template <class T>
concept ExtensionWithOptions = requires { typename T::Options; };

template <class T>
void* make_extension(const AnyOptions& given) {
  using Interface = typename ExtensionOf<T>::Interface;
  if constexpr (ExtensionWithOptions<T>) {
    using Options = typename T::Options;
    static_assert(std::constructible_from<T, Options>,
                  "an extension with Options has the constructor T(Options)");
    const Options* held = given.get_if<Options>();
    return static_cast<Interface*>(new T(held != nullptr ? *held : Options{}));
  } else {
    static_assert(std::default_initializable<T>, "an extension without Options has the constructor T()");
    return static_cast<Interface*>(new T());
  }
}

}  // namespace ergon::inline v0::detail

namespace ergon::inline v0::telemetry {

/// Makes a type of the program's own known to configuration, under a name that is not a built-in one's: a
/// propagator by deriving from `TextMapPropagator`, a sampler from `SpanSampler`, a generator of ids from
/// `IdGenerator`, a span processor from `SpanProcessor`, a handler of logs from `LogHandler`, a filter of
/// logs from `LogFilter`, an exporter from `TelemetryExporter` or `MetricExporter`, a detector of resource
/// attributes from `ResourceDetector`. Options, if it has any, are its described aggregate `T::Options`
/// (ERGON_OPTIONS), given to its constructor. Call it before the configuration is read, from any thread.
/// Sessions that start later make an object for each place that names it; all but log handlers, log filters,
/// exporters and resource detectors are never destroyed.
template <class T>
void register_extension(std::string_view name) {
  AnyOptions defaults;
  if constexpr (detail::ExtensionWithOptions<T>) defaults = typename T::Options{};
  detail::add_extension(
      {detail::ExtensionOf<T>::kKind, std::string(name), std::move(defaults), &detail::make_extension<T>});
}

}  // namespace ergon::inline v0::telemetry
