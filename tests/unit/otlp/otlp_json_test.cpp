#include "telemetry/export/otlp_json.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "opentelemetry/proto/collector/logs/v1/logs_service.pb.h"
#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

#include "base/wire.hpp"
#include "telemetry/record/any_value_text.hpp"

// Requests with any fields, made, encoded and read back by the official protos; the JSON between is ours.
namespace ergon::telemetry {
namespace {

namespace collector = opentelemetry::proto::collector;
namespace wire = base::wire;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Random = std::mt19937_64;

std::string random_text(Random& random) {
  constexpr std::string_view kParts[] = {"a",
                                         "traceId\":\"",
                                         "\"",
                                         "\\",
                                         "\n",
                                         "é",
                                         "\xE2\x80\xA8",
                                         "\xF0\x9F\x98\x80",
                                         std::string_view("\0", 1),
                                         "\x7F"};
  std::string text;
  for (std::size_t size = random() % 6; size > 0; --size) text.append(kParts[random() % std::size(kParts)]);
  return text;
}

std::string random_bytes(Random& random) {
  constexpr std::size_t kSizes[] = {0, 1, 2, 3, 8, 16};
  std::string bytes(kSizes[random() % std::size(kSizes)], '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

double random_double(Random& random) {
  using Limits = std::numeric_limits<double>;
  constexpr double kSpecial[] = {0.0,
                                 -0.0,
                                 0.1,
                                 1e300,
                                 Limits::max(),
                                 Limits::denorm_min(),
                                 Limits::infinity(),
                                 -Limits::infinity(),
                                 Limits::quiet_NaN()};
  if (random() % 2 == 0) return kSpecial[random() % std::size(kSpecial)];
  return std::bit_cast<double>(random() & ~(std::uint64_t{1} << 62U));  // no NaN of another kind
}

// Of any size, at the limits as well.
std::uint64_t random_number(Random& random) {
  const std::uint64_t number = random() >> (random() % 64);
  return random() % 4 == 0 ? ~number : number;
}

// Sets the field, or adds to it when it is repeated.
void put_random(Message& message, const FieldDescriptor& field, Random& random, int depth);

// Each field with some chance, in any order: so each member of a oneof can be the last. The outer ones are
// always there, else most requests would be empty.
void put_random_fields(Message& message, Random& random, int depth) {
  constexpr int kOuter = 4;
  constexpr int kMostDepth = 12;
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i)
    fields.push_back(message.GetDescriptor()->field(i));
  std::ranges::shuffle(fields, random);
  for (const FieldDescriptor* field : fields) {
    const bool is_nested = field->message_type() != nullptr;
    if (is_nested && depth > kMostDepth) continue;
    if (random() % 3 == 0 && !(is_nested && depth < kOuter)) continue;
    const std::size_t most = depth < kOuter ? 2 : 3;
    const std::size_t times = field->is_repeated() ? random() % most + (depth < kOuter ? 1 : 0) : 1;
    for (std::size_t time = 0; time < times; ++time) put_random(message, *field, random, depth);
  }
}

// ERGON_PUT(Type, value): by the name that protobuf's reflection has for the type.
#define ERGON_PUT(Type, value)                                         \
  (field.is_repeated() ? reflection.Add##Type(&message, &field, value) \
                       : reflection.Set##Type(&message, &field, value))

void put_random(Message& message, const FieldDescriptor& field, Random& random, int depth) {
  const Reflection& reflection = *message.GetReflection();
  const std::uint64_t number = random_number(random);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return ERGON_PUT(Bool, number % 2 == 0);
    case FieldDescriptor::CPPTYPE_INT32:
      return ERGON_PUT(Int32, static_cast<std::int32_t>(number));
    case FieldDescriptor::CPPTYPE_UINT32:
      return ERGON_PUT(UInt32, static_cast<std::uint32_t>(number));
    case FieldDescriptor::CPPTYPE_INT64:
      return ERGON_PUT(Int64, static_cast<std::int64_t>(number));
    case FieldDescriptor::CPPTYPE_UINT64:
      return ERGON_PUT(UInt64, number);
    case FieldDescriptor::CPPTYPE_ENUM:
      return ERGON_PUT(EnumValue, static_cast<int>(number));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ERGON_PUT(Double, random_double(random));
    case FieldDescriptor::CPPTYPE_STRING: {
      const bool is_text = field.type() == FieldDescriptor::TYPE_STRING;
      return ERGON_PUT(String, is_text ? random_text(random) : random_bytes(random));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message* nested = field.is_repeated() ? reflection.AddMessage(&message, &field)
                                            : reflection.MutableMessage(&message, &field);
      return put_random_fields(*nested, random, depth + 1);
    }
    default:
      FAIL() << "OTLP has no such field: " << field.full_name();
  }
}
#undef ERGON_PUT

// Unpacks a record of a single packed number at random.
std::string packed_or_not(std::string record, const FieldDescriptor& field, Random& random) {
  if (!field.is_packed() || random() % 2 == 0) return record;
  const auto type = field.type() == FieldDescriptor::TYPE_UINT64 ? wire::Type::varint : wire::Type::fixed64;
  std::string out;
  wire::append_varint(out, wire::tag(static_cast<std::uint32_t>(field.number()), type));
  return out.append(record, 2);  // the tag and the length are a byte each
}

// One value of a field on the wire, tag and all; of a repeated one, the value at that place.
std::string record_of(const Message& message, const FieldDescriptor& field, int place, Random& random);

// The message on the wire with its fields in any order, and now and then some of them twice.
std::string shuffled(const Message& message, Random& random) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  std::vector<std::string> records;
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int place = 0; place < size; ++place) records.push_back(record_of(message, *field, place, random));
  }
  if (random() % 4 == 0) {
    const std::unique_ptr<Message> twice(message.New());
    put_random_fields(*twice, random, 11);
    records.push_back(twice->SerializeAsString());
  }
  std::ranges::shuffle(records, random);
  std::string bytes;
  for (const std::string& record : records) bytes.append(record);
  return bytes;
}

std::string record_of(const Message& message, const FieldDescriptor& field, int place, Random& random) {
  const Reflection& reflection = *message.GetReflection();
  if (field.message_type() != nullptr) {
    const Message& nested = field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, place)
                                                : reflection.GetMessage(message, &field);
    std::string record;
    wire::append_field(record, static_cast<std::uint32_t>(field.number()), shuffled(nested, random));
    return record;
  }
  const std::unique_ptr<Message> single(message.New());
  single->CopyFrom(message);
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* other : fields) {
    if (other != &field) reflection.ClearField(single.get(), other);
  }
  if (field.is_repeated()) {
    reflection.SwapElements(single.get(), &field, 0, place);
    while (reflection.FieldSize(*single, &field) > 1) reflection.RemoveLast(single.get(), &field);
  }
  return packed_or_not(single->SerializeAsString(), field, random);
}

// protobuf's own JSON has ids in base64. In a string the quotes of the pattern would be escaped.
std::string with_ids_in_base64(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    std::size_t next = std::string_view::npos;
    for (const std::string_view name : {"\"traceId\":\"", "\"spanId\":\"", "\"parentSpanId\":\""}) {
      if (const std::size_t at = json.find(name); at != std::string_view::npos)
        next = std::min(next, at + name.size());
    }
    out.append(json.substr(0, next));
    json.remove_prefix(std::min(next, json.size()));
    if (json.empty()) break;
    const std::string_view hex = json.substr(0, json.find('"'));
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
      bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
    EXPECT_EQ(hex.find_first_not_of("0123456789abcdef"), std::string_view::npos) << hex;
    append_base64(out, bytes);
    json.remove_prefix(hex.size());
  }
  return out;
}

void expect_same(const Message& expected, Signal signal, const std::string& bytes) {
  std::string json;
  append_otlp_json(json, signal, bytes);
  ASSERT_EQ(json.find('\n'), std::string::npos);
  const std::unique_ptr<Message> found(expected.New());
  const auto status = google::protobuf::util::JsonStringToMessage(with_ids_in_base64(json), found.get());
  ASSERT_TRUE(status.ok()) << status << '\n' << json;
  google::protobuf::util::DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);
  google::protobuf::util::MessageDifferencer differencer;
  differencer.set_field_comparator(&comparator);
  std::string difference;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(expected, *found)) << difference << '\n' << json;
  EXPECT_EQ(expected.SerializeAsString(), found->SerializeAsString()) << "the signs of zeros, too";
}

template <class Request>
void check_random_requests(Signal signal) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Request request;
    put_random_fields(request, random, 0);
    expect_same(request, signal, request.SerializeAsString());
    const std::string bytes = shuffled(request, random);
    ASSERT_TRUE(request.ParseFromString(bytes));
    expect_same(request, signal, bytes);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(OtlpJson, HoldsAllOfATraceRequest) {
  check_random_requests<collector::trace::v1::ExportTraceServiceRequest>(Signal::spans);
}

TEST(OtlpJson, HoldsAllOfALogsRequest) {
  check_random_requests<collector::logs::v1::ExportLogsServiceRequest>(Signal::logs);
}

TEST(OtlpJson, HoldsAllOfAMetricsRequest) {
  check_random_requests<collector::metrics::v1::ExportMetricsServiceRequest>(Signal::metric_points);
}

}  // namespace
}  // namespace ergon::telemetry
