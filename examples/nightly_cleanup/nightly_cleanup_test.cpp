#include "nightly_cleanup.hpp"

#include <gtest/gtest.h>

#include <ergon/testing/task_test.hpp>

namespace {

using Files = std::vector<std::filesystem::path>;

// Files that are nowhere, of which some are old.
class PaperSpool : public Spool {
 public:
  PaperSpool() : Spool(Options{}) {}
  Files files() const override { return {"a.old", "b.new", "c.old"}; }
  bool is_old(const std::filesystem::path& file) const override { return file.extension() == ".old"; }
  void remove(const std::filesystem::path& file) override { removed.push_back(file); }

  Files removed;
};

TEST(NightlyCleanup, RemovesWhatIsOld) {
  PaperSpool spool;
  EXPECT_EQ(ergon::testing::execute<NightlyCleanup>({.services = {{"spool", spool}}}).ok, 1U);
  EXPECT_EQ(spool.removed, (Files{"a.old", "c.old"}));
}

TEST(NightlyCleanup, LeavesTheRestWhenItIsToStop) {
  PaperSpool spool;
  std::stop_source stop;
  stop.request_stop();
  const auto run =
      ergon::testing::execute<NightlyCleanup>({.services = {{"spool", spool}}, .stop = stop.get_token()});
  EXPECT_EQ(run.ok, 1U);
  EXPECT_EQ(spool.removed, Files{});
}

TEST(NightlyCleanup, FailsWhereThereIsNoSuchFolder) {
  Spool spool{{.folder = "/nowhere"}};
  const auto run = ergon::testing::execute<NightlyCleanup>({.services = {{"spool", spool}}});
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].type, "std::filesystem::__cxx11::filesystem_error");
}

#if !defined(ERGON_TELEMETRY_OFF)
TEST(NightlyCleanup, TellsWhatItDid) {
  PaperSpool spool;
  const auto run = ergon::testing::execute<NightlyCleanup>({.services = {{"spool", spool}}});
  EXPECT_EQ(run.spans().tree(), "NightlyCleanup.execute\n");
  EXPECT_EQ(run.logs().at(0).message, "removed 2 old files");
}
#endif

}  // namespace
