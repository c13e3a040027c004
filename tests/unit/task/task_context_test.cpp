#include <ergon/task/task_context.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ergon {
namespace {

struct Clock {  // an interface that knows nothing of services
  virtual ~Clock() = default;
  [[nodiscard]] virtual int now() const = 0;
};

struct Bank : Service {};
struct Sundial : Service, Clock {
  [[nodiscard]] int now() const override { return 12; }
};

template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "none";
}

TEST(TaskContext, FindsServicesByNameAndType) {
  TaskContext context({.task = "Orders", .execution_id = "e-1", .worker_id = 3});
  Sundial sundial;
  context.add_service("clock", sundial);
  EXPECT_EQ(&context.service<Sundial>("clock"), &sundial);
  EXPECT_EQ(&context.service<Service>("clock"), &sundial);
  EXPECT_EQ(context.service<Clock>("clock").now(), 12);
  EXPECT_EQ(context.task_name(), "Orders");
  EXPECT_EQ(context.execution_id(), "e-1");
  EXPECT_EQ(context.worker_id(), 3);
  EXPECT_FALSE(context.stop_token().stop_requested());
}

TEST(TaskContext, SaysWhichServicesThereAre) {
  TaskContext context({.task = "Orders"});
  EXPECT_EQ(message_of([&] { static_cast<void>(context.service<Bank>("bank")); }),
            "there is no service 'bank'; there are none");
  Bank bank;
  Sundial sundial;
  context.add_service("bank", bank);
  context.add_service("clock", sundial);
  EXPECT_EQ(message_of([&] { static_cast<void>(context.service<Bank>("bnk")); }),
            "there is no service 'bnk'; there is 'bank', 'clock'");
}

TEST(TaskContext, SaysOfWhichTypeAServiceIs) {
  TaskContext context({.task = "Orders"});
  Sundial sundial;
  context.add_service("clock", sundial);
  EXPECT_EQ(
      message_of([&] { static_cast<void>(context.service<Bank>("clock")); }),
      "service 'clock' is a ergon::(anonymous namespace)::Sundial, not a ergon::(anonymous namespace)::Bank");
}

}  // namespace
}  // namespace ergon
