#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "connectors/jsonl/claim_table.hpp"
#include "connectors/jsonl/claims_file.hpp"

namespace ergon::inline v0::detail {

/// What tells a file from another one of the same name, and how long it is.
struct InputStatus {
  std::uint64_t inode{0};
  std::uint64_t birth{0};  // ns; 0 where the file system doesn't know it
  std::uint64_t size{0};
};

/// Of an open file; throws SystemError, naming it.
[[nodiscard]] InputStatus status_of(int descriptor, const std::string& path);

/// A place between two lines.
struct LinePosition {
  std::uint64_t offset{0};
  std::uint64_t lines{0};  // before it
};

/// Lines that the caller now has.
struct ClaimedLines {
  LinePosition begin{};
  /// Which of the up to 64 lines from there; bit 0 is the first.
  std::uint64_t lines{0};
  std::uint64_t deliveries{1};
  /// Of line 0; the others follow. Never 0.
  std::uint64_t first_tag{0};
  /// Whoever had it died, perhaps of it: it is alone, and whoever takes it should have nothing behind it.
  bool is_suspect{false};
};

/// Who has which lines of a file that several processes read. Each line is given to one of them, and again to
/// another when that one asks for it or dies, at whatever instruction: then, and only then, it may come
/// twice. Holds for the death of processes, not of the machine: nothing is synced.
class Claims {
 public:
  /// In the file of that name, or for this object alone where it is empty. Throws SystemError when that is
  /// about another file than this input, or more of it was claimed than there is.
  Claims(const std::string& claims_path, const std::string& input_path, const InputStatus& input);
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;
  ~Claims() = default;

  class Turn;

  /// These two by whoever has the line, from any thread, without a lock; a tag of 0 is nobody's.
  void settle(std::uint64_t tag) noexcept;
  void give_back(std::uint64_t tag) noexcept;

 private:
  enum class Mask : std::uint8_t { done, again };

  void prepare(const std::string& claims_path, const std::string& input_path, const InputStatus& input);
  void become_owner();
  void set_bit(std::uint64_t tag, Mask mask) noexcept;

  std::mutex mutex_;  // the threads of this object wait here, others at the file's lock
  ClaimsFile file_;
  ClaimTable& table_;
  std::uint64_t self_{0};
};

/// For as long as it lives, nobody else claims lines.
class Claims::Turn {
 public:
  explicit Turn(Claims& claims);
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn();

  /// Lines that must come again, at most as many as the limit; nothing when there are none.
  [[nodiscard]] std::optional<ClaimedLines> take_again(std::size_t limit);
  /// Where lines begin that nobody has had.
  [[nodiscard]] LinePosition next() const noexcept;
  /// Claims those from there to the given place, at least one and at most 64. Throws SystemError when there
  /// are too many claims.
  [[nodiscard]] ClaimedLines take_until(LinePosition end);
  /// Has the lines that nobody has had begin there, and nobody have what is before.
  void pass_over_until(LinePosition position) noexcept { claimed_up_to(position); }
  /// How many lines wait to come again.
  [[nodiscard]] std::uint64_t count_again();
  /// The size at which all processes of this run end: the one that the first of them says.
  [[nodiscard]] std::uint64_t end_of_run(const std::string& run_id, std::uint64_t size) noexcept;

 private:
  [[nodiscard]] std::uint64_t to_come_again(const Claim& claim);
  [[nodiscard]] bool is_alive(std::uint64_t owner);
  [[nodiscard]] std::optional<ClaimedLines> take(Claim& claim, std::uint64_t back, std::size_t limit);
  [[nodiscard]] ClaimedLines move(Claim& claim, std::uint64_t taken);
  [[nodiscard]] ClaimedLines split(Claim& claim, std::uint64_t taken, Claim& free);
  void publish(Claim& free, const ClaimedLines& lines, std::uint64_t end);
  [[nodiscard]] Claim* find_free() noexcept;
  [[nodiscard]] std::uint64_t next_serial() noexcept;
  [[nodiscard]] std::uint64_t tag_of(const Claim& claim) const noexcept;
  void claimed_up_to(LinePosition position) noexcept;

  enum class Life : std::uint8_t { unknown, alive, dead };

  std::lock_guard<std::mutex> guard_;
  Claims& claims_;
  ClaimTable& table_;
  std::array<Life, kOwners> lives_{};  // as far as they were asked for in this turn
};

}  // namespace ergon::inline v0::detail
