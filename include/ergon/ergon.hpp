#pragma once

// All of Ergon: tasks and telemetry. What tests need is in <ergon/testing/task_test.hpp>.

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <ergon/config/task_config.hpp>
#include <ergon/connectors/jsonl.hpp>
#include <ergon/connectors/memory.hpp>
#include <ergon/task/app.hpp>
#include <ergon/task/connector.hpp>
#include <ergon/task/consumer.hpp>
#include <ergon/task/dispatcher.hpp>
#include <ergon/task/envelope.hpp>
#include <ergon/task/errors.hpp>
#include <ergon/task/payload.hpp>
#include <ergon/task/producer.hpp>
#include <ergon/task/service.hpp>
#include <ergon/task/task.hpp>
#include <ergon/task/task_context.hpp>
#include <ergon/task/transaction.hpp>
#include <ergon/telemetry.hpp>
