#include "integration/delivery/counted_records.hpp"

#include <optional>
#include <protozero/pbf_reader.hpp>
#include <utility>
#include <vector>

namespace ergon::test {
namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;
using protozero::tag_and_type;

struct Item {
  bool is_span = false;
  std::string id;
};

// A span has its trace's id in field 1 and its own in field 2; a log has the time in field 1, and in field 10
// the id of its span.
Item read_item(pbf_reader item) {
  Item read;
  std::optional<std::string> of_span;
  std::optional<std::string> of_log;
  while (item.next()) {
    switch (item.tag_and_type()) {
      case tag_and_type(1, pbf_wire_type::length_delimited):
        read.is_span = true;
        item.skip();
        break;
      case tag_and_type(2, pbf_wire_type::length_delimited):
        of_span = item.get_bytes();
        break;
      case tag_and_type(10, pbf_wire_type::length_delimited):
        of_log = item.get_bytes();
        break;
      default:
        item.skip();
    }
  }
  const auto& id = read.is_span ? of_span : of_log;
  if (!id || id->size() != 8) throw protozero::exception();
  read.id = *id;
  return read;
}

// Resource… {scope_… = 2 {items = 2}} in field 1 of the request.
std::vector<Item> read_items(std::string_view request) {
  std::vector<Item> items;
  pbf_reader whole(request.data(), request.size());
  while (whole.next(1, pbf_wire_type::length_delimited)) {
    pbf_reader resource = whole.get_message();
    while (resource.next(2, pbf_wire_type::length_delimited)) {
      pbf_reader scope = resource.get_message();
      while (scope.next(2, pbf_wire_type::length_delimited)) items.push_back(read_item(scope.get_message()));
    }
  }
  return items;
}

}  // namespace

bool CountedRecords::take(std::string_view request) try {
  std::vector<Item> items = read_items(request);
  const std::lock_guard guard(mutex_);
  for (Item& item : items) {
    auto& known = item.is_span ? spans_ : logs_;
    if (!known.insert(std::move(item.id)).second) ++repeated_;
  }
  return !items.empty();
} catch (const protozero::exception&) {
  return false;
}

Arrivals CountedRecords::arrived() const {
  const std::lock_guard guard(mutex_);
  return {.spans = spans_.size(), .logs = logs_.size(), .repeated = repeated_};
}

}  // namespace ergon::test
