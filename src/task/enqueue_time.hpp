#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <ergon/task/transaction.hpp>

namespace ergon::inline v0::detail {

/// Notes in a transaction's metadata when it was sent: `ergon.enqueue_time`, RFC 3339 in UTC, as
/// `2026-11-22T16:47:20.123Z`.
void set_enqueue_time(Metadata& metadata, const std::string& time_text);
[[nodiscard]] std::string enqueue_time_text(std::chrono::system_clock::time_point time);

/// When its metadata says it was sent; nothing where it says nothing, or no time of that form. Fractions may
/// have any number of digits, or none.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> enqueue_time(const Metadata& metadata);

/// How long it has waited where it came from; nothing where its metadata does not say when it was sent. What
/// was not to be done before a time, `ergon.not_before` of the same form, waits from then on; clocks that
/// differ make it no less than nothing.
[[nodiscard]] std::optional<std::chrono::duration<double>> time_in_queue(const Metadata& metadata);

}  // namespace ergon::inline v0::detail
