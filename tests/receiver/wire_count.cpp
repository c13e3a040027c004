#include "receiver/wire_count.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstdint>
#include <span>

namespace ergon::receiver {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// One level of nesting: the fields through which the way leads on, as a set of bits by field number.
using FieldSet = std::uint32_t;

constexpr FieldSet field(int number) { return FieldSet{1} << number; }

// resource_* = 1, scope_* = 2, then the item itself.
constexpr FieldSet kItemPath[] = {field(1), field(2), field(2)};

// A Metric holds its points in gauge 5, sum 7, histogram 9, exponential_histogram 10 or summary 11, each of
// which has data_points = 1.
constexpr FieldSet kPointPath[] = {field(1), field(2), field(2),
                                   field(5) | field(7) | field(9) | field(10) | field(11), field(1)};

bool is_on_path(std::uint32_t tag, FieldSet wanted) {
  const int number = WireFormatLite::GetTagFieldNumber(tag);
  return WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED && number < 32 &&
         (wanted & field(number)) != 0;
}

bool count_level(CodedInputStream& input, std::span<const FieldSet> path, std::size_t& items) {
  while (const std::uint32_t tag = input.ReadTag()) {
    if (!is_on_path(tag, path.front())) {
      if (!WireFormatLite::SkipField(&input, tag)) return false;
      continue;
    }
    int length = 0;
    if (!input.ReadVarintSizeAsInt(&length)) return false;
    if (path.size() == 1) {
      ++items;
      if (!input.Skip(length)) return false;
      continue;
    }
    const auto outer = input.PushLimit(length);
    if (!count_level(input, path.subspan(1), items) || input.BytesUntilLimit() != 0) return false;
    input.PopLimit(outer);
  }
  return input.ConsumedEntireMessage();
}

}  // namespace

std::optional<std::size_t> count_items(Signal signal, std::string_view request) {
  CodedInputStream input(reinterpret_cast<const std::uint8_t*>(request.data()),
                         static_cast<int>(request.size()));
  std::size_t items = 0;
  const bool is_metrics = signal == Signal::metrics;
  const auto path = is_metrics ? std::span<const FieldSet>(kPointPath) : std::span<const FieldSet>(kItemPath);
  if (!count_level(input, path, items)) return std::nullopt;
  return items;
}

}  // namespace ergon::receiver
