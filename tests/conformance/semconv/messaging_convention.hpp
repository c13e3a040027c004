#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/testing/recording.hpp>

// Semantic conventions v1.44.0, docs/messaging/messaging-spans.md, as a table that spans are held against.
namespace ergon::test {

using testing::RecordedSpan;
using testing::RecordedSpans;

// A span as the convention sees it.
struct Operation {
  std::string type;
  bool is_batch;  // of messages, as a receive is; else of one
  bool has_failed;
};

enum class Presence : std::uint8_t { must, may, must_not };

inline Presence required(const Operation& /*operation*/) { return Presence::must; }
inline Presence if_applicable(const Operation& /*operation*/) { return Presence::may; }
inline Presence if_failed(const Operation& operation) {
  return operation.has_failed ? Presence::must : Presence::must_not;
}
// A batch that never came has no size.
inline Presence of_a_batch(const Operation& operation) {
  if (!operation.is_batch) return Presence::must_not;
  return operation.has_failed ? Presence::may : Presence::must;
}
// Recommended where there is one; all messages of these tests have it.
inline Presence of_a_message(const Operation& operation) {
  return operation.is_batch ? Presence::must_not : Presence::must;
}

inline bool is_text(std::string_view value) { return !value.empty(); }
inline bool is_number(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](unsigned char c) { return std::isdigit(c) != 0; });
}
inline bool is_true(std::string_view value) { return value == "true"; }
inline bool is_operation_type(std::string_view value) {
  constexpr std::array<std::string_view, 5> kTypes{"create", "send", "receive", "process", "settle"};
  return std::ranges::find(kTypes, value) != kTypes.end();
}

struct Rule {
  std::string_view key;
  Presence (*presence)(const Operation&);
  bool (*allows)(std::string_view value);
};

// Of all messaging spans; beside these, only attributes outside of `messaging.` are free.
inline constexpr std::array kConvention{
    Rule{"messaging.operation.name", &required, &is_text},
    Rule{"messaging.system", &required, &is_text},  // no well-known value fits our connectors
    Rule{"error.type", &if_failed, &is_text},
    Rule{"messaging.batch.message_count", &of_a_batch, &is_number},
    Rule{"messaging.consumer.group.name", &if_applicable, &is_text},
    Rule{"messaging.destination.anonymous", &if_applicable, &is_true},
    Rule{"messaging.destination.name", &required, &is_text},  // ours is the same for all messages of a batch
    Rule{"messaging.destination.subscription.name", &if_applicable, &is_text},
    Rule{"messaging.destination.template", &if_applicable, &is_text},
    Rule{"messaging.destination.temporary", &if_applicable, &is_true},
    Rule{"messaging.operation.type", &required, &is_operation_type},  // applicable to all of ours
    Rule{"messaging.client.id", &if_applicable, &is_text},
    Rule{"messaging.destination.partition.id", &if_applicable, &is_text},
    Rule{"messaging.message.conversation_id", &if_applicable, &is_text},
    Rule{"messaging.message.id", &of_a_message, &is_text},
    Rule{"messaging.message.body.size", &if_applicable, &is_number},
    Rule{"messaging.message.envelope.size", &if_applicable, &is_number},
};

inline std::vector<SpanKind> kinds_of(std::string_view operation_type) {
  if (operation_type == "create") return {SpanKind::producer};
  if (operation_type == "send") return {SpanKind::producer, SpanKind::client};
  if (operation_type == "process") return {SpanKind::consumer};
  return {SpanKind::client};  // receive and settle
}

inline void expect_conforming(const RecordedSpan& span) {
  SCOPED_TRACE(span.name);
  Operation operation{.type = std::string(testing::find(span.attributes, "messaging.operation.type")),
                      .is_batch = false,
                      .has_failed = span.status == StatusCode::error};
  // A receive is, and a send of several.
  const bool has_count = !testing::find(span.attributes, "messaging.batch.message_count").empty();
  operation.is_batch = operation.type == "receive" || (operation.type == "send" && has_count);
  for (const Rule& rule : kConvention) {
    const auto is_it = [&](const auto& attribute) { return attribute.first == rule.key; };
    const auto count = std::ranges::count_if(span.attributes, is_it);
    const Presence presence = rule.presence(operation);
    EXPECT_LE(count, 1) << rule.key;
    EXPECT_TRUE(count == 1 || presence != Presence::must) << rule.key << " is missing";
    EXPECT_TRUE(count == 0 || presence != Presence::must_not) << rule.key << " is not for this span";
    if (count == 0) continue;
    const std::string_view value = testing::find(span.attributes, rule.key);
    EXPECT_TRUE(rule.allows(value)) << rule.key << " is " << value;
  }
  for (const auto& [key, value] : span.attributes) {
    EXPECT_TRUE(!key.starts_with("messaging.") ||
                std::ranges::find(kConvention, key, &Rule::key) != kConvention.end())
        << "the convention has no " << key;
  }
  const auto kinds = kinds_of(operation.type);
  EXPECT_NE(std::ranges::find(kinds, span.kind), kinds.end()) << "kind " << static_cast<int>(span.kind);
}

// Checks every span about messages, and that the others say nothing of them; answers how many there were.
inline int expect_all_conforming(const RecordedSpans& spans) {
  int checked = 0;
  for (const RecordedSpan& span : spans) {
    const bool is_about_messages = span.name.ends_with(".fetch") || span.name.ends_with(".ack") ||
                                   span.name.ends_with(".nack") || span.name.ends_with(".transaction") ||
                                   span.name.ends_with(".dispatch");
    if (is_about_messages) {
      expect_conforming(span);
      ++checked;
      continue;
    }
    for (const auto& [key, value] : span.attributes) {
      const bool is_size_of_batch = span.name == "Items.batch" && key == "messaging.batch.message_count";
      EXPECT_TRUE(!key.starts_with("messaging.") || is_size_of_batch) << span.name << " has " << key;
    }
  }
  return checked;
}

}  // namespace ergon::test
