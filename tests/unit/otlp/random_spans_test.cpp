#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "unit/otlp/decoded.hpp"

// Random spans beside a model of what they should be, made with the official protos' own classes.
namespace ergon::test {
namespace {

// One value, as it is recorded and as it should arrive.
struct Sample {
  std::int64_t number{0};
  double fraction{0};
  std::string text{};
  std::vector<std::string> texts{};
  std::map<std::string, std::int64_t> map{};
  int kind{0};
  AnyValue expected{};

  [[nodiscard]] AttributeValue recorded() const {
    switch (kind) {
      case 0:
        return number;
      case 1:
        return fraction;
      case 2:
        return number % 2 == 0;
      case 3:
        return texts;
      case 4:
        return map;
      default:
        return text;
    }
  }
};

std::string random_text(std::mt19937_64& random) {
  const std::size_t sizes[] = {0, 3, 8, 15, 40, 130, 700, 20'000};
  std::string text(sizes[random() % (random() % 20 == 0 ? 8 : 6)], '\0');
  const bool is_ascii = random() % 3 != 0;
  for (char& c : text) c = static_cast<char>(is_ascii ? 32 + random() % 95 : random() % 256);
  return text;
}

Sample random_sample(std::mt19937_64& random) {
  Sample sample;
  sample.kind = static_cast<int>(random() % 8);
  sample.number = static_cast<std::int64_t>(random() >> (random() % 64)) * (random() % 2 == 0 ? 1 : -1);
  sample.fraction = static_cast<double>(sample.number) / 3;
  sample.text = random_text(random);
  for (std::size_t i = random() % 4; i > 0; --i) sample.texts.push_back(random_text(random));
  for (std::size_t i = random() % 4; i > 0; --i) sample.map.emplace("k" + std::to_string(i), random() >> 1U);
  switch (sample.kind) {
    case 0:
      sample.expected.set_int_value(sample.number);
      break;
    case 1:
      sample.expected.set_double_value(sample.fraction);
      break;
    case 2:
      sample.expected.set_bool_value(sample.number % 2 == 0);
      break;
    case 3:
      sample.expected.mutable_array_value();
      for (const auto& one : sample.texts) {
        sample.expected.mutable_array_value()->add_values()->set_string_value(base::repair_utf8(one));
      }
      break;
    case 4:
      sample.expected.mutable_kvlist_value();
      for (const auto& [key, value] : sample.map) {
        KeyValue* pair = sample.expected.mutable_kvlist_value()->add_values();
        pair->set_key(key);
        pair->mutable_value()->set_int_value(value);
      }
      break;
    default:
      sample.expected.set_string_value(base::repair_utf8(sample.text));
  }
  return sample;
}

struct Model {
  std::string name{};
  std::map<std::string, std::string> attributes{};  // serialized values
  std::vector<std::string> events{};                // name and value
  std::uint32_t dropped{0};
  int status{0};
  std::string message{};
};

template <class Attributes>
std::map<std::string, std::string> as_map(const Attributes& attributes) {
  std::map<std::string, std::string> map;
  for (const KeyValue& pair : attributes) {
    EXPECT_TRUE(map.emplace(pair.key(), pair.value().SerializeAsString()).second) << "twice: " << pair.key();
  }
  return map;
}

void set_attribute(ScopedSpan& span, Model& model, std::mt19937_64& random) {
  const Sample sample = random_sample(random);
  std::string key = "key." + std::to_string(random() % 160);
  if (random() % 10 == 0) key = std::string("key \xE9") + static_cast<char>('0' + random() % 5);
  if (random() % 50 == 0) key.clear();
  span.set_attribute(key, sample.recorded());
  const std::string sent_key = base::repair_utf8(key);
  if (key.empty() || (!model.attributes.contains(sent_key) && model.attributes.size() == 128)) {
    ++model.dropped;
  } else {
    model.attributes[sent_key] = sample.expected.SerializeAsString();
  }
}

void add_event(ScopedSpan& span, Model& model, std::mt19937_64& random) {
  const Sample sample = random_sample(random);
  const std::string name = random_text(random);
  span.add_event(name, {{"value", sample.recorded()}});
  if (model.events.size() < 128)
    model.events.push_back(base::repair_utf8(name) + sample.expected.SerializeAsString());
}

void set_status(ScopedSpan& span, Model& model, std::mt19937_64& random) {
  const std::string message = random_text(random);
  const int code = random() % 40 == 0 ? 1 : 2;
  span.set_status(static_cast<StatusCode>(code), message);
  if (model.status == 1) return;
  model.status = code;
  model.message = code == 2 ? base::repair_utf8(message) : "";
}

Model record_one(std::mt19937_64& random) {
  Model model;
  const std::string name = random_text(random);
  model.name = base::repair_utf8(name);
  auto span = get_tracer("random").scoped_span(name);
  for (std::size_t steps = random() % (random() % 10 == 0 ? 400 : 30); steps > 0; --steps) {
    const auto what = random() % 12;
    if (what == 0) {
      set_status(span, model, random);
    } else if (what < 3) {
      add_event(span, model, random);
    } else {
      set_attribute(span, model, random);
    }
  }
  return model;
}

void expect_equal(const ProtoSpan& span, const Model& model) {
  EXPECT_EQ(span.name(), model.name);
  EXPECT_EQ(as_map(span.attributes()), model.attributes);
  EXPECT_EQ(span.dropped_attributes_count(), model.dropped);
  EXPECT_EQ(span.status().code(), model.status);
  EXPECT_EQ(span.status().message(), model.message);
  ASSERT_EQ(static_cast<std::size_t>(span.events_size()), model.events.size());
  for (std::size_t i = 0; i < model.events.size(); ++i) {
    const auto& event = span.events(static_cast<int>(i));
    EXPECT_EQ(event.name() + event.attributes(0).value().SerializeAsString(), model.events[i]);
  }
}

TEST(RandomSpans, ArriveAsTheyWereRecorded) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    MemorySession session;
    std::vector<Model> models;
    for (int i = 0; i < 3; ++i) models.push_back(record_one(random));
    const auto spans = spans_of(session);
    ASSERT_EQ(spans.size(), models.size());
    for (std::size_t i = 0; i < models.size(); ++i) expect_equal(spans[i], models[i]);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace ergon::test
