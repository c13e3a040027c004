#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace ergon::test {

/// What is measured, in the order of exact_metrics.py. `histogram_edges` takes what is hard to place: doubles
/// beside the bounds of buckets, the very small, the very large, zero and the negative.
enum class Measured : std::uint8_t {
  counter_int,
  counter_double,
  updown_int,
  updown_double,
  histogram_double,
  histogram_int,
  histogram_edges,
  gauge_double,
  gauge_int,
  observed_counter_int,
  observed_updown_double,
  observed_gauge_double,
  observed_counter_double  // of which sets come and go
};
inline constexpr std::array<const char*, 13> kMeasuredNames{"counter.int",
                                                            "counter.double",
                                                            "updown.int",
                                                            "updown.double",
                                                            "histogram.double",
                                                            "histogram.int",
                                                            "histogram.edges",
                                                            "gauge.double",
                                                            "gauge.int",
                                                            "observed.counter.int",
                                                            "observed.updown.double",
                                                            "observed.gauge.double",
                                                            "observed.counter.double"};
inline constexpr int kSynchronous = 9;  // of them, the first

inline constexpr std::uint32_t kSets = 500;
inline constexpr std::uint32_t kObservedSets = 100;  // the first of them
inline constexpr std::uint32_t kThreads = 3;

/// The readers, in their order: delta, cumulative, low memory, and a cumulative one with this limit of sets.
inline constexpr std::uint32_t kReaders = 4;
inline constexpr std::uint32_t kLimit = 50;

/// Explicit bounds of `histogram_double`; values fall right on them.
inline const std::vector<double> kBounds{0, 0.5, 1, 2, 4, 8, 16, 32, 63.984375};
/// Exponential buckets of `histogram_edges`, which are few.
inline constexpr std::uint32_t kEdgeBuckets = 20;

/// One measurement. All of a gauge are one thread's, so that the last one is known.
struct Operation {
  Measured measured;
  std::uint32_t set;
  std::uint32_t thread;
  double value;
  bool is_bound;     // by an instrument that was bound to the set
  bool is_reversed;  // the set's attributes are given in the other order
};

/// Operations, and then a collection of one reader, at which the callbacks observe.
struct Round {
  std::vector<Operation> operations;
  std::uint32_t reader;
};

/// The value of a set of an observable instrument, at the next collection.
struct Observed {
  double value{0};
  bool is_there{true};
};
using AllObserved = std::array<std::array<Observed, kObservedSets>, kMeasuredNames.size()>;

/// The same random operations for the same seed, on every machine: none of the standard's distributions is
/// used. All values but those of `histogram_edges` are sums of powers of two that add up exactly in any
/// order.
class Script {
 public:
  Script(std::uint64_t seed, std::uint64_t operations, std::uint64_t rounds)
      : random_(seed), operations_(operations), rounds_(rounds) {}

  [[nodiscard]] bool is_over() const { return round_ == rounds_ + kReaders; }
  /// The last rounds are one of each reader.
  [[nodiscard]] Round next();
  [[nodiscard]] const AllObserved& observed() const { return observed_; }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  Operation operation();
  double value_of(Measured measured, std::uint32_t set);
  double edge(std::uint32_t set);
  double beside_a_bound();
  void observe();

  std::mt19937_64 random_;
  std::uint64_t operations_;
  std::uint64_t rounds_;
  std::uint64_t round_{0};
  AllObserved observed_{};
};

/// The attributes of a set are `id` and `kind`; a view of `counter_double` keeps the latter.
[[nodiscard]] inline std::string kind_of(std::uint32_t set) { return "k" + std::to_string(set % 7); }

}  // namespace ergon::test
