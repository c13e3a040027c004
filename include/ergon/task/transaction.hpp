#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <utility>

namespace ergon::inline v0 {

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
  /// How often it has been delivered, this time included, as far as its source knows.
  std::int64_t deliveries{1};
  /// For the connector alone: by what it knows the delivery when it is settled.
  std::uint64_t delivery_tag{0};
};

namespace detail {

// What holds for the attempt at hand.
struct AttemptLimits {
  std::int64_t attempt{1};
  std::chrono::steady_clock::time_point deadline{std::chrono::steady_clock::time_point::max()};
  std::stop_token stop{};
};

}  // namespace detail

/// One unit of work: an id, a decoded payload, and metadata, which never change; and the limits of the
/// attempt at hand, for whoever is called with it.
template <class P>
class Transaction {
 public:
  explicit Transaction(std::string id, P payload = {}, Metadata metadata = {})
      : id_(std::move(id)), payload_(std::move(payload)), metadata_(std::move(metadata)) {}

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] const P& payload() const noexcept { return payload_; }
  [[nodiscard]] const Metadata& metadata() const noexcept { return metadata_; }

  /// Which attempt at this stage it is, from 1.
  [[nodiscard]] std::int64_t attempt() const noexcept { return limits_.attempt; }
  /// When the time of this attempt is over, by its policies; time_point::max() where there is no limit.
  [[nodiscard]] std::chrono::steady_clock::time_point deadline() const noexcept { return limits_.deadline; }
  /// Asked to stop at that time. Valid during the call only; of another thread's it may be held, too.
  [[nodiscard]] const std::stop_token& stop_token() const noexcept { return limits_.stop; }

  /// For the runner.
  void set_limits(detail::AttemptLimits limits) noexcept { limits_ = std::move(limits); }

 private:
  std::string id_;
  P payload_;
  Metadata metadata_;
  detail::AttemptLimits limits_{};
};

}  // namespace ergon::inline v0
