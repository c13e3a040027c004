#pragma once

// Telemetry without tasks: loggers, tracers, meters and the session that sends what they record.

#include <ergon/telemetry/attributes.hpp>
#include <ergon/telemetry/context.hpp>
#include <ergon/telemetry/logger.hpp>
#include <ergon/telemetry/meter.hpp>
#include <ergon/telemetry/process_metrics.hpp>
#include <ergon/telemetry/propagation.hpp>
#include <ergon/telemetry/session.hpp>
#include <ergon/telemetry/span.hpp>
#include <ergon/telemetry/traced.hpp>
#include <ergon/telemetry/tracer.hpp>
