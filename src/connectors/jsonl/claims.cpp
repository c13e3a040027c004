#include "connectors/jsonl/claims.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include <ergon/task/errors.hpp>

#include "connectors/jsonl/file_error.hpp"

namespace ergon::inline v0::detail {
namespace {

// An owner's id has its place in the low bits, a tag the claim's place and the line: both find it again, and
// tell by what is above whether it is still the same.
constexpr std::uint64_t kPlaceBits = 8;
static_assert(1U << kPlaceBits == kOwners);
constexpr std::uint64_t kLineBits = 6;
static_assert(1U << kLineBits == kLinesOfAClaim);

}  // namespace

InputStatus status_of(int descriptor, const std::string& path) {
  struct statx status{};
  constexpr unsigned kAsked = STATX_INO | STATX_SIZE | STATX_BTIME;
  if (::statx(descriptor, "", AT_EMPTY_PATH, kAsked, &status) != 0) throw_file_error("read", path, errno);
  InputStatus result{.inode = status.stx_ino, .size = status.stx_size};
  if ((status.stx_mask & STATX_BTIME) != 0U) {
    result.birth =
        static_cast<std::uint64_t>(status.stx_btime.tv_sec) * 1'000'000'000U + status.stx_btime.tv_nsec;
  }
  return result;
}

Claims::Claims(const std::string& claims_path, const std::string& input_path, const InputStatus& input)
    : file_(claims_path), table_(file_.table()) {
  const Turn turn(*this);
  prepare(claims_path, input_path, input);
  become_owner();
}

void Claims::prepare(const std::string& claims_path, const std::string& input_path,
                     const InputStatus& input) {
  if (load(table_.magic) == 0) {
    store(table_.inode, input.inode);
    store(table_.birth, input.birth);
    store(table_.magic, kClaimTableMagic);
  }
  if (load(table_.magic) != kClaimTableMagic)
    throw SystemError("cannot keep offsets in " + claims_path + ": it is something else");
  const ClaimedUpTo& had = table_.claimed_up_to[load(table_.current) % 2];
  const bool is_same = load(table_.inode) == input.inode && load(table_.birth) == input.birth;
  if (!is_same || input.size < load(had.offset)) {
    throw SystemError("cannot go on with " + input_path + ": it was " + (is_same ? "cut short" : "replaced") +
                      " since its offsets were kept; remove " + claims_path +
                      " to begin with its first line");
  }
}

// Called in a turn. The lock comes before the id, so that an id never is of somebody who is not yet alive.
void Claims::become_owner() {
  for (std::size_t place = 0; place < kOwners; ++place) {
    if (!file_.try_hold(place)) continue;
    const std::uint64_t serial = load(table_.last_owner) + 1;
    store(table_.last_owner, serial);
    self_ = serial << kPlaceBits | place;
    store(table_.owners[place], self_);
    return;
  }
  throw SystemError("more than 256 connectors read the same file");
}

void Claims::settle(std::uint64_t tag) noexcept { set_bit(tag, Mask::done); }

void Claims::give_back(std::uint64_t tag) noexcept { set_bit(tag, Mask::again); }

void Claims::set_bit(std::uint64_t tag, Mask mask) noexcept {
  if (tag == 0) return;
  Claim& claim = table_.claims[(tag >> kLineBits) % kClaims];
  if (load(claim.serial) != tag / (kClaims * kLinesOfAClaim)) return;
  const std::uint64_t line = std::uint64_t{1} << tag % kLinesOfAClaim;
  (mask == Mask::done ? claim.done : claim.again).fetch_or(line, std::memory_order_acq_rel);
}

Claims::Turn::Turn(Claims& claims) : guard_(claims.mutex_), claims_(claims), table_(claims.table_) {
  claims_.file_.lock();
}

Claims::Turn::~Turn() { claims_.file_.unlock(); }

LinePosition Claims::Turn::next() const noexcept {
  const ClaimedUpTo& position = table_.claimed_up_to[load(table_.current) % 2];
  return {load(position.offset), load(position.lines)};
}

void Claims::Turn::claimed_up_to(LinePosition position) noexcept {
  const std::uint64_t other = (load(table_.current) + 1) % 2;
  store(table_.claimed_up_to[other].offset, position.offset);
  store(table_.claimed_up_to[other].lines, position.lines);
  store(table_.current, other);
}

// First the claim, then the position: who dies between the two leaves lines that are claimed by a dead owner
// and still count as new; take() sees it. The other way round they would be lost.
ClaimedLines Claims::Turn::take_until(LinePosition end) {
  Claim* const free = find_free();
  if (free == nullptr)
    throw SystemError("8,192 batches have been fetched and not settled, which is as many as can be");
  ClaimedLines taken{.begin = next()};
  const std::uint64_t beyond = end.lines - taken.begin.lines;
  taken.lines = ~std::uint64_t{0} >> (kLinesOfAClaim - beyond);
  publish(*free, taken, end.offset);
  taken.first_tag = tag_of(*free);
  claimed_up_to(end);
  return taken;
}

void Claims::Turn::publish(Claim& free, const ClaimedLines& lines, std::uint64_t end) {
  store(free.owner, 0);
  store(free.serial, next_serial());
  store(free.begin, lines.begin.offset);
  store(free.end, end);
  store(free.lines_before, lines.begin.lines);
  store(free.deliveries, lines.deliveries);
  store(free.done, ~lines.lines);
  store(free.again, 0);
  store(free.owner, claims_.self_);
}

std::uint64_t Claims::Turn::next_serial() noexcept {
  const std::uint64_t serial = load(table_.last_serial) + 1;
  store(table_.last_serial, serial);
  return serial;
}

std::uint64_t Claims::Turn::tag_of(const Claim& claim) const noexcept {
  const auto place = static_cast<std::uint64_t>(&claim - table_.claims.data());
  return (load(claim.serial) * kClaims + place) << kLineBits;
}

// The first, so that no more places are ever used than are needed at a time: each turn looks at all of them.
Claim* Claims::Turn::find_free() noexcept {
  const std::uint64_t used = load(table_.used);
  for (std::uint64_t place = 0; place < used; ++place) {
    Claim& claim = table_.claims[place];
    if (load(claim.owner) == 0 || load(claim.done) == ~std::uint64_t{0}) return &claim;
  }
  if (used == kClaims) return nullptr;
  store(table_.used, used + 1);
  return &table_.claims[used];
}

}  // namespace ergon::inline v0::detail
