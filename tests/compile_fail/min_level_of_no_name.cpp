// expect: trace, debug, info, warning, error, critical or off
#define ERGON_MIN_LEVEL verbose
#include <ergon/telemetry.hpp>

void use() { ergon::log.info("hello"); }
