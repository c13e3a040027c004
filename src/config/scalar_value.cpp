#include "config/scalar_value.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <ergon/config/resource_attributes.hpp>

#include "config/allowed_text.hpp"
#include "config/nearest_name.hpp"
#include "config/parse_scalar.hpp"

namespace ergon::inline v0::config {
namespace {

using std::chrono::nanoseconds;

constexpr std::string_view kNumberLimits = " (numbers in 64 bits)";
constexpr std::string_view kFloatLimits = " (numbers in 32 bits)";

// Whether the limits leave a side open, so that how large a number can be at all is worth saying.
bool is_open(const Rules& rules) {
  return !std::isfinite(rules.minimum.value) || !std::isfinite(rules.maximum.value);
}

bool has_form(std::string_view text, const Rules& rules) {
  return rules.form == nullptr || rules.form->accepts(text);
}

std::string attribute_text(const ResourceValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return fmt::format("[{}]", fmt::join(std::get<std::vector<std::string>>(value), ", "));
}

// Each overload sets the target and returns true, or returns false with the target untouched.
class Assign {
 public:
  Assign(const Rules& rules, void* target, const ScalarText& written)
      : rules_(rules), target_(target), written_(written) {}

  // What the type's own description of the allowed does not say.
  [[nodiscard]] const std::string& also_allowed() const { return also_allowed_; }

  bool operator()(const BooleanType&) {
    const auto value = written_.is_quoted ? std::nullopt : parse_boolean(written_.text);
    if (value) *static_cast<bool*>(target_) = *value;
    return value.has_value();
  }

  bool operator()(const StringType&) {
    if (!has_form(written_.text, rules_) || (rules_.required && written_.text.empty())) return false;
    *static_cast<std::string*>(target_) = written_.text;
    return true;
  }

  bool operator()(const IntegerType& type) {
    auto number = written_.is_quoted ? std::nullopt : parse_integer(written_.text);
    if (!number && is_size(rules_))
      number = parse_size(written_.text);  // text, quoted or not, as durations are
    if (!number) return false;
    if (!number->is_exact && is_open(rules_)) also_allowed_ = kNumberLimits;
    const bool fits = number->is_exact && number->value >= type.minimum &&
                      std::cmp_less_equal(number->value, type.maximum) &&
                      is_within(static_cast<double>(number->value), rules_);
    if (fits) type.set(target_, number->value);
    return fits;
  }

  bool operator()(const NumberType& type) {
    const auto number = written_.is_quoted ? std::nullopt : parse_number(written_.text);
    if (!number) return false;
    const bool fits_type = number->is_exact && std::abs(number->value) <= type.maximum;
    const bool is_double = type.maximum == std::numeric_limits<double>::max();
    if (!fits_type && is_open(rules_)) also_allowed_ = is_double ? kNumberLimits : kFloatLimits;
    const bool fits = fits_type && is_within(number->value, rules_);
    if (fits) type.set(target_, number->value);
    return fits;
  }

  // With a unit it is text, quoted or not; without one, a plain number of milliseconds.
  bool operator()(const DurationType& type) {
    auto duration = parse_duration(written_.text);
    if (!duration && !written_.is_quoted && parse_integer(written_.text)) {
      duration = parse_duration(std::string(written_.text) + "ms");
    }
    if (!duration) return false;
    const bool is_multiple = duration->value % type.tick == nanoseconds(0);
    if (!duration->is_exact) also_allowed_ = ", below 292 years";
    if (duration->is_exact && !is_multiple) also_allowed_ = ", in steps of " + duration_text(type.tick);
    const bool fits =
        duration->is_exact && is_multiple && is_within(static_cast<double>(duration->value.count()), rules_);
    if (fits) type.set(target_, duration->value);
    return fits;
  }

  bool operator()(const EnumType& type) {
    const auto name = std::ranges::find(type.names, written_.text, &EnumName::name);
    if (name != type.names.end()) type.set(target_, name->value);
    return name != type.names.end();
  }

  bool operator()(const AttributeType&) {
    auto& value = *static_cast<ResourceValue*>(target_);
    if (written_.is_quoted) {
      value = std::string(written_.text);
    } else if (const auto boolean = parse_boolean(written_.text)) {
      value = *boolean;
    } else if (const auto integer = parse_integer(written_.text)) {
      return assign_number(value, *integer);
    } else if (const auto number = parse_number(written_.text)) {
      return !has_leading_zero() && assign_number(value, *number);
    } else {
      value = std::string(written_.text);
    }
    return true;
  }

  template <class Container>
  bool operator()(const Container&) {
    return false;
  }

 private:
  // 00123 is more often a name than a number, and as a number it would lose its zeros.
  bool has_leading_zero() {
    const std::string_view digits = written_.text.substr(written_.text.find_first_not_of("+-"));
    const bool has = digits.starts_with('0') && digits.find_first_of("0123456789", 1) == 1;
    if (has) also_allowed_ = " (with leading zeros: in quotes)";
    return has;
  }

  template <class T>
  bool assign_number(ResourceValue& value, const ParsedNumber<T>& number) {
    if (number.is_exact) value = number.value;
    else also_allowed_ = kNumberLimits;
    return number.is_exact;
  }

  const Rules& rules_;
  void* target_;
  const ScalarText& written_;
  std::string also_allowed_{};
};

struct IsAllowed {
  const Rules& rules;
  const void* value;

  bool operator()(const StringType&) const {
    return has_form(*static_cast<const std::string*>(value), rules);
  }
  bool operator()(const IntegerType& type) const {
    return type.visit(value, [&](auto number) { return is_within(static_cast<double>(number), rules); });
  }
  bool operator()(const NumberType& type) const { return is_within(type.get(value), rules); }
  bool operator()(const DurationType& type) const {
    return is_within(static_cast<double>(type.get(value).count()), rules);
  }
  bool operator()(const EnumType& type) const {
    return std::ranges::find(type.names, type.get(value), &EnumName::value) != type.names.end();
  }
  bool operator()(const ListType& type) const {
    return is_within(static_cast<double>(type.size(value)), rules);
  }
  bool operator()(const MapType& type) const {
    return is_within(static_cast<double>(type.entries(value).size()), rules);
  }
  template <class Other>
  bool operator()(const Other&) const {
    return true;
  }
};

struct IsEmpty {
  const void* value;

  bool operator()(const StringType&) const { return static_cast<const std::string*>(value)->empty(); }
  bool operator()(const OptionalType& type) const { return type.get(value) == nullptr; }
  bool operator()(const ListType& type) const { return type.size(value) == 0; }
  bool operator()(const MapType& type) const { return type.entries(value).empty(); }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

struct ValueText {
  const void* value;

  std::string operator()(const BooleanType&) const {
    return *static_cast<const bool*>(value) ? "true" : "false";
  }
  std::string operator()(const StringType&) const { return *static_cast<const std::string*>(value); }
  std::string operator()(const IntegerType& type) const {
    return type.visit(value, [](auto number) { return std::to_string(number); });
  }
  std::string operator()(const NumberType& type) const { return fmt::format("{}", type.get(value)); }
  std::string operator()(const DurationType& type) const { return duration_text(type.get(value)); }
  std::string operator()(const EnumType& type) const {
    const auto name = std::ranges::find(type.names, type.get(value), &EnumName::value);
    return name != type.names.end() ? std::string(name->name) : std::to_string(type.get(value));
  }
  std::string operator()(const AttributeType&) const {
    return attribute_text(*static_cast<const ResourceValue*>(value));
  }
  template <class Container>
  std::string operator()(const Container&) const {
    return {};
  }
};

template <class... Kinds>
bool is_one_of(const TypeDescription::Kind& kind) {
  return (std::holds_alternative<Kinds>(kind) || ...);
}

// Text of some form as a message may show it: of a URL without its user's name and password.
std::string without_secrets(std::string found, const Rules& rules) {
  if (rules.form == nullptr) return found;
  if (rules.form->is_secret) return "what may be secret and is not shown";
  const std::size_t at = found.rfind('@');
  if (at == std::string::npos) return found;
  const std::size_t slashes = found.find("//");
  const std::size_t begin = slashes < at ? slashes + 2 : 0;
  return found.replace(begin, at - begin, "...");
}

}  // namespace

bool is_scalar(const TypeDescription& type) {
  return is_one_of<BooleanType, StringType, IntegerType, NumberType, DurationType, EnumType, AttributeType>(
      type.kind);
}

bool is_within(double value, const Rules& rules) noexcept {
  return value >= rules.minimum.value && value <= rules.maximum.value;
}

bool is_empty(const TypeDescription& type, const void* value) {
  return std::visit(IsEmpty{value}, type.kind);
}

std::string size_text(std::size_t size) {
  return fmt::format("{} {}", size, size == 1 ? "entry" : "entries");
}

std::optional<Complaint> assign_scalar(const TypeDescription& type, const Rules& rules, void* target,
                                       const ScalarText& written) {
  Assign assign(rules, target, written);
  if (std::visit(assign, type.kind)) return std::nullopt;
  Complaint complaint{without_secrets(found_text(written), rules),
                      allowed_text(type, rules).append(assign.also_allowed())};
  if (const auto* enumeration = std::get_if<EnumType>(&type.kind)) {
    complaint.meant = nearest_name(written.text, names_of(*enumeration));
  }
  return complaint;
}

std::optional<Complaint> check_value(const TypeDescription& type, const Rules& rules, const void* value) {
  if (rules.required && is_empty(type, value)) return Complaint{"nothing", allowed_text(type, rules)};
  if (std::visit(IsAllowed{rules, value}, type.kind)) return std::nullopt;
  std::string found = value_text(type, value);
  if (const auto* list = std::get_if<ListType>(&type.kind)) found = size_text(list->size(value));
  if (const auto* map = std::get_if<MapType>(&type.kind)) found = size_text(map->entries(value).size());
  return Complaint{without_secrets(printable(found), rules), allowed_text(type, rules)};
}

std::string value_text(const TypeDescription& type, const void* value) {
  return std::visit(ValueText{value}, type.kind);
}

std::string found_text(const ScalarText& written) {
  return written.is_quoted || written.text.empty() ? quoted(written.text) : printable(written.text);
}

}  // namespace ergon::inline v0::config
