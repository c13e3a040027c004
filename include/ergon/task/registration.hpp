#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <ergon/config/task_config.hpp>
#include <ergon/task/connector.hpp>
#include <ergon/task/consumer.hpp>
#include <ergon/task/service.hpp>
#include <ergon/task/task_context.hpp>

// How the user's types reach the compiled library: as tables of functions, made here. Everything else about
// running them is in src/task.
namespace ergon::detail {

// A consumer without its types: holds the transaction at hand from `accept` to the next one.
class AnyConsumer {
 public:
  virtual ~AnyConsumer() = default;
  virtual void accept(const RawTransaction& raw) = 0;  // throws DecodeError
  virtual void process() = 0;
  virtual void handle_success() = 0;
  virtual void handle_exception(const TaskError& error) = 0;
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
  void process() override {
    if constexpr (kHasResult) {
      result_.emplace(base().process(*transaction_));
    } else {
      base().process(*transaction_);
    }
  }
  void handle_success() override {
    if constexpr (kHasResult) {
      base().handle_success(*transaction_, *result_);
    } else {
      base().handle_success(*transaction_);
    }
  }
  void handle_exception(const TaskError& error) override { base().handle_exception(*transaction_, error); }
  void exit() override { base().exit(); }

 private:
  Base& base() noexcept { return task_; }  // the task may have made its overrides private

  T task_;
  std::optional<Transaction<Payload>> transaction_;
  std::optional<std::conditional_t<kHasResult, Result, Nothing>> result_;
};

template <class>
struct MemberClass;
template <class C, class F>
struct MemberClass<F C::*> {
  using Type = C;
};

// A handler belongs to the class that `&T::handler` names. It can't be named when T overrides it in private
// or overloads it: then too it is the task's own.
template <class T>
consteval bool overrides_success() {
  if constexpr (requires { &T::handle_success; }) {
    using Owner = typename MemberClass<decltype(&T::handle_success)>::Type;
    return !std::same_as<Owner, SuccessHandler<typename T::PayloadType, typename T::ResultType>>;
  } else {
    return true;
  }
}

template <class T>
consteval bool overrides_exception() {
  if constexpr (requires { &T::handle_exception; }) {
    using Owner = typename MemberClass<decltype(&T::handle_exception)>::Type;
    return !std::same_as<Owner, Consumer<typename T::PayloadType, typename T::ResultType>>;
  } else {
    return true;
  }
}

template <class T>
concept ConsumerTask = requires {
  typename T::PayloadType;
  typename T::ResultType;
} && std::derived_from<T, Consumer<typename T::PayloadType, typename T::ResultType>>;

// What the loop must know of a task's class.
struct ConsumerType {
  bool overrides_success;
  bool overrides_exception;
  std::unique_ptr<AnyConsumer> (*make)(TaskContext& context);
};

template <class T>
ConsumerType consumer_type() {
  static_assert(ConsumerTask<T>, "a task derives from ergon::Consumer<Payload, Result>");
  if constexpr (ConsumerTask<T>) {
    static_assert(!std::is_abstract_v<T>, "a task overrides `process(const ergon::Transaction<Payload>&)`");
    static_assert(std::constructible_from<T, TaskContext&> || std::default_initializable<T>,
                  "a task has the constructor T(ergon::TaskContext&) or T()");
    return {overrides_success<T>(), overrides_exception<T>(),
            [](TaskContext& context) -> std::unique_ptr<AnyConsumer> {
              return std::make_unique<ConsumerOf<T>>(context);
            }};
  }
}

struct TaskType {
  std::string name;
  TaskConfig config;
  ConsumerType consumer;
};

// A kind of service or connector the program knows: its name, its options as they are when nothing sets them
// (nothing when it has none), how to make one.
template <class Base>
struct PartType {
  std::string name;
  AnyOptions defaults;
  std::unique_ptr<Base> (*make)(const AnyOptions& options, TaskContext& context);
};
using ServiceType = PartType<Service>;
using ConnectorType = PartType<Connector>;

template <class T>
concept HasOptions = requires { typename T::Options; };

template <class T>
std::unique_ptr<T> make_with_options(const AnyOptions& given, TaskContext& context) {
  using Options = typename T::Options;
  static_assert(std::constructible_from<T, Options, TaskContext&> || std::constructible_from<T, Options>,
                "a service or connector with Options has the constructor T(Options) or T(Options, "
                "ergon::TaskContext&)");
  const Options* held = given.get_if<Options>();
  Options options = held != nullptr ? *held : Options{};
  if constexpr (std::constructible_from<T, Options, TaskContext&>) {
    return std::make_unique<T>(std::move(options), context);
  } else if constexpr (std::constructible_from<T, Options>) {
    return std::make_unique<T>(std::move(options));
  }
}

template <class T>
std::unique_ptr<T> make_without_options(TaskContext& context) {
  static_assert(std::constructible_from<T, TaskContext&> || std::default_initializable<T>,
                "a service or connector without Options has the constructor T(ergon::TaskContext&) or T()");
  if constexpr (std::constructible_from<T, TaskContext&>) {
    return std::make_unique<T>(context);
  } else if constexpr (std::default_initializable<T>) {
    return std::make_unique<T>();
  }
}

template <class Base, class T>
PartType<Base> part_type(std::string name) {
  static_assert(std::derived_from<T, Base>,
                "a service derives from ergon::Service, a connector from ergon::Connector");
  static_assert(!std::is_abstract_v<T>,
                "a service or connector overrides every pure virtual function of its bases");
  if constexpr (std::is_abstract_v<T> || !std::derived_from<T, Base>) {
    return {};
  } else if constexpr (HasOptions<T>) {
    static_assert(config::Described<typename T::Options>,
                  "name the options: ERGON_OPTIONS(Options, members…) in them");
    return {std::move(name), typename T::Options{},
            [](const AnyOptions& options, TaskContext& context) -> std::unique_ptr<Base> {
              return make_with_options<T>(options, context);
            }};
  } else {
    return {std::move(name), {}, [](const AnyOptions&, TaskContext& context) -> std::unique_ptr<Base> {
              return make_without_options<T>(context);
            }};
  }
}

}  // namespace ergon::detail
