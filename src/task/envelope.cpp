#include <ergon/task/envelope.hpp>

#include <nlohmann/json.hpp>

#include <ergon/task/errors.hpp>

#include "task/parse_json.hpp"
#include "task/shortened.hpp"

namespace ergon {
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

}  // namespace ergon
