#pragma once

#include <chrono>

#include <ergon/config/description.hpp>
#include <ergon/config/policies.hpp>

// How the policies are written; included by task_description.cpp alone.
namespace ergon::inline v0 {

inline constexpr std::chrono::milliseconds kShortestLimit{1};
inline constexpr std::chrono::milliseconds kNoWait{0};
inline constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(24);
inline constexpr double kGreatestMultiplier = 100;
inline constexpr std::int64_t kMostTransactions = 1'000'000'000'000;

constexpr auto ergon_describe(config::Tag<RetryPolicy>) {
  using config::field;
  return config::object(
      "How often something that failed is tried again, and when.",
      field<&RetryPolicy::max_attempts>("max_attempts", "The first one counted.",
                                        {.unit = "{attempt}", .minimum = 1, .maximum = 1'000}),
      field<&RetryPolicy::timeout>("timeout", "For one attempt; by default without a limit of its own.",
                                   {.minimum = kShortestLimit, .maximum = kLongestWait}),
      field<&RetryPolicy::backoff>("backoff", "The wait before the second attempt.",
                                   {.minimum = kNoWait, .maximum = kLongestWait}),
      field<&RetryPolicy::backoff_multiplier>("backoff_multiplier", "By which each further wait is longer.",
                                              {.minimum = 1, .maximum = kGreatestMultiplier}),
      field<&RetryPolicy::backoff_cap>("backoff_cap", "The longest wait.",
                                       {.minimum = kNoWait, .maximum = kLongestWait}),
      field<&RetryPolicy::jitter>("jitter", "The part of a wait that is left to chance.",
                                  {.unit = "ratio", .minimum = 0, .maximum = 1}),
      field<&RetryPolicy::business_errors>("business_errors",
                                           "Whether business errors are tried again, too."));
}

constexpr auto ergon_describe(config::Tag<LoopPolicy>) {
  using config::field;
  return config::object(
      "How a task's loops run.",
      field<&LoopPolicy::concurrency>("concurrency", "Loop threads of one worker process.",
                                      {.unit = "{thread}", .minimum = 1, .maximum = 1'024}),
      field<&LoopPolicy::streaming>("streaming", "Whether it waits for more when there is nothing to do."),
      field<&LoopPolicy::limit>("limit", "Transactions of one worker process, at most; by default without.",
                                {.unit = "{transaction}", .minimum = 1, .maximum = kMostTransactions}),
      field<&LoopPolicy::timeout>("timeout",
                                  "How long new transactions are begun; by default without a limit.",
                                  {.minimum = kShortestLimit, .maximum = kLongestWait}));
}

constexpr auto ergon_describe(config::Tag<FetchBatch>) {
  return config::object(
      "What is asked of the connector.",
      config::field<&FetchBatch::size>("size", "Transactions in one fetch, at most.",
                                       {.unit = "{transaction}", .minimum = 1, .maximum = 100'000}));
}

constexpr auto ergon_describe(config::Tag<EmptyBackoff>) {
  using config::field;
  return config::object("The wait of a streaming loop that found nothing to do.",
                        field<&EmptyBackoff::initial>("initial", "The first one.",
                                                      {.minimum = kShortestLimit, .maximum = kLongestWait}),
                        field<&EmptyBackoff::multiplier>("multiplier", "By which each further one is longer.",
                                                         {.minimum = 1, .maximum = kGreatestMultiplier}),
                        field<&EmptyBackoff::cap>("cap", "The longest one.",
                                                  {.minimum = kShortestLimit, .maximum = kLongestWait}));
}

constexpr auto ergon_describe(config::Tag<FetchPolicy>) {
  using config::field;
  return config::object(
      "How a consumer fetches.", field<&FetchPolicy::batch>("batch", "What is asked of the connector."),
      field<&FetchPolicy::connector>("connector",
                                     "The name of the connector to fetch from, where there are several."),
      field<&FetchPolicy::empty_backoff>("empty_backoff", "The wait of a streaming loop that found nothing."),
      field<&FetchPolicy::retry>("retry", "A fetch that fails."));
}

constexpr auto ergon_describe(config::Tag<StagePolicy>) {
  return config::object("How one stage of a transaction is done.",
                        config::field<&StagePolicy::retry>("retry", "How often, and when."));
}

constexpr auto ergon_describe(config::Tag<ConsumerPolicy>) {
  using config::field;
  return config::object("How a consumer runs.", field<&ConsumerPolicy::loop>("loop", "How its loops run."),
                        field<&ConsumerPolicy::fetch>("fetch", "How it fetches."),
                        field<&ConsumerPolicy::process>("process", "How `process` is called."),
                        field<&ConsumerPolicy::success>("success", "How `handle_success` is called."),
                        field<&ConsumerPolicy::exception>("exception", "How `handle_exception` is called."));
}

constexpr auto ergon_describe(config::Tag<ProducerBatch>) {
  return config::object(
      "What is dispatched together.",
      config::field<&ProducerBatch::size>("size", "Transactions in one dispatch, at most.",
                                          {.unit = "{transaction}", .minimum = 1, .maximum = 100'000}));
}

constexpr auto ergon_describe(config::Tag<ProducerPolicy>) {
  using config::field;
  return config::object(
      "How a producer runs.", field<&ProducerPolicy::loop>("loop", "How its loops run."),
      field<&ProducerPolicy::batch>("batch", "What is dispatched together."),
      field<&ProducerPolicy::connector>("connector",
                                        "The name of the connector to dispatch to, where there are several."),
      field<&ProducerPolicy::empty_backoff>("empty_backoff",
                                            "The wait of a streaming loop that made nothing."),
      field<&ProducerPolicy::prepare>("prepare", "How `prepare` is called."),
      field<&ProducerPolicy::dispatch>("dispatch", "How the connector is called."),
      field<&ProducerPolicy::success>("success", "How `handle_dispatched` is called."),
      field<&ProducerPolicy::exception>("exception", "How `handle_dispatch_failed` is called."));
}

constexpr auto ergon_describe(config::Tag<TransactionPolicy>) {
  using config::field;
  return config::object(
      "What holds for each transaction as a whole.",
      field<&TransactionPolicy::timeout>("timeout", "All its attempts and the waits between them.",
                                         {.minimum = kShortestLimit, .maximum = kLongestWait}),
      field<&TransactionPolicy::max_deliveries>(
          "max_deliveries", "Deliveries before it is given up; by default the first failure is the last.",
          {.unit = "{delivery}", .minimum = 1, .maximum = 10'000}));
}

constexpr auto ergon_describe(config::Tag<Policies>) {
  using config::field;
  return config::object("How a task runs, by role.",
                        field<&Policies::consumer>("consumer", "How a consumer runs."),
                        field<&Policies::producer>("producer", "How a producer runs."),
                        field<&Policies::transaction>("transaction", "What holds for each transaction."));
}

}  // namespace ergon::inline v0
