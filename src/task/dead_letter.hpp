#pragma once

#include <ergon/task/errors.hpp>
#include <ergon/task/transaction.hpp>

namespace ergon::inline v0::detail {

/// A transaction that is given up, as it goes to its dead-letter place: its metadata says why
/// (`ergon.dead_letter.error_type`, `.error_kind`, `.message`, `.attempts`, `.deliveries`, `.time`), and its
/// propagation headers are those of the current context, to which a replay is linked.
[[nodiscard]] RawTransaction to_dead_letter(const RawTransaction& transaction, const TaskError& error);

}  // namespace ergon::inline v0::detail
