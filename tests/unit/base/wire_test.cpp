#include "base/wire.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <protozero/pbf_reader.hpp>
#include <protozero/varint.hpp>
#include <random>
#include <string>

namespace ergon::base::wire {
namespace {

std::string varint(std::uint64_t value) {
  std::string out;
  append_varint(out, value);
  return out;
}

// protozero decodes what we encode.
void expect_round_trip(std::uint64_t value) {
  const std::string bytes = varint(value);
  EXPECT_EQ(bytes.size(), varint_size(value)) << value;
  const char* at = bytes.data();
  EXPECT_EQ(protozero::decode_varint(&at, bytes.data() + bytes.size()), value);
  EXPECT_EQ(at, bytes.data() + bytes.size());
}

TEST(Wire, EncodesVarintsAtTheirLimits) {
  EXPECT_EQ(varint(0), std::string(1, '\0'));
  EXPECT_EQ(varint(300), "\xAC\x02");  // the example of protobuf's encoding.md
  EXPECT_EQ(varint_size(UINT64_MAX), 10U);
  for (unsigned bits = 0; bits < 64; ++bits) {
    const std::uint64_t power = std::uint64_t{1} << bits;
    for (const std::uint64_t value : {power - 1, power, power + 1}) expect_round_trip(value);
  }
  expect_round_trip(UINT64_MAX);
}

TEST(Wire, EncodesRandomVarints) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 100'000; ++i) expect_round_trip(random() >> (random() % 64));
}

TEST(Wire, WritesNoMoreThanTheVarint) {
  std::array<std::byte, 12> bytes;
  for (unsigned bits = 0; bits < 64; ++bits) {
    bytes.fill(std::byte{0xEE});
    const std::uint64_t value = std::uint64_t{1} << bits;
    const std::byte* end = put_varint(bytes.data(), value);
    EXPECT_EQ(static_cast<std::size_t>(end - bytes.data()), varint_size(value));
    EXPECT_EQ(*end, std::byte{0xEE});
  }
}

TEST(Wire, AppendsFieldsThatAReaderFinds) {
  std::string out;
  append_number(out, 1, 150);
  append_field(out, 2, "testing");
  append_fixed(out, 3, std::uint64_t{0x0102030405060708});
  append_fixed(out, 2'000, 1.5);
  append_fixed(out, 5, std::uint32_t{7});
  append_field(out, 6, "");
  protozero::pbf_reader reader(out);
  ASSERT_TRUE(reader.next(1, protozero::pbf_wire_type::varint));
  EXPECT_EQ(reader.get_uint64(), 150U);
  ASSERT_TRUE(reader.next(2, protozero::pbf_wire_type::length_delimited));
  EXPECT_EQ(reader.get_string(), "testing");
  ASSERT_TRUE(reader.next(3, protozero::pbf_wire_type::fixed64));
  EXPECT_EQ(reader.get_fixed64(), 0x0102030405060708U);
  ASSERT_TRUE(reader.next(2'000, protozero::pbf_wire_type::fixed64));
  EXPECT_EQ(reader.get_double(), 1.5);
  ASSERT_TRUE(reader.next(5, protozero::pbf_wire_type::fixed32));
  EXPECT_EQ(reader.get_fixed32(), 7U);
  ASSERT_TRUE(reader.next(6, protozero::pbf_wire_type::length_delimited));
  EXPECT_EQ(reader.get_string(), "");
  EXPECT_FALSE(reader.next());
}

TEST(Wire, KnowsTheSizeOfAFieldBeforehand) {
  for (const std::uint32_t field : {1U, 15U, 16U, 2'047U, 2'048U}) {
    for (const std::size_t size : {0U, 1U, 127U, 128U, 16'383U, 16'384U, 70'000U}) {
      std::string out;
      append_field(out, field, std::string(size, 'x'));
      EXPECT_EQ(out.size(), field_size(field, size));
    }
  }
}

}  // namespace
}  // namespace ergon::base::wire
