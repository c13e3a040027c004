#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "telemetry/metrics/canonical_attributes.hpp"
#include "telemetry/record/append_attribute.hpp"

namespace ergon::inline v0::telemetry {

/// The attributes of a call, encoded in the order given, under kGivenTag; those with an empty key left out.
class EncodedSet {
 public:
  explicit EncodedSet(Attributes attributes) noexcept
      : EncodedSet(std::span<const Attribute>(attributes.begin(), attributes.size())) {}
  explicit EncodedSet(std::span<const Attribute> attributes) noexcept {
    reset_body(body_);
    for (const Attribute& one : attributes) {
      if (!one.key.empty()) append_attribute(body_, kGivenTag, one.key, one.value);
    }
  }
  EncodedSet(const EncodedSet&) = delete;
  EncodedSet& operator=(const EncodedSet&) = delete;
  ~EncodedSet() { release_body(body_); }

  [[nodiscard]] std::string_view bytes() const noexcept {
    return {reinterpret_cast<const char*>(body_.data), body_.size};
  }

 private:
  SpanBody body_;
};

}  // namespace ergon::inline v0::telemetry
