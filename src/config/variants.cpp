#include <ergon/config/telemetry_config.hpp>

// What the headers declare `extern template`.
namespace ergon::inline v0 {

template class OneOf<OtlpGrpcExporter, OtlpHttpExporter, OtlpFileExporter, ConsoleExporter, InMemoryExporter,
                     Custom>;  // Exporter

template class OneOf<W3cTraceContext, W3cBaggage, B3Single, B3Multi, Custom>;  // Propagator

template class OneOf<BatchLogProcessor, SimpleLogProcessor>;  // LogProcessor

template class OneOf<TextFormatter, JsonFormatter>;     // LogFormatter
template class OneOf<MatchFilter, RateFilter, Custom>;  // LogFilterConfig

template class OneOf<ConsoleHandler, FileHandler, JsonHandler, RotatingFileHandler, TimedRotatingFileHandler,
                     OtlpHandler, CustomHandler, Custom>;  // Handler
template class OneOf<Custom>;                              // a log handler of the program's own

template class OneOf<OtlpGrpcMetricExporter, OtlpHttpMetricExporter, OtlpFileMetricExporter,
                     ConsoleMetricExporter, InMemoryMetricExporter, Custom>;  // MetricExporterConfig
template class OneOf<PeriodicReader>;                                         // MetricReader
template class OneOf<DefaultAggregation, DropAggregation, SumAggregation, LastValueAggregation,
                     ExplicitBucketHistogram, Base2ExponentialBucketHistogram>;  // AggregationConfig

template class OneOf<BatchSpanProcessor, SimpleSpanProcessor, Custom>;  // SpanProcessorConfig

template class OneOf<RandomIds, Custom>;  // IdGeneratorConfig

template class OneOf<HostDetector, OsDetector, ProcessDetector, ContainerDetector, EnvDetector,
                     ServiceDetector, Custom>;  // ResourceDetectorConfig

template class OneOf<AlwaysOn, AlwaysOff, Probability, ParentThreshold, ComposableRuleBased,
                     Annotating>;  // ComposableSampler
template class Boxed<ComposableSampler>;
template Boxed<ComposableSampler>::Boxed(AlwaysOn&&);

template class OneOf<AlwaysOn, AlwaysOff, TraceIdRatioBased, Probability, RateLimiting, ParentBased,
                     RuleBased, AlwaysRecord, ComposableSampler, Custom>;  // Sampler
template Sampler::OneOf(ParentBased&&);
template class Boxed<Sampler>;
template Boxed<Sampler>::Boxed(AlwaysOn&&);
template Boxed<Sampler>::Boxed(AlwaysOff&&);

namespace detail {

std::vector<Handler> default_handlers() { return {ConsoleHandler{.level = Level::trace}}; }
std::vector<Propagator> default_propagators() { return {W3cTraceContext{}, W3cBaggage{}}; }
std::vector<MetricReader> default_metric_readers() { return {PeriodicReader{}}; }
std::vector<SpanProcessorConfig> default_span_processors() { return {BatchSpanProcessor{}}; }

}  // namespace detail
}  // namespace ergon::inline v0
