// How lines that were claimed before come to be claimed again.
#include <bit>
#include <functional>

#include "connectors/jsonl/claims.hpp"

namespace ergon::inline v0::detail {
namespace {

std::uint64_t lowest_bits(std::uint64_t bits, std::size_t limit) noexcept {
  std::uint64_t lowest = 0;
  for (; bits != 0 && limit > 0; --limit) {
    lowest |= bits & (~bits + 1);
    bits &= bits - 1;
  }
  return lowest;
}

}  // namespace

std::optional<ClaimedLines> Claims::Turn::take_again(std::size_t limit) {
  const std::uint64_t used = load(table_.used);
  for (std::uint64_t place = 0; place < used; ++place) {
    Claim& claim = table_.claims[place];
    const std::uint64_t back = to_come_again(claim);
    if (back == 0) continue;
    if (auto taken = take(claim, back, limit)) return taken;
  }
  return std::nullopt;
}

std::uint64_t Claims::Turn::count_again() {
  std::uint64_t count = 0;
  const std::uint64_t used = load(table_.used);
  for (std::uint64_t place = 0; place < used; ++place) {
    count += static_cast<std::uint64_t>(std::popcount(to_come_again(table_.claims[place])));
  }
  return count;
}

std::uint64_t Claims::Turn::to_come_again(const Claim& claim) {
  const std::uint64_t owner = load(claim.owner);
  const std::uint64_t undone = ~load(claim.done);
  if (owner == 0 || undone == 0) return 0;
  return is_alive(owner) ? undone & load(claim.again) : undone;
}

// By its lock, unless its place has gone to another. Asked once a turn; who dies meanwhile is seen in the
// next.
bool Claims::Turn::is_alive(std::uint64_t owner) {
  if (owner == claims_.self_) return true;
  const std::size_t place = owner % kOwners;
  if (load(table_.owners[place]) != owner) return false;
  Life& life = lives_[place];
  if (life == Life::unknown) life = claims_.file_.is_held(place) ? Life::alive : Life::dead;
  return life == Life::alive;
}

std::optional<ClaimedLines> Claims::Turn::take(Claim& claim, std::uint64_t back, std::size_t limit) {
  const std::uint64_t undone = ~load(claim.done);
  // Its owner died before it could say how far the file is claimed; all its lines are still there.
  if (load(claim.begin) >= next().offset) {
    const auto lines = static_cast<std::uint64_t>(std::popcount(undone));
    claimed_up_to({load(claim.end), load(claim.lines_before) + lines});
  }
  const std::uint64_t given_back = back & load(claim.again);
  const bool is_suspect = given_back == 0;  // its owner died with it
  const std::uint64_t taken = is_suspect ? lowest_bits(back, 1) : lowest_bits(given_back, limit);
  std::optional<ClaimedLines> lines;
  if (taken == undone) {
    lines = move(claim, taken);
  } else if (Claim* const free = find_free()) {
    lines = split(claim, taken, *free);
  } else if (back == undone) {
    lines = move(claim, taken);
  }  // else others of its lines are being worked at: it gets free when they are settled
  if (lines) lines->is_suspect = is_suspect;
  return lines;
}

// Nobody is at work on any of its lines. The owner goes first: whatever of the rest is missing after a death,
// all that is undone comes again. Lines that are not taken wait, and seem to have been delivered once more.
ClaimedLines Claims::Turn::move(Claim& claim, std::uint64_t taken) {
  store(claim.owner, claims_.self_);
  store(claim.serial, next_serial());
  store(claim.deliveries, load(claim.deliveries) + 1);
  store(claim.again, ~taken);
  return {.begin = {load(claim.begin), load(claim.lines_before)},
          .lines = taken,
          .deliveries = load(claim.deliveries),
          .first_tag = tag_of(claim)};
}

// First the new claim, then the lines are done in the old one: who dies between the two has both of them
// delivered again.
ClaimedLines Claims::Turn::split(Claim& claim, std::uint64_t taken, Claim& free) {
  ClaimedLines lines{.begin = {load(claim.begin), load(claim.lines_before)},
                     .lines = taken,
                     .deliveries = load(claim.deliveries) + 1};
  publish(free, lines, load(claim.end));
  claim.done.fetch_or(taken, std::memory_order_acq_rel);
  lines.first_tag = tag_of(free);
  return lines;
}

std::uint64_t Claims::Turn::end_of_run(const std::string& run_id, std::uint64_t size) noexcept {
  if (run_id.empty()) return size;
  const std::uint64_t run = std::hash<std::string>{}(run_id) | 1U;
  if (load(table_.run) == run) return load(table_.run_end);
  store(table_.run_end, size);
  store(table_.run, run);
  return size;
}

}  // namespace ergon::inline v0::detail
