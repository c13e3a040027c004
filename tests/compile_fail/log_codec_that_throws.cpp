// expect: LogCodec<T>::size is noexcept
#include <fmt/format.h>

#include <ergon/telemetry.hpp>

struct Money {
  long cents{0};
};
template <>
struct ergon::LogCodec<Money> {
  static std::size_t size(const Money&) { return sizeof(Money); }
  static void encode(const Money&, std::byte*) noexcept {}
  static Money decode(std::span<const std::byte>) { return {}; }
};
template <>
struct fmt::formatter<Money> : fmt::formatter<long> {
  template <class Context>
  auto format(const Money& money, Context& context) const {
    return fmt::formatter<long>::format(money.cents, context);
  }
};

void use() { ergon::log.info("{}", Money{}); }
