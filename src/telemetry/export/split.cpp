#include "telemetry/export/split.hpp"

#include <protozero/pbf_reader.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/wire.hpp"

namespace ergon::telemetry {

namespace wire = base::wire;

namespace {

struct Message {
  std::size_t group;
  std::string_view bytes;
};

// What a request is made of, as views of its bytes: field numbers are the same for all signals.
struct Parts {
  std::string_view resource;
  std::vector<std::pair<std::string_view, std::string_view>> groups;  // scope, schema URL
  std::vector<Message> messages;
};

std::string_view view_of(const protozero::data_view& data) { return {data.data(), data.size()}; }

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
    if (resource_group.tag() == 1) {
      parts.resource = view_of(resource_group.get_view());
    } else {
      read_group(resource_group.get_message(), parts);
    }
  }
  return parts;
}

// Metric {sum = 7, histogram = 9 {data_points = 1}}; other signals' messages are one record each.
std::uint64_t records_in(Signal signal, std::string_view bytes) {
  if (signal != Signal::metric_points) return 1;
  std::uint64_t points = 0;
  protozero::pbf_reader metric(bytes.data(), bytes.size());
  while (metric.next()) {
    if (metric.tag() != 7 && metric.tag() != 9) {
      metric.skip();
      continue;
    }
    for (protozero::pbf_reader data = metric.get_message(); data.next();) {
      if (data.tag() == 1) ++points;
      data.skip();
    }
  }
  return points;
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
  half.payload.assign(kPayloadOffset, '\0');
  wire::append_field(half.payload, 1, resource_group);
  return half;
}

}  // namespace

std::optional<std::pair<ExportBatch, ExportBatch>> split(const ExportBatch& batch) {
  const Parts parts = take_apart(batch.request());
  const std::size_t size = parts.messages.size();
  if (size < 2) return std::nullopt;
  return std::pair{put_together(batch, parts, 0, size / 2), put_together(batch, parts, size / 2, size)};
}

}  // namespace ergon::telemetry
