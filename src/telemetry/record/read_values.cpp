#include "telemetry/record/read_values.hpp"

#include <protozero/pbf_reader.hpp>

#include <utility>

#include "base/pbf_view.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::view_of;
using protozero::pbf_reader;

DataValue read_value(pbf_reader any, int depth);

DataAttribute read_pair(pbf_reader pair, int depth) {
  DataAttribute attribute;
  while (pair.next()) {
    if (pair.tag() == 1) {
      attribute.key = pair.get_string();
    } else {
      attribute.value = read_value(pair.get_message(), depth);
    }
  }
  return attribute;
}

// ArrayValue and KeyValueList, {values = 1}
DataValue read_list(pbf_reader list, bool is_map, int depth) {
  if (is_map) {
    DataValue::Map map;
    while (list.next(1)) map.push_back(read_pair(list.get_message(), depth));
    return {std::move(map)};
  }
  DataValue::Array array;
  while (list.next(1)) array.push_back(read_value(list.get_message(), depth));
  return {std::move(array)};
}

// AnyValue. Values are nested 30 deep at most.
DataValue read_value(pbf_reader any, int depth) {
  constexpr int kMostDepth = 100;
  if (depth > kMostDepth || !any.next()) return {};
  switch (any.tag()) {
    case 1:
      return {any.get_string()};
    case 2:
      return {any.get_bool()};
    case 3:
      return {any.get_int64()};
    case 4:
      return {any.get_double()};
    case 5:
      return read_list(any.get_message(), false, depth + 1);
    case 6:
      return read_list(any.get_message(), true, depth + 1);
    case 7: {
      const std::string_view bytes = view_of(any.get_view());
      const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
      return {DataValue::Bytes(first, first + bytes.size())};
    }
    default:
      return {};
  }
}

}  // namespace

DataValue read_data_value(std::string_view message) {
  return read_value(pbf_reader(message.data(), message.size()), 0);
}

DataAttribute read_data_attribute(std::string_view message) {
  return read_pair(pbf_reader(message.data(), message.size()), 0);
}

DataAttributes read_data_attributes(std::string_view message) {
  DataAttributes attributes;
  pbf_reader reader(message.data(), message.size());
  while (reader.next(1)) attributes.push_back(read_pair(reader.get_message(), 0));
  return attributes;
}

ScopeData read_scope_data(std::string_view message) {
  ScopeData scope;
  pbf_reader reader(message.data(), message.size());
  while (reader.next()) {
    if (reader.tag() == 1) {
      scope.name = reader.get_string();
    } else if (reader.tag() == 2) {
      scope.version = reader.get_string();
    } else if (reader.tag() == 3) {
      scope.attributes.push_back(read_pair(reader.get_message(), 0));
    } else {
      reader.skip();
    }
  }
  return scope;
}

}  // namespace ergon::inline v0::telemetry
