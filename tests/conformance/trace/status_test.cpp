#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "conformance/trace/recorded.hpp"

// trace/api.md#set-status: Ok > Error > Unset, and a description for Error only.
namespace ergon::test {
namespace {

using Steps = std::vector<std::pair<StatusCode, std::string>>;
using ProtoStatus = proto::trace::v1::Status;

// What a span says at last, of both kinds alike.
ProtoStatus status_after(const Steps& steps) {
  MemorySession session;
  const Tracer tracer = get_tracer("conformance.status");
  {
    auto scoped = tracer.scoped_span("scoped");
    auto movable = tracer.start_span("movable");
    for (const auto& [code, description] : steps) {
      scoped.set_status(code, description);
      movable.set_status(code, description);
    }
  }
  const auto spans = spans_of(session);
  EXPECT_EQ(spans.size(), 2U);
  if (spans.size() != 2) return {};
  EXPECT_EQ(spans[0].status().code(), spans[1].status().code());
  EXPECT_EQ(spans[0].status().message(), spans[1].status().message());
  return spans[0].status();
}

TEST(SetStatus, IsUnsetByDefault) { EXPECT_EQ(status_after({}).code(), ProtoStatus::STATUS_CODE_UNSET); }

TEST(SetStatus, KeepsTheDescriptionOfAnError) {
  const ProtoStatus status = status_after({{StatusCode::error, "declined"}});
  EXPECT_EQ(status.code(), ProtoStatus::STATUS_CODE_ERROR);
  EXPECT_EQ(status.message(), "declined");
}

TEST(SetStatus, IgnoresTheDescriptionOfOkAndUnset) {
  const ProtoStatus ok = status_after({{StatusCode::ok, "fine"}});
  EXPECT_EQ(ok.code(), ProtoStatus::STATUS_CODE_OK);
  EXPECT_EQ(ok.message(), "");
  const ProtoStatus unset = status_after({{StatusCode::unset, "nothing"}});
  EXPECT_EQ(unset.code(), ProtoStatus::STATUS_CODE_UNSET);
  EXPECT_EQ(unset.message(), "");
}

TEST(SetStatus, IgnoresAnyAttemptAfterOk) {
  const ProtoStatus status =
      status_after({{StatusCode::ok, ""}, {StatusCode::error, "late"}, {StatusCode::unset, ""}});
  EXPECT_EQ(status.code(), ProtoStatus::STATUS_CODE_OK);
  EXPECT_EQ(status.message(), "");
}

TEST(SetStatus, LetsOkOverrideAnErrorAndItsDescription) {
  const ProtoStatus status = status_after({{StatusCode::error, "first"}, {StatusCode::ok, ""}});
  EXPECT_EQ(status.code(), ProtoStatus::STATUS_CODE_OK);
  EXPECT_EQ(status.message(), "");
}

TEST(SetStatus, IgnoresUnsetAfterAnError) {
  const ProtoStatus status = status_after({{StatusCode::error, "stays"}, {StatusCode::unset, ""}});
  EXPECT_EQ(status.code(), ProtoStatus::STATUS_CODE_ERROR);
  EXPECT_EQ(status.message(), "stays");
}

TEST(SetStatus, LetsTheLastErrorWin) {
  EXPECT_EQ(status_after({{StatusCode::error, "first"}, {StatusCode::error, "second"}}).message(), "second");
}

}  // namespace
}  // namespace ergon::test
