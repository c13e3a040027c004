#include "connectors/jsonl/claims.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <ergon/task/errors.hpp>

#include "support/temporary_folder.hpp"

namespace ergon::detail {
namespace {

constexpr InputStatus kInput{.inode = 7, .birth = 1, .size = 1'000'000};

// Lines of ten bytes. Each Claims object is what a process has: its locks are its own.
class ClaimsTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder_.path() / "offsets"; }
  [[nodiscard]] std::unique_ptr<Claims> open(const InputStatus& input = kInput) const {
    return std::make_unique<Claims>(path(), "in.jsonl", input);
  }
  [[nodiscard]] std::string refusal(const InputStatus& input) const {
    try {
      static_cast<void>(open(input));
    } catch (const SystemError& error) {
      return error.what();
    }
    return "none";
  }

  static ClaimedLines take_new(Claims& claims, std::uint64_t count) {
    Claims::Turn turn(claims);
    const LinePosition next = turn.next();
    return turn.take_until({next.offset + 10 * count, next.lines + count});
  }
  static std::optional<ClaimedLines> take_again(Claims& claims, std::size_t limit = 64) {
    return Claims::Turn(claims).take_again(limit);
  }
  // What the dead had comes line by line, so that each is counted by itself.
  static std::vector<std::uint64_t> take_one_by_one(Claims& claims) {
    std::vector<std::uint64_t> lines;
    while (const auto again = take_again(claims)) {
      EXPECT_TRUE(again->is_suspect);
      lines.push_back(again->lines);
    }
    return lines;
  }
  // With copies of the first claim, in every other place.
  void fill_table(std::uint64_t lines) const {
    const ClaimsFile file(path());
    ClaimTable& table = file.table();
    for (std::size_t place = 1; place < kClaims; ++place) {
      table.claims[place].owner = table.claims[0].owner.load();
      table.claims[place].serial = place + 1;
      table.claims[place].done = ~std::uint64_t{0} << lines;
    }
    table.used = kClaims;
  }
  static std::uint64_t lines_claimed(Claims& claims) { return Claims::Turn(claims).next().lines; }

  test::TemporaryFolder folder_;
};

TEST_F(ClaimsTest, GivesLinesToOne) {
  const auto one = open();
  const auto other = open();
  EXPECT_EQ(take_new(*one, 2).lines, 0b11U);
  const ClaimedLines second = take_new(*other, 64);
  EXPECT_EQ(second.lines, ~std::uint64_t{0});
  EXPECT_EQ(second.begin.offset, 20U);
  EXPECT_EQ(second.begin.lines, 2U);
  EXPECT_EQ(second.deliveries, 1U);
  EXPECT_FALSE(take_again(*one)) << "both are alive";
  EXPECT_FALSE(take_again(*other));
}

TEST_F(ClaimsTest, ComeAgainWhenTheirOwnerIsGone) {
  auto one = open();
  const auto other = open();
  const ClaimedLines lines = take_new(*one, 3);
  one->settle(lines.first_tag + 1);
  one.reset();
  const auto again = take_again(*other);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->lines, 0b001U) << "alone, as each may be what killed it";
  EXPECT_TRUE(again->is_suspect);
  EXPECT_EQ(again->begin.offset, 0U);
  EXPECT_EQ(again->deliveries, 2U);
  EXPECT_EQ(take_again(*other)->lines, 0b100U);
  EXPECT_FALSE(take_again(*other)) << "now it has them";
  EXPECT_FALSE(take_again(*open())) << "and a third, in the place of the first, does not make that one alive";
}

TEST_F(ClaimsTest, ComeAgainToAnyoneWhenGivenBack) {
  const auto one = open();
  const auto other = open();
  const ClaimedLines lines = take_new(*one, 3);
  one->give_back(lines.first_tag + 2);
  const auto again = take_again(*other);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->lines, 0b100U);
  other->give_back(again->first_tag + 2);
  EXPECT_EQ(take_again(*one)->deliveries, 3U);
  one->give_back(lines.first_tag);
  EXPECT_EQ(take_again(*one)->lines, 0b001U) << "to itself, too";
}

TEST_F(ClaimsTest, AreTakenOverUpToTheLimit) {
  auto one = open();
  const auto other = open();
  const ClaimedLines lines = take_new(*one, 6);
  for (unsigned line = 0; line < 5; ++line) one->give_back(lines.first_tag + line);
  EXPECT_EQ(Claims::Turn(*other).count_again(), 5U);
  EXPECT_EQ(take_again(*other, 2)->lines, 0b00011U);
  EXPECT_EQ(Claims::Turn(*other).count_again(), 3U);
  EXPECT_EQ(take_again(*other, 1)->lines, 0b00100U);
  one.reset();
  const auto rest = take_again(*other, 9);
  EXPECT_EQ(rest->lines, 0b11000U) << "given back before its owner died, so not the cause";
  EXPECT_FALSE(rest->is_suspect);
  EXPECT_EQ(take_again(*other, 9)->lines, 0b100000U);
  EXPECT_FALSE(take_again(*other));
}

TEST_F(ClaimsTest, AreKeptForTheNextRun) {
  {
    const auto claims = open();
    const ClaimedLines lines = take_new(*claims, 2);
    claims->settle(lines.first_tag);
    claims->settle(lines.first_tag + 1);
    take_new(*claims, 1);
  }
  const auto claims = open();
  EXPECT_EQ(lines_claimed(*claims), 3U);
  EXPECT_EQ(take_again(*claims)->begin.lines, 2U);
  EXPECT_FALSE(take_again(*claims));
}

TEST_F(ClaimsTest, IgnoreLateSettling) {
  const auto one = open();
  const ClaimedLines first = take_new(*one, 1);
  one->settle(first.first_tag);
  const ClaimedLines second = take_new(*one, 1);  // in the same place
  EXPECT_NE(first.first_tag, second.first_tag);
  one->settle(first.first_tag);
  one->give_back(first.first_tag);
  one->settle(0);
  EXPECT_FALSE(take_again(*one));
  one->give_back(second.first_tag);
  EXPECT_TRUE(take_again(*one));
}

// Killed after the claim was written and before the position: neither is lost, nor is it given twice.
TEST_F(ClaimsTest, SurviveADeathBeforeThePositionIsWritten) {
  auto one = open();
  take_new(*one, 4);
  ClaimsFile(path()).table().current = 0;  // as it was
  ASSERT_EQ(lines_claimed(*one), 0U);
  one.reset();
  const auto other = open();
  for (const std::uint64_t line : {0b0001U, 0b0010U, 0b0100U, 0b1000U}) {
    EXPECT_EQ(take_again(*other)->lines, line);
    EXPECT_EQ(lines_claimed(*other), 4U);
  }
  EXPECT_FALSE(take_again(*other));
}

// Killed after a line was claimed again and before it was done where it had been: it comes twice.
TEST_F(ClaimsTest, SurviveADeathBeforeAClaimIsSplit) {
  auto one = open();
  take_new(*one, 2);
  one.reset();
  auto other = open();
  ASSERT_EQ(take_again(*other, 1)->lines, 0b01U);
  ClaimsFile(path()).table().claims[0].done = ~std::uint64_t{0b11};  // as it was
  other.reset();
  const auto third = open();
  EXPECT_EQ(take_again(*third)->lines, 0b01U);
  EXPECT_EQ(take_again(*third)->lines, 0b10U);
  EXPECT_EQ(take_again(*third)->lines, 0b01U);
}

TEST_F(ClaimsTest, SayWhenThereAreTooMany) {
  auto one = open();
  const std::uint64_t first = take_new(*one, 2).first_tag;
  fill_table(2);
  EXPECT_THROW(take_new(*one, 1), SystemError);
  EXPECT_EQ(lines_claimed(*one), 2U);
  one->give_back(first);
  EXPECT_FALSE(take_again(*one)) << "its neighbour is at work, and there is no place to split";
  one->settle(first + 1);
  EXPECT_EQ(take_again(*one)->lines, 0b01U);
}

TEST_F(ClaimsTest, ComeAgainWhereThereAreTooMany) {
  auto one = open();
  take_new(*one, 2);
  fill_table(2);
  one.reset();
  const auto other = open();
  const auto first = take_again(*other);
  EXPECT_EQ(first->lines, 0b01U);
  EXPECT_EQ(take_again(*other)->lines, 0b01U);
  other->settle(first->first_tag);
  const auto neighbour = take_again(*other);
  EXPECT_EQ(neighbour->lines, 0b10U) << "which had to wait for it";
}

TEST_F(ClaimsTest, AreAboutOneFile) {
  take_new(*open(), 2);
  const std::string remedy =
      " since its offsets were kept; remove " + path() + " to begin with its first line";
  EXPECT_EQ(refusal({.inode = 8, .birth = 1, .size = 100}),
            "cannot go on with in.jsonl: it was replaced" + remedy);
  EXPECT_EQ(refusal({.inode = 7, .birth = 2, .size = 100}),
            "cannot go on with in.jsonl: it was replaced" + remedy);
  EXPECT_EQ(refusal({.inode = 7, .birth = 1, .size = 19}),
            "cannot go on with in.jsonl: it was cut short" + remedy);
  EXPECT_EQ(refusal({.inode = 7, .birth = 1, .size = 20}), "none");
}

TEST_F(ClaimsTest, LeaveOtherFilesAlone) {
  std::ofstream(path()) << "something else";
  EXPECT_EQ(refusal(kInput), "cannot keep offsets in " + path() + ": it is something else");
  EXPECT_EQ(std::filesystem::file_size(path()), 14U);
}

TEST_F(ClaimsTest, EndARunWhereItsFirstWorkerSays) {
  const auto one = open();
  const auto other = open();
  EXPECT_EQ(Claims::Turn(*one).end_of_run("run", 10), 10U);
  EXPECT_EQ(Claims::Turn(*other).end_of_run("run", 20), 10U);
  EXPECT_EQ(Claims::Turn(*other).end_of_run("next", 20), 20U);
  EXPECT_EQ(Claims::Turn(*other).end_of_run("", 30), 30U);
}

// What each line has come to, over all threads.
class Settled {
 public:
  explicit Settled(std::size_t lines) : times_(lines) {}

  // Every `back`th line goes back, unless it has come often.
  void settle(Claims& claims, const ClaimedLines& taken, unsigned back) {
    for (std::uint64_t lines = taken.lines; lines != 0; lines &= lines - 1) {
      const auto line = static_cast<unsigned>(std::countr_zero(lines));
      if (++seen_ % back == 0 && taken.deliveries < 4) {
        claims.give_back(taken.first_tag + line);
      } else {
        ++times_[taken.begin.lines + line];
        claims.settle(taken.first_tag + line);
      }
    }
  }
  [[nodiscard]] bool is_each_once(std::uint64_t lines) const {
    return std::all_of(times_.begin(), times_.begin() + static_cast<std::ptrdiff_t>(lines),
                       [](const auto& times) { return times == 1; });
  }

 private:
  std::vector<std::atomic<int>> times_;
  std::atomic<unsigned> seen_{0};
};

// Two openings with two threads each.
TEST_F(ClaimsTest, GiveEachLineToOneConcurrentSafe) {
  constexpr std::uint64_t kLines = 20'000;
  Settled settled(kLines + 4 * 8);  // each thread may go one step beyond
  const auto work = [&](Claims& claims) {
    for (bool is_at_end = false; !is_at_end;) {
      auto lines = take_again(claims, 3);
      is_at_end = !lines && lines_claimed(claims) >= kLines;
      if (!lines && !is_at_end) lines = take_new(claims, 8);
      if (lines) settled.settle(claims, *lines, 11);
    }
  };
  const auto one = open();
  const auto other = open();
  {
    std::vector<std::jthread> threads;
    for (Claims* claims : {one.get(), other.get(), one.get(), other.get()})
      threads.emplace_back([&work, claims] { work(*claims); });
  }
  while (const auto left = take_again(*one)) settled.settle(*one, *left, kLines);
  EXPECT_TRUE(settled.is_each_once(lines_claimed(*one)));
}

}  // namespace
}  // namespace ergon::detail
