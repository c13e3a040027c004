#include "task/task_error.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ergon {
namespace {

class NoRoute : public SystemError {
 public:
  using SystemError::SystemError;
};

template <class Exception>
TaskError describe(const Exception& exception) {
  try {
    throw exception;
  } catch (...) {
    return detail::describe_current_exception("t-1");
  }
}

TEST(TaskError, KeepsKindTypeMessageAndTransaction) {
  const TaskError error = describe(BusinessError("amount must be positive"));
  EXPECT_EQ(error.kind, ErrorKind::business);
  EXPECT_EQ(error.type, "ergon::BusinessError");
  EXPECT_EQ(error.message, "amount must be positive");
  EXPECT_EQ(error.transaction_id, "t-1");
  EXPECT_THROW(std::rethrow_exception(error.cause), BusinessError);
}

TEST(TaskError, KnowsTheKinds) {
  EXPECT_EQ(describe(SystemError("")).kind, ErrorKind::system);
  EXPECT_EQ(describe(TimeoutError("")).kind, ErrorKind::timeout);
  EXPECT_EQ(describe(DecodeError("")).kind, ErrorKind::business);
}

TEST(TaskError, CountsForeignExceptionsAsSystemErrors) {
  const TaskError standard = describe(std::out_of_range("index"));
  EXPECT_EQ(standard.kind, ErrorKind::system);
  EXPECT_EQ(standard.type, "std::out_of_range");
  const TaskError number = describe(17);
  EXPECT_EQ(number.kind, ErrorKind::system);
  EXPECT_EQ(number.type, "int");
  EXPECT_EQ(number.message, "");
}

template <class T>
struct Refused : BusinessError {
  using BusinessError::BusinessError;
};

template <class Exception>
TaskError describe_nested(const Exception& exception) {
  try {
    try {
      throw 17;
    } catch (...) {
      std::throw_with_nested(exception);
    }
  } catch (...) {
    return detail::describe_current_exception("t-1");
  }
}

TEST(TaskError, LooksThroughNestedExceptions) {
  const TaskError error = describe_nested(BusinessError("refused"));
  EXPECT_EQ(error.kind, ErrorKind::business);
  EXPECT_EQ(error.type, "ergon::BusinessError");
  const auto of_template = Refused<std::vector<int>>("refused");
  EXPECT_EQ(describe_nested(of_template).type, describe(of_template).type);
}

TEST(TaskError, HasAReasonInAnyCase) {
  EXPECT_EQ(detail::reason_of(describe(SystemError("away"))), "away");
  EXPECT_EQ(detail::reason_of(describe(17)), "int");
  EXPECT_EQ(detail::had_by("connector 'orders'", describe(17)).message, "connector 'orders': int");
}

TEST(TaskError, NamesTheDynamicType) {
  const TaskError error = describe(NoRoute("to the bank"));
  EXPECT_EQ(error.kind, ErrorKind::system);
  EXPECT_EQ(error.type, "ergon::(anonymous namespace)::NoRoute");
}

}  // namespace
}  // namespace ergon
