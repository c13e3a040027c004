#pragma once

#include <chrono>

#include <ergon/config/description.hpp>
#include <ergon/config/supervision_config.hpp>

// How supervision is written; included by task_description.cpp alone.
namespace ergon::inline v0 {

inline constexpr std::chrono::milliseconds kShortestCheck{10};
inline constexpr std::chrono::milliseconds kLongestCheck = std::chrono::hours(1);
inline constexpr std::chrono::milliseconds kLongestGrace = std::chrono::hours(24);

constexpr auto ergon_describe(config::Tag<RestartPolicy>) {
  using config::field;
  return config::object(
      "When a worker that died is started again.",
      field<&RestartPolicy::max_restarts>("max_restarts",
                                          "In a row, without a transaction finished in between.",
                                          {.unit = "{restart}", .minimum = 0, .maximum = 1'000'000}),
      field<&RestartPolicy::backoff>("backoff", "The wait before the first one in a row.",
                                     {.minimum = std::chrono::milliseconds(0), .maximum = kLongestGrace}),
      field<&RestartPolicy::backoff_multiplier>("backoff_multiplier", "By which each further wait is longer.",
                                                {.minimum = 1, .maximum = 100}),
      field<&RestartPolicy::backoff_cap>(
          "backoff_cap", "The longest wait.",
          {.minimum = std::chrono::milliseconds(0), .maximum = kLongestGrace}));
}

constexpr auto ergon_describe(config::Tag<HealthConfig>) {
  using config::field;
  return config::object(
      "Where orchestrators see how the run is.",
      field<&HealthConfig::file>("file", "A file that is there while all workers are well; empty: none."),
      field<&HealthConfig::port>("port", "A port that answers with 200 or 503; 0: any that is free.",
                                 {.minimum = 0, .maximum = 65'535}),
      field<&HealthConfig::address>("address", "The address of that port.", {.required = true}));
}

constexpr auto ergon_describe(config::Tag<SupervisionConfig>) {
  using config::field;
  const auto grace = [](auto shortest) {
    return config::Rules{.minimum = shortest, .maximum = kLongestGrace};
  };
  return config::object(
      "How worker processes are watched over.",
      field<&SupervisionConfig::check_interval>("check_interval", "Between looks at the workers.",
                                                {.minimum = kShortestCheck, .maximum = kLongestCheck}),
      field<&SupervisionConfig::startup_grace>(
          "startup_grace", "Until a new worker has opened connectors and services.", grace(kShortestCheck)),
      field<&SupervisionConfig::unhealthy_grace>(
          "unhealthy_grace", "How long a loop may go without progress; longer than a transaction's timeout.",
          grace(kShortestCheck)),
      field<&SupervisionConfig::shutdown_grace>("shutdown_grace", "From being asked to stop to SIGKILL.",
                                                grace(std::chrono::milliseconds(0))),
      field<&SupervisionConfig::restart>("restart", "When a worker that died is started again."),
      field<&SupervisionConfig::max_transactions>(
          "max_transactions", "Transactions after which a worker is replaced by a new one; by default never.",
          {.unit = "{transaction}", .minimum = 1, .maximum = 1'000'000'000'000}),
      field<&SupervisionConfig::health>("health", "Where orchestrators see how the run is."));
}

}  // namespace ergon::inline v0
