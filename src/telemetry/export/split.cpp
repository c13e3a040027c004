#include "telemetry/export/split.hpp"

#include <protozero/pbf_reader.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/pbf_view.hpp"
#include "base/wire.hpp"

namespace ergon::inline v0::telemetry {

namespace wire = base::wire;

namespace {

using base::view_of;

struct Message {
  std::size_t group;
  std::string_view bytes;
};

// What a request is made of, as views of its bytes: field numbers are the same for all signals.
struct Parts {
  std::string_view resource;
  std::string_view schema_url;                                        // of the resource
  std::vector<std::pair<std::string_view, std::string_view>> groups;  // scope, schema URL
  std::vector<Message> messages;
};

void read_group(protozero::pbf_reader group, Parts& parts) {
  const std::size_t index = parts.groups.size();
  parts.groups.emplace_back();
  while (group.next()) {
    const std::uint32_t field = group.tag();  // gone once the bytes are taken
    const std::string_view bytes = view_of(group.get_view());
    if (field == 1) parts.groups[index].first = bytes;
    if (field == 2) parts.messages.push_back({index, bytes});
    if (field == 3) parts.groups[index].second = bytes;
  }
}

Parts take_apart(std::string_view request) {
  Parts parts;
  protozero::pbf_reader message(request.data(), request.size());
  message.next(1);
  protozero::pbf_reader resource_group = message.get_message();
  while (resource_group.next()) {
    const std::uint32_t field = resource_group.tag();
    const std::string_view bytes = view_of(resource_group.get_view());
    if (field == 1) parts.resource = bytes;
    if (field == 2) read_group({bytes.data(), bytes.size()}, parts);
    if (field == 3) parts.schema_url = bytes;
  }
  return parts;
}

// Metric {gauge = 5, sum = 7, histogram = 9, exponential_histogram = 10 {data_points = 1}}, as whole fields.
struct Metric {
  std::string head;
  std::uint32_t kind{0};
  std::vector<std::string_view> points;
  std::string kind_head;  // what stands beside the points
};

// Calls `visit` with the number of each field of the message and its bytes, tag and all.
template <class Visit>
void for_each_field(protozero::pbf_reader message, Visit visit) {
  for (std::string_view rest = view_of(message.data()); message.next(); rest = view_of(message.data())) {
    const std::uint32_t number = message.tag();
    message.skip();
    visit(number, rest.substr(0, rest.size() - message.length()));
  }
}

Metric read_metric(std::string_view bytes) {
  Metric metric;
  for_each_field({bytes.data(), bytes.size()}, [&](std::uint32_t number, std::string_view field) {
    const bool has_points = number == 5 || number == 7 || number == 9 || number == 10;
    if (!has_points) {
      metric.head.append(field);
      return;
    }
    metric.kind = number;
    protozero::pbf_reader kind(field.data(), field.size());
    kind.next();
    for_each_field(kind.get_message(), [&](std::uint32_t inner_number, std::string_view inner) {
      if (inner_number == 1) metric.points.push_back(inner);
      else metric.kind_head.append(inner);
    });
  });
  return metric;
}

std::string part_of(const Metric& metric, std::size_t begin, std::size_t end) {
  std::string data;
  for (std::size_t at = begin; at < end; ++at) data.append(metric.points[at]);
  data.append(metric.kind_head);
  std::string message = metric.head;
  wire::append_field(message, metric.kind, data);
  return message;
}

// Other signals' messages are one record each.
std::uint64_t records_in(Signal signal, std::string_view bytes) {
  return signal == Signal::metric_points ? read_metric(bytes).points.size() : 1;
}

ExportBatch put_together(const ExportBatch& from, const Parts& parts, std::size_t begin, std::size_t end) {
  ExportBatch half;
  half.id = from.id;
  half.pipeline = from.pipeline;
  half.signal = from.signal;
  std::string resource_group;
  wire::append_field(resource_group, 1, parts.resource);
  for (std::size_t at = begin; at < end;) {
    const std::size_t index = parts.messages[at].group;
    std::string group;
    wire::append_field(group, 1, parts.groups[index].first);
    for (; at < end && parts.messages[at].group == index; ++at) {
      wire::append_field(group, 2, parts.messages[at].bytes);
      half.count += records_in(from.signal, parts.messages[at].bytes);
    }
    if (!parts.groups[index].second.empty()) wire::append_field(group, 3, parts.groups[index].second);
    wire::append_field(resource_group, 2, group);
  }
  if (!parts.schema_url.empty()) wire::append_field(resource_group, 3, parts.schema_url);
  half.payload.assign(kPayloadOffset, '\0');
  wire::append_field(half.payload, 1, resource_group);
  return half;
}

}  // namespace

std::optional<std::pair<ExportBatch, ExportBatch>> split(const ExportBatch& batch) {
  Parts parts = take_apart(batch.request());
  std::array<std::string, 2> halves;  // of the points of a single metric
  if (parts.messages.size() == 1 && batch.signal == Signal::metric_points) {
    const auto [group, bytes] = parts.messages[0];
    const Metric metric = read_metric(bytes);
    const std::size_t points = metric.points.size();
    if (points < 2) return std::nullopt;
    halves = {part_of(metric, 0, points / 2), part_of(metric, points / 2, points)};
    parts.messages = {{group, halves[0]}, {group, halves[1]}};
  }
  const std::size_t size = parts.messages.size();
  if (size < 2) return std::nullopt;
  return std::pair{put_together(batch, parts, 0, size / 2), put_together(batch, parts, size / 2, size)};
}

}  // namespace ergon::inline v0::telemetry
