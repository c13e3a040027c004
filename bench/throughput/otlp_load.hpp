#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "cpu_seconds.hpp"

// What the loads have in common, ours and the peer's: programs that send distinct spans to an OTLP/gRPC
// backend and print what it took, as JSON.
namespace bench {

inline constexpr std::size_t kRequestSpans = 4'096;

/// order-0000000000, …0001 and so on: no two spans are equal, and counting costs next to nothing.
class OrderId {
 public:
  [[nodiscard]] std::string_view next() {
    auto digit = text_.rbegin();
    while (*digit == '9') *digit++ = '0';
    ++*digit;
    return {text_.data(), text_.size()};
  }

 private:
  std::array<char, 16> text_{'o', 'r', 'd', 'e', 'r', '-', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0'};
};

/// Time and CPU of the process since it was made.
class Stopwatch {
 public:
  /// One object on a line: {"seconds":1.5,"cpu_seconds":1.2,"delivered":1000,"is_accounted":true}.
  void print(std::uint64_t delivered, bool is_accounted) const {
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin_;
    const double cpu = cpu_seconds() - cpu_begin_;
    std::printf("{\"seconds\":%.6f,\"cpu_seconds\":%.6f,\"delivered\":%llu,\"is_accounted\":%s}\n",
                time.count(), cpu, static_cast<unsigned long long>(delivered),
                is_accounted ? "true" : "false");
  }

 private:
  double cpu_begin_ = cpu_seconds();
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace bench
