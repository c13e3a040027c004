#pragma once

#include <string>
#include <string_view>

#include <ergon/config/options.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0::detail {

// The kinds of extensions: the registries that their names are in.
inline constexpr std::string_view kPropagators = "propagators";
inline constexpr std::string_view kSamplers = "samplers";
inline constexpr std::string_view kIdGenerators = "id generators";
inline constexpr std::string_view kSpanProcessors = "span processors";
inline constexpr std::string_view kLogHandlers = "log handlers";
inline constexpr std::string_view kLogFilters = "log filters";
inline constexpr std::string_view kExporters = "exporters";
inline constexpr std::string_view kResourceDetectors = "resource detectors";

// A type that the program registered: how it is called, its options as they are when nothing sets them
// (nothing when it has none), how to make one. `make` answers a pointer to the kind's interface.
struct ExtensionType {
  std::string_view kind;
  std::string name;
  AnyOptions defaults;
  void* (*make)(const AnyOptions& options);
};

// Any thread, by a lock. Of one name and kind the last counts.
ERGON_API void add_extension(ExtensionType type);

}  // namespace ergon::inline v0::detail
