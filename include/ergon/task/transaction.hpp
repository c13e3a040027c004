#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace ergon {

/// What travels beside a payload: text by name, propagation headers among it.
using Metadata = std::map<std::string, std::string>;

/// A transaction as a connector delivers it, before its payload is decoded.
struct RawTransaction {
  std::string id{};
  /// JSON text.
  std::string payload{};
  Metadata metadata{};
  /// Where in its source it stands, counted from 1 (the line of a file); 0 where that has no meaning.
  std::uint64_t line{0};
  /// Not empty: the source held something that is no transaction, and this is why. It fails as one that can't
  /// be decoded, so that it is seen and counted.
  std::string defect{};
};

/// One unit of work: an id, a decoded payload, and metadata. It never changes.
template <class P>
class Transaction {
 public:
  explicit Transaction(std::string id, P payload = {}, Metadata metadata = {})
      : id_(std::move(id)), payload_(std::move(payload)), metadata_(std::move(metadata)) {}

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] const P& payload() const noexcept { return payload_; }
  [[nodiscard]] const Metadata& metadata() const noexcept { return metadata_; }

 private:
  std::string id_;
  P payload_;
  Metadata metadata_;
};

}  // namespace ergon
