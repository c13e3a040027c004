#include "config/allowed_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace ergon::inline v0::config {
namespace {

using std::chrono::nanoseconds;

// "from 0 to 1", "of 1 or more", "of at most 5", after a space; or nothing. `write` makes a text of a bound.
template <class Write>
std::string range_text(double minimum, double maximum, Write write) {
  const bool has_minimum = std::isfinite(minimum);
  const bool has_maximum = std::isfinite(maximum);
  if (has_minimum && has_maximum) return fmt::format(" from {} to {}", write(minimum), write(maximum));
  if (has_minimum) return fmt::format(" of {} or more", write(minimum));
  if (has_maximum) return fmt::format(" of at most {}", write(maximum));
  return {};
}

std::string plain(double number) { return fmt::format("{}", number); }

std::string size_text(std::string_view what, const Rules& rules) {
  if (rules.minimum.value == 1 && rules.maximum.value == 1) return fmt::format("{} of one entry", what);
  std::string range = range_text(rules.minimum.value, rules.maximum.value, plain);
  if (range.starts_with(" from")) range.replace(0, 5, " of");
  return range.empty() ? std::string(what) : fmt::format("{}{} entries", what, range);
}

template <class Row>
std::vector<std::string_view> names_in(std::span<const Row> rows) {
  std::vector<std::string_view> names;
  names.reserve(rows.size());
  for (const Row& row : rows) names.push_back(row.name);
  return names;
}

struct AllowedText {
  const Rules& rules;

  std::string operator()(const BooleanType&) const { return "true or false"; }
  std::string operator()(const StringType&) const {
    if (rules.form != nullptr) return std::string(rules.form->allowed);
    return rules.required ? "a string that is not empty" : "a string";
  }
  std::string operator()(const IntegerType& type) const {
    constexpr auto kLimits = std::numeric_limits<std::int64_t>();
    const auto type_maximum = std::min<std::uint64_t>(type.maximum, kLimits.max());
    const bool is_limited = type.minimum > kLimits.min() || std::cmp_less(type_maximum, kLimits.max());
    double minimum = rules.minimum.value;
    double maximum = rules.maximum.value;
    if (is_limited) {
      minimum = std::max(minimum, static_cast<double>(type.minimum));
      maximum = std::min(maximum, static_cast<double>(type_maximum));
    }
    if (minimum == maximum) return plain(minimum);
    if (is_size(rules))
      return "a number of bytes" + range_text(minimum, maximum, plain) + ", such as 10MB or 64MiB";
    return "a whole number" + range_text(minimum, maximum, plain);
  }
  std::string operator()(const NumberType&) const {
    return "a number" + range_text(rules.minimum.value, rules.maximum.value, plain);
  }
  std::string operator()(const DurationType&) const {
    const auto write = [](double bound) {
      return duration_text(nanoseconds(static_cast<std::int64_t>(bound)));
    };
    return "a duration" + range_text(rules.minimum.value, rules.maximum.value, write) +
           ", such as 250ms, 10s, 5m or 1h";
  }
  std::string operator()(const EnumType& type) const { return "one of " + listed(names_of(type)); }
  std::string operator()(const OptionalType& type) const { return allowed_text(type.value(), rules); }
  std::string operator()(const ListType&) const { return size_text("a list", rules); }
  std::string operator()(const MapType&) const { return size_text("a map", rules); }
  std::string operator()(const ObjectType& type) const {
    if (type.fields.empty()) return "an empty map";
    if (std::ranges::any_of(type.fields, [](const auto& field) { return field.rules.inlined; }))
      return "a map";
    return (type.fields.size() == 1 ? "a map with the key " : "a map with the keys ") +
           listed(names_of(type));
  }
  std::string operator()(const VariantType& type) const {
    return "a map with one key of " + listed(names_of(type));
  }
  std::string operator()(const AttributeType&) const {
    return "a string, a boolean, a number or a list of strings";
  }
  std::string operator()(const AnyType&) const { return "a map"; }
};

}  // namespace

std::string allowed_text(const TypeDescription& type, const Rules& rules) {
  return std::visit(AllowedText{rules}, type.kind);
}

std::string duration_text(nanoseconds duration) {
  using namespace std::chrono_literals;
  constexpr std::array<std::pair<std::string_view, nanoseconds>, 6> kUnits{
      {{"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}, {"us", 1us}, {"ns", 1ns}}};
  for (const auto& [unit, length] : kUnits) {
    if (duration.count() != 0 && duration % length == 0ns)
      return fmt::format("{}{}", duration / length, unit);
  }
  return "0ms";
}

std::vector<std::string_view> names_of(const ObjectType& type) { return names_in(type.fields); }
std::vector<std::string_view> names_of(const VariantType& type) {
  std::vector<std::string_view> names = names_in(type.alternatives);
  std::erase(names, std::string_view());  // what stands for a registry
  return names;
}
std::vector<std::string_view> names_of(const EnumType& type) { return names_in(type.names); }

bool is_size(const Rules& rules) { return rules.unit == "By"; }

std::string listed(std::span<const std::string_view> names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace ergon::inline v0::config
