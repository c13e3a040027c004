#pragma once

#include <ergon/task/transaction.hpp>

namespace ergon::detail {

/// Takes apart a transaction whose payload is an envelope, {"id": text, "payload": any, "metadata": {name:
/// text}}. Unknown members are ignored, metadata may be left out. Where it is no envelope, the transaction
/// keeps its id and gets a defect that says why.
void open_envelope(RawTransaction& transaction);

}  // namespace ergon::detail
