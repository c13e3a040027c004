#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <ergon/task/consumer.hpp>
#include <ergon/task/producer.hpp>
#include <ergon/task/task.hpp>
#include <ergon/task/task_context.hpp>

// The user's tasks as the compiled library calls them, without their types.
namespace ergon::inline v0::detail {

// A consumer without its types: holds the transaction at hand from `accept` to the next one.
class AnyConsumer {
 public:
  virtual ~AnyConsumer() = default;
  virtual void accept(const RawTransaction& raw) = 0;  // throws DecodeError
  virtual void process(AttemptLimits limits) = 0;
  virtual void handle_success(AttemptLimits limits) = 0;
  virtual void handle_exception(AttemptLimits limits, const TaskError& error) = 0;
  virtual void exit() = 0;
};

struct Nothing {};

template <class T>
class ConsumerOf final : public AnyConsumer {
  using Payload = typename T::PayloadType;
  using Result = typename T::ResultType;
  using Base = Consumer<Payload, Result>;
  static constexpr bool kHasResult = !std::is_void_v<Result>;

 public:
  explicit ConsumerOf(TaskContext& context)
    requires std::constructible_from<T, TaskContext&>
      : task_(context) {}
  explicit ConsumerOf(TaskContext& /*context*/) {}

  void accept(const RawTransaction& raw) override {
    transaction_.emplace(raw.id, from_json<Payload>(raw.payload), raw.metadata);
  }
  void process(AttemptLimits limits) override {
    transaction_->set_limits(std::move(limits));
    if constexpr (kHasResult) {
      result_.emplace(base().process(*transaction_));
    } else {
      base().process(*transaction_);
    }
  }
  void handle_success(AttemptLimits limits) override {
    transaction_->set_limits(std::move(limits));
    if constexpr (kHasResult) {
      base().handle_success(*transaction_, *result_);
    } else {
      base().handle_success(*transaction_);
    }
  }
  void handle_exception(AttemptLimits limits, const TaskError& error) override {
    transaction_->set_limits(std::move(limits));
    base().handle_exception(*transaction_, error);
  }
  void exit() override { base().exit(); }

 private:
  Base& base() noexcept { return task_; }  // the task may have made its overrides private

  T task_;
  std::optional<Transaction<Payload>> transaction_;
  std::optional<std::conditional_t<kHasResult, Result, Nothing>> result_;
};

// A producer without its types: keeps what it prepared, by the order of its making, until `forget`.
class AnyProducer {
 public:
  virtual ~AnyProducer() = default;
  virtual std::optional<RawTransaction> prepare() = 0;  // nothing: there is none, and none is kept
  virtual void handle_dispatched(std::size_t index, AttemptLimits limits) = 0;
  virtual void handle_dispatch_failed(std::size_t index, AttemptLimits limits, const TaskError& error) = 0;
  virtual void forget() noexcept = 0;
  virtual void exit() = 0;
};

template <class T>
class ProducerOf final : public AnyProducer {
  using Payload = typename T::ProducedType;
  using Base = Producer<Payload>;

 public:
  explicit ProducerOf(TaskContext& context)
    requires std::constructible_from<T, TaskContext&>
      : task_(context) {}
  explicit ProducerOf(TaskContext& /*context*/) {}

  std::optional<RawTransaction> prepare() override {
    std::optional<Transaction<Payload>> made = base().prepare();
    if (!made) return std::nullopt;
    RawTransaction raw{.id = made->id(), .payload = to_json(made->payload()), .metadata = made->metadata()};
    prepared_.push_back(std::move(*made));
    return raw;
  }
  void handle_dispatched(std::size_t index, AttemptLimits limits) override {
    prepared_[index].set_limits(std::move(limits));
    base().handle_dispatched(prepared_[index]);
  }
  void handle_dispatch_failed(std::size_t index, AttemptLimits limits, const TaskError& error) override {
    prepared_[index].set_limits(std::move(limits));
    base().handle_dispatch_failed(prepared_[index], error);
  }
  void forget() noexcept override { prepared_.clear(); }
  void exit() override { base().exit(); }

 private:
  Base& base() noexcept { return task_; }  // as above

  T task_;
  std::vector<Transaction<Payload>> prepared_;
};

// A plain task.
class AnyTask {
 public:
  virtual ~AnyTask() = default;
  virtual void execute(TaskContext& context) = 0;
  virtual void exit() = 0;
};

template <class T>
class TaskOf final : public AnyTask {
 public:
  explicit TaskOf(TaskContext& context)
    requires std::constructible_from<T, TaskContext&>
      : task_(context) {}
  explicit TaskOf(TaskContext& /*context*/) {}

  void execute(TaskContext& context) override { base().execute(context); }
  void exit() override { base().exit(); }

 private:
  Task& base() noexcept { return task_; }

  T task_;
};

}  // namespace ergon::inline v0::detail
