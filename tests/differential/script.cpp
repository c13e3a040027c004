#include "script.hpp"

#include <cmath>

namespace ergon::test {

namespace {

constexpr double kStep = 1.0 / 64;

bool is_gauge(Measured measured) {
  return measured == Measured::gauge_double || measured == Measured::gauge_int;
}

}  // namespace

Round Script::next() {
  Round round;
  round.reader = static_cast<std::uint32_t>(round_ < rounds_ ? below(kReaders) : round_ - rounds_);
  const std::uint64_t share = operations_ / (rounds_ + kReaders);
  for (std::uint64_t i = 0; i < share; ++i) round.operations.push_back(operation());
  observe();
  ++round_;
  return round;
}

Operation Script::operation() {
  Operation one{};
  one.measured = static_cast<Measured>(below(kSynchronous));
  one.set = static_cast<std::uint32_t>(below(kSets));
  one.thread = is_gauge(one.measured) ? 0 : static_cast<std::uint32_t>(below(kThreads));
  one.value = value_of(one.measured, one.set);
  one.is_bound = below(3) == 0;
  one.is_reversed = below(2) == 0;
  return one;
}

double Script::value_of(Measured measured, std::uint32_t set) {
  switch (measured) {
    case Measured::counter_int:
    case Measured::histogram_int:
      return static_cast<double>(below(12'000));
    case Measured::updown_int:
    case Measured::gauge_int:
      return static_cast<double>(below(2'000)) - 1'000;
    case Measured::updown_double:
    case Measured::gauge_double:
      return (static_cast<double>(below(8'192)) - 4'096) * kStep;
    case Measured::histogram_edges:
      return edge(set);
    default:
      return static_cast<double>(below(4'097)) * kStep;
  }
}

// Each set has values of its own sort, so that series of every scale come about.
double Script::edge(std::uint32_t set) {
  const double sign = below(4) == 0 ? -1 : 1;
  const double fraction = 1 + static_cast<double>(below(1ULL << 52U)) * 0x1p-52;
  if (below(16) == 0) return 0;
  switch (set % 4) {
    case 0:  // of any size, the least double included; sums stay far from the greatest one
      return sign * std::ldexp(fraction, static_cast<int>(below(1'970)) - 1'074);
    case 1:
      return fraction;
    case 2:
      return sign * beside_a_bound();
    default:
      return sign * std::ldexp(1, static_cast<int>(below(9)) - 4);
  }
}

// A bound of scale 8 as doubles have it, or one of its neighbours.
double Script::beside_a_bound() {
  double value = std::exp2((static_cast<double>(below(1'024)) - 512) / 256);
  for (std::uint64_t steps = below(3); steps > 0; --steps) value = std::nextafter(value, 0);
  for (std::uint64_t steps = below(3); steps > 0; --steps) value = std::nextafter(value, HUGE_VAL);
  return value;
}

void Script::observe() {
  for (std::size_t set = 0; set < kObservedSets; ++set) {
    const auto at = [&](Measured measured) -> Observed& {
      return observed_[static_cast<std::size_t>(measured)][set];
    };
    at(Measured::observed_counter_int).value += static_cast<double>(below(100));
    at(Measured::observed_updown_double).value += (static_cast<double>(below(200)) - 100) * kStep;
    at(Measured::observed_gauge_double).value = static_cast<double>(below(10'000)) * kStep;
    Observed& comes_and_goes = at(Measured::observed_counter_double);
    comes_and_goes.value += static_cast<double>(below(100)) * kStep;
    if (below(50) == 0) comes_and_goes.value = 0;  // it began anew
    comes_and_goes.is_there = below(4) != 0;
  }
}

}  // namespace ergon::test
