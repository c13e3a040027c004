# Defines ergon_otlp_protos: the generated OTLP messages and stubs. The ready libraries that come with
# opentelemetry-cpp are used when they are of the same build as the headers, else the generated sources that
# come with the headers are compiled.
find_package(Protobuf QUIET)
find_package(gRPC CONFIG QUIET)
find_path(OTLP_PROTO_INCLUDE_DIR opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h)
if(NOT TARGET gRPC::grpc++ OR NOT TARGET protobuf::libprotobuf OR NOT OTLP_PROTO_INCLUDE_DIR)
  message(FATAL_ERROR "The tests need grpc++, protobuf and the generated OTLP protos (Debian: libgrpc++-dev "
                      "protobuf-compiler-grpc libprotobuf-dev libopentelemetry-proto-dev; `tools/setup.sh test` installs "
                      "them). Without tests: -DERGON_BUILD_TESTS=OFF.")
endif()

include(CheckCXXSourceRuns)
find_library(OTLP_PROTO_LIBRARY opentelemetry_proto)
find_library(OTLP_PROTO_GRPC_LIBRARY opentelemetry_proto_grpc)

if(OTLP_PROTO_LIBRARY AND OTLP_PROTO_GRPC_LIBRARY)
  set(CMAKE_REQUIRED_INCLUDES ${OTLP_PROTO_INCLUDE_DIR})
  set(CMAKE_REQUIRED_LIBRARIES ${OTLP_PROTO_LIBRARY} protobuf::libprotobuf)
  # An empty message's SpaceUsedLong is its size as the library knows it, sizeof as the headers know it.
  check_cxx_source_runs(
    "
    #include <opentelemetry/proto/collector/logs/v1/logs_service.pb.h>
    #include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h>
    #include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>
    using namespace opentelemetry::proto;
    template <class... Messages>
    bool agree() { return ((Messages::default_instance().SpaceUsedLong() == sizeof(Messages)) && ...); }
    int main() {
      return agree<common::v1::AnyValue, common::v1::InstrumentationScope, resource::v1::Resource,
                   trace::v1::Span, trace::v1::Span::Event, trace::v1::Span::Link, logs::v1::LogRecord,
                   metrics::v1::Metric, metrics::v1::NumberDataPoint, metrics::v1::HistogramDataPoint,
                   metrics::v1::ExponentialHistogramDataPoint, metrics::v1::Exemplar>() ? 0 : 1;
    }"
    OTLP_PROTO_LIBRARIES_MATCH_HEADERS)
  unset(CMAKE_REQUIRED_INCLUDES)
  unset(CMAKE_REQUIRED_LIBRARIES)
endif()

if(OTLP_PROTO_LIBRARIES_MATCH_HEADERS)
  message(STATUS "otlp_receiver: ready OTLP proto libraries, ${OTLP_PROTO_LIBRARY}")
  add_library(ergon_otlp_protos INTERFACE)
  target_link_libraries(ergon_otlp_protos INTERFACE ${OTLP_PROTO_GRPC_LIBRARY} ${OTLP_PROTO_LIBRARY})
  target_include_directories(ergon_otlp_protos SYSTEM INTERFACE ${OTLP_PROTO_INCLUDE_DIR})
  target_link_libraries(ergon_otlp_protos INTERFACE gRPC::grpc++ protobuf::libprotobuf)
  return()
endif()

message(STATUS "otlp_receiver: compiling the OTLP protos below ${OTLP_PROTO_INCLUDE_DIR}")
add_library(ergon_otlp_protos STATIC)
set(proto_dir ${OTLP_PROTO_INCLUDE_DIR}/opentelemetry/proto)
foreach(message common/v1/common resource/v1/resource trace/v1/trace logs/v1/logs metrics/v1/metrics)
  target_sources(ergon_otlp_protos PRIVATE ${proto_dir}/${message}.pb.cc)
endforeach()
foreach(service trace/v1/trace_service logs/v1/logs_service metrics/v1/metrics_service)
  target_sources(ergon_otlp_protos PRIVATE ${proto_dir}/collector/${service}.pb.cc
                                           ${proto_dir}/collector/${service}.grpc.pb.cc)
endforeach()
target_compile_features(ergon_otlp_protos PRIVATE cxx_std_20)
target_compile_options(ergon_otlp_protos PRIVATE -w)
target_include_directories(ergon_otlp_protos SYSTEM PUBLIC ${OTLP_PROTO_INCLUDE_DIR})
target_link_libraries(ergon_otlp_protos PUBLIC gRPC::grpc++ protobuf::libprotobuf)
