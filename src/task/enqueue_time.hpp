#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <ergon/task/transaction.hpp>

namespace ergon::detail {

/// Notes in a transaction's metadata when it was sent: `ergon.enqueue_time`, RFC 3339 in UTC, as
/// `2026-11-22T16:47:20.123Z`.
void set_enqueue_time(Metadata& metadata, const std::string& time_text);
[[nodiscard]] std::string enqueue_time_text(std::chrono::system_clock::time_point time);

/// When its metadata says it was sent; nothing where it says nothing, or no time of that form. Fractions may
/// have any number of digits, or none.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> enqueue_time(const Metadata& metadata);

}  // namespace ergon::detail
