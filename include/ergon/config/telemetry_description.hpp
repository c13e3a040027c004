#pragma once

#include <ergon/config/description.hpp>
#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/visibility.hpp>

// The descriptions of telemetry's configuration objects, for whatever reads, checks or shows them. The tables
// themselves are compiled into the library, once.
namespace ergon::inline v0::config {

template <>
ERGON_API const TypeDescription& type_of<LoggingConfig>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<RedactConfig>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<DeliveryConfig>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<LogProcessor>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<LogRecordLimits>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<ResourceConfig>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<MetricsConfig>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<TracingConfig>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<Sampler>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<ComposableSampler>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<Propagator>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<PropagatorConfig>() noexcept;
template <>
ERGON_API const TypeDescription& type_of<TelemetryConfig>() noexcept;

}  // namespace ergon::inline v0::config
