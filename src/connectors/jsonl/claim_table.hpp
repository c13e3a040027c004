#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ergon::inline v0::detail {

// What is in the file that the processes reading one jsonl file share; all zero when it is new. Whoever
// writes may be killed between any two stores, so each is a release store, which keeps them in the order they
// are written in, and a thing counts from its last store on. Everything is written under the lock of the file
// but `done` and `again`, where whoever has a line sets its bit at any time.
using SharedWord = std::atomic<std::uint64_t>;
static_assert(SharedWord::is_always_lock_free);

[[nodiscard]] inline std::uint64_t load(const SharedWord& word) noexcept {
  return word.load(std::memory_order_acquire);  // of what store() or a bit's fetch_or released
}
inline void store(SharedWord& word, std::uint64_t value) noexcept {
  word.store(value, std::memory_order_release);
}

inline constexpr std::uint64_t kClaimTableMagic = 0x31736d69616c6345;  // "Eclaims1": ends with the version
inline constexpr std::size_t kOwners = 256;
inline constexpr std::size_t kClaims = 8'192;
inline constexpr std::size_t kLinesOfAClaim = 64;

/// Up to 64 lines that follow each other, and who has them. Free when it has no owner or all is done.
struct Claim {
  SharedWord owner;         // written last when a claim is made: 0 until then
  SharedWord serial;        // of this use of the place, so that a late settling is told from one that counts
  SharedWord begin;         // offset of the first line
  SharedWord end;           // and of what follows the last
  SharedWord lines_before;  // of the file
  SharedWord deliveries;
  SharedWord done;   // a bit for each line; those beyond the last are set from the start
  SharedWord again;  // to be delivered again, to anyone
};

/// Where lines begin that nobody has had yet.
struct ClaimedUpTo {
  SharedWord offset;
  SharedWord lines;
};

struct ClaimTable {
  SharedWord magic;  // written last when the table is made
  SharedWord inode;  // the file it is about
  SharedWord birth;
  SharedWord run;  // whose replay ends at `run_end`
  SharedWord run_end;
  SharedWord last_owner;
  SharedWord last_serial;
  SharedWord used;     // places of `claims` that have ever been used
  SharedWord current;  // which of the two counts: the other one is written, then this turned over
  std::array<ClaimedUpTo, 2> claimed_up_to;
  std::array<SharedWord, kOwners> owners;  // the id of who has, or last had, each place
  alignas(64) std::array<Claim, kClaims> claims;
};

}  // namespace ergon::inline v0::detail
