#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "connectors/jsonl/claim_table.hpp"

namespace ergon::inline v0::detail {

/// The file with the ClaimTable, in shared memory, and its locks: one for the whole of it, and one for each
/// owner, which says that it is alive. The kernel takes them back when the last process with this opening of
/// the file ends, however it does; all of them at once, so whoever then gets the lock sees the owner dead.
/// They are locks of the open file (F_OFD_SETLK), so that several openings in one process don't end each
/// other's; a child that was forked without exec keeps its parent's.
class ClaimsFile {
 public:
  /// Made if it is not there; for this object alone, without a name, where the path is empty. Throws
  /// SystemError, naming it, when it can't be opened or is something else.
  explicit ClaimsFile(const std::string& path);
  ClaimsFile(const ClaimsFile&) = delete;
  ClaimsFile& operator=(const ClaimsFile&) = delete;
  ~ClaimsFile();

  [[nodiscard]] ClaimTable& table() const noexcept { return *table_; }

  /// Waits for the lock. Not between threads that share this object.
  void lock();
  void unlock() noexcept;

  /// Takes the lock of this owner's place for as long as the object lives; false if another has it.
  [[nodiscard]] bool try_hold(std::size_t owner);
  /// Whether another object has it.
  [[nodiscard]] bool is_held(std::size_t owner) const;

 private:
  void prepare();
  [[nodiscard]] bool set_lock(int command, short type, off_t byte) const noexcept;

  std::string path_;
  int descriptor_;
  ClaimTable* table_{nullptr};
};

}  // namespace ergon::inline v0::detail
