// Records from itself, a library that it is linked with and one that it loads, to an OTLP file:
// shared_session FILE LIBRARY
#include <dlfcn.h>

#include <chrono>
#include <cstdio>
#include <string>

#include <ergon/telemetry.hpp>

#include "record.hpp"

extern "C" void work_of_linked();

int main(int count, char** arguments) {
  if (count != 3) return 2;
  void* const library = dlopen(arguments[2], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  const auto work_of_loaded = reinterpret_cast<void (*)()>(dlsym(library, "work_of_loaded"));
  if (work_of_loaded == nullptr) return 1;
  const ergon::OtlpFileExporter file{.output_stream = "file://" + std::string(arguments[1])};
  auto session = ergon::telemetry::start(
      {.service_name = "shared",
       .logging = ergon::LoggingConfig{.handlers = {ergon::OtlpHandler{.exporter = file}}},
       .metrics =
           ergon::MetricsConfig{
               .readers = {ergon::PeriodicReader{
                   .exporter = ergon::OtlpFileMetricExporter{.output_stream = file.output_stream}}}},
       .tracing = ergon::TracingConfig{.processors = {ergon::BatchSpanProcessor{.exporter = file}}}});
  {
    const auto span = ergon::get_tracer("shared").scoped_span("whole");
    shared_session::record("program");
    work_of_linked();
    work_of_loaded();
  }
  return session.shutdown(std::chrono::seconds(10)) ? 0 : 1;
}
