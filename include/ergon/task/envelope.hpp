#pragma once

#include <string>

#include <ergon/task/transaction.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// Takes apart an envelope, the form of a transaction in a file or queue that has no place of its own for ids
/// and metadata: {"id": text, "payload": any, "metadata": {name: text}}, as the payload of `transaction`.
/// Unknown members are ignored, metadata may be left out. Where it is no envelope, the transaction keeps what
/// it has and gets a defect that says why. For connectors; any thread.
ERGON_API void open_envelope(RawTransaction& transaction);

/// The transaction as an envelope, on one line. Text that is not UTF-8 becomes U+FFFD in ids and metadata.
/// Throws DecodeError when the payload is no JSON. For connectors; any thread.
[[nodiscard]] ERGON_API std::string to_envelope(const RawTransaction& transaction);

}  // namespace ergon::inline v0
