#include "ring_reader/stored_arguments.hpp"

#include <fmt/args.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <type_traits>

#include "base/utf8.hpp"
#include "ring_reader/pieces.hpp"

namespace ergon::inline v0::ring_reader {

namespace {

using detail::LogArgumentKind;
using detail::LogArgumentType;
using Store = fmt::dynamic_format_arg_store<fmt::format_context>;

// Calls with the number as the type that {fmt} takes it for.
template <class Use>
void use_floating(const LogArgumentType& type, Pieces& arguments, const Use& use) {
  switch (type.bytes) {
    case sizeof(float):
      return use(arguments.take<float>());
    case sizeof(double):
      return use(arguments.take<double>());
    case sizeof(long double):
      return use(arguments.take<long double>());
    default:
      throw std::runtime_error(fmt::format("a floating-point number of {} bytes", type.bytes));
  }
}

template <class Use>
void use_integer(const LogArgumentType& type, Pieces& arguments, const Use& use) {
  const bool is_signed = type.kind == LogArgumentKind::signed_number;
  switch (type.bytes) {
    case 1:
      return is_signed ? use(int{arguments.take<std::int8_t>()})
                       : use(unsigned{arguments.take<std::uint8_t>()});
    case 2:
      return is_signed ? use(int{arguments.take<std::int16_t>()})
                       : use(unsigned{arguments.take<std::uint16_t>()});
    case 4:
      return is_signed ? use(arguments.take<std::int32_t>()) : use(arguments.take<std::uint32_t>());
    case 8:
      return is_signed ? use(arguments.take<std::int64_t>()) : use(arguments.take<std::uint64_t>());
    default:
      throw std::runtime_error(fmt::format("an integer of {} bytes", type.bytes));
  }
}

// Calls with the count as a duration of the period, if it is one that {fmt} has a unit for.
template <class Rep, class... Periods, class Use>
bool use_period(const LogArgumentType& type, Rep count, const Use& use) {
  const auto is_it = [&]<class Period>(Period) {
    if (type.numerator != Period::num || type.denominator != Period::den) return false;
    use(std::chrono::duration<Rep, Period>(count));
    return true;
  };
  return (is_it(Periods{}) || ...);
}

template <class Rep>
void push_duration(const LogArgumentType& type, Rep count, Store& store) {
  const auto push = [&](auto duration) { store.push_back(duration); };
  const bool is_pushed =
      use_period<Rep, std::nano, std::micro, std::milli, std::centi, std::deci, std::ratio<1>, std::ratio<60>,
                 std::ratio<3'600>, std::ratio<86'400>>(type, count, push);
  if (is_pushed) return;
  store.push_back(type.denominator == 1 ? fmt::format("{}[{}]s", count, type.numerator)
                                        : fmt::format("{}[{}/{}]s", count, type.numerator, type.denominator));
}

template <class Number>
void push_number(const LogArgumentType& type, Number number, Store& store) {
  if (type.denominator == 0) {
    store.push_back(number);
  } else if constexpr (std::is_signed_v<Number> && std::is_integral_v<Number>) {
    push_duration(type, std::int64_t{number}, store);
  } else if constexpr (std::is_integral_v<Number>) {
    push_duration(type, std::uint64_t{number}, store);
  } else {
    push_duration(type, number, store);
  }
}

// What it means only the program knew.
std::string coded_text(Pieces& arguments) {
  const auto size = arguments.take<std::uint32_t>();
  static_cast<void>(arguments.take(size));
  return fmt::format("[{} bytes]", size);
}

void push(const LogArgumentType& type, Pieces& arguments, Store& store) {
  const auto push_it = [&](auto number) { push_number(type, number, store); };
  switch (type.kind) {
    case LogArgumentKind::boolean:
      return store.push_back(arguments.take<char>() != 0);
    case LogArgumentKind::character:
      return store.push_back(arguments.take<char>());
    case LogArgumentKind::signed_number:
    case LogArgumentKind::unsigned_number:
      return use_integer(type, arguments, push_it);
    case LogArgumentKind::floating:
      return use_floating(type, arguments, push_it);
    case LogArgumentKind::pointer:
      return store.push_back(arguments.take<const void*>());
    case LogArgumentKind::text:
      return store.push_back(std::string(arguments.take(arguments.take<std::uint32_t>())));
    case LogArgumentKind::coded:
      return store.push_back(coded_text(arguments));
  }
  throw std::runtime_error("an argument of no known kind");
}

std::string format(const StoredRecord& record) {
  const std::string_view text = record.log().message_text();
  if (record.log().stored == nullptr) return std::string(text);
  try {
    Store store;
    Pieces arguments(record.arguments(), "its arguments are cut off");
    for (const LogArgumentType& type : record.types()) push(type, arguments, store);
    return fmt::vformat({text.data(), text.size()}, store);
  } catch (const std::exception& error) {
    return fmt::format("{} [not formatted: {}]", text, error.what());
  }
}

}  // namespace

std::string stored_message(const StoredRecord& record) {
  std::string message = format(record);
  return base::is_valid_utf8(message) ? message : base::repair_utf8(message);
}

}  // namespace ergon::inline v0::ring_reader
