#include <ergon/telemetry/context.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0 {

namespace detail {

namespace {

struct KeyedValue {
  const void* key;
  Shared value;
};

struct ContextValues final : Counted {
  explicit ContextValues(std::vector<KeyedValue> its_values)
      : Counted([](Counted* self) noexcept { delete static_cast<ContextValues*>(self); }),
        values(std::move(its_values)) {}

  std::vector<KeyedValue> values;
};

const ContextValues* values_in(const Shared& values) noexcept {
  return static_cast<const ContextValues*>(values.get());
}

}  // namespace

const Counted* find_value(const Shared& values, const void* key) noexcept {
  const ContextValues* const held = values_in(values);
  if (held == nullptr) return nullptr;
  const auto found = std::ranges::find(held->values, key, &KeyedValue::key);
  return found != held->values.end() ? found->value.get() : nullptr;
}

Shared with_value(const Shared& values, const void* key, Shared value) noexcept try {
  const ContextValues* const held = values_in(values);
  std::vector<KeyedValue> changed = held != nullptr ? held->values : std::vector<KeyedValue>{};
  std::erase_if(changed, [&](const KeyedValue& one) { return one.key == key; });
  changed.push_back({key, std::move(value)});
  return Shared(new ContextValues(std::move(changed)));
} catch (...) {  // no memory
  return values;
}

}  // namespace detail

namespace {

constexpr ContextKey<Baggage> kBaggage{"baggage"};

}  // namespace

Baggage Context::baggage() const noexcept {
  const Baggage* const baggage = get(kBaggage);
  return baggage != nullptr ? *baggage : Baggage{};
}

Context Context::with_baggage(Baggage baggage) const noexcept { return with(kBaggage, std::move(baggage)); }

Context current_context() noexcept {
  const detail::CurrentContext* const current = telemetry::t_thread.current;
  return current != nullptr ? Context(current->context, current->values) : Context();
}

ContextScope::ContextScope(Context context) noexcept
    : current_{std::move(context.span_), std::move(context.values_), telemetry::t_thread.current} {
  telemetry::t_thread.current = &current_;
}

ContextScope::~ContextScope() { telemetry::leave(current_); }

}  // namespace ergon::inline v0
