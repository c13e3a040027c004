#include <ergon/task/envelope.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include <ergon/task/errors.hpp>

#include "task/parse_json.hpp"
#include "task/shortened.hpp"

namespace ergon::inline v0 {
namespace {

using nlohmann::json;

const json& member(const json& envelope, const char* name) {
  const auto found = envelope.find(name);
  if (found == envelope.end()) throw DecodeError("envelope: member '" + std::string(name) + "' is missing");
  return *found;
}

const std::string& text(const json& value, const std::string& path) {
  if (value.is_string()) return value.get_ref<const std::string&>();
  throw DecodeError("envelope: member '" + detail::shortened(path, detail::kLongestPath) +
                    "': expected a string, found " + value.type_name());
}

Metadata metadata_of(const json& envelope) {
  Metadata metadata;
  const auto found = envelope.find("metadata");
  if (found == envelope.end()) return metadata;
  if (!found->is_object()) {
    throw DecodeError("envelope: member 'metadata': expected an object, found " +
                      std::string(found->type_name()));
  }
  for (const auto& [name, value] : found->items()) metadata[name] = text(value, "metadata." + name);
  return metadata;
}

// Only white space between tokens can be the end of a line: in strings JSON escapes it.
std::string on_one_line(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

void open_envelope(RawTransaction& transaction) {
  try {
    const json envelope = detail::parse_json(transaction.payload);
    if (!envelope.is_object()) {
      throw DecodeError("envelope: expected an object, found " + std::string(envelope.type_name()));
    }
    std::string id = text(member(envelope, "id"), "id");
    std::string payload = member(envelope, "payload").dump();
    transaction.metadata = metadata_of(envelope);
    transaction.id = std::move(id);
    transaction.payload = std::move(payload);
  } catch (const DecodeError& error) {
    transaction.defect = error.what();
  }
}

// The payload stays as it is written, its numbers to the digit.
std::string to_envelope(const RawTransaction& transaction) {
  static_cast<void>(detail::parse_json(transaction.payload));
  return R"({"id":)" + dumped(transaction.id) + R"(,"payload":)" + on_one_line(transaction.payload) +
         R"(,"metadata":)" + dumped(json(transaction.metadata)) + '}';
}

}  // namespace ergon::inline v0
