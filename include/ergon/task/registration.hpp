#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <ergon/config/task_config.hpp>
#include <ergon/task/any_task.hpp>
#include <ergon/task/connector.hpp>
#include <ergon/task/service.hpp>

// How the user's types reach the compiled library: as tables of functions, made here. Everything else about
// running them is in src/task.
namespace ergon::inline v0::detail {

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
consteval bool overrides_dispatched() {
  if constexpr (requires { &T::handle_dispatched; }) {
    using Owner = typename MemberClass<decltype(&T::handle_dispatched)>::Type;
    return !std::same_as<Owner, Producer<typename T::ProducedType>>;
  } else {
    return true;
  }
}

template <class T>
consteval bool overrides_dispatch_failed() {
  if constexpr (requires { &T::handle_dispatch_failed; }) {
    using Owner = typename MemberClass<decltype(&T::handle_dispatch_failed)>::Type;
    return !std::same_as<Owner, Producer<typename T::ProducedType>>;
  } else {
    return true;
  }
}

template <class T>
concept ConsumerTask = requires {
  typename T::PayloadType;
  typename T::ResultType;
} && std::derived_from<T, Consumer<typename T::PayloadType, typename T::ResultType>>;

template <class T>
concept ProducerTask =
    requires { typename T::ProducedType; } && std::derived_from<T, Producer<typename T::ProducedType>>;

template <class T>
concept PlainTask = std::derived_from<T, Task>;

template <class T>
concept TaskConstructible = std::constructible_from<T, TaskContext&> || std::default_initializable<T>;

// What the loops must know of a task's class.
struct ConsumerType {
  bool overrides_success;
  bool overrides_exception;
  std::unique_ptr<AnyConsumer> (*make)(TaskContext& context);
};

struct ProducerType {
  bool overrides_dispatched;
  bool overrides_dispatch_failed;
  std::unique_ptr<AnyProducer> (*make)(TaskContext& context);
};

struct PlainType {
  std::unique_ptr<AnyTask> (*make)(TaskContext& context);
};

template <class Base, class Of>
std::unique_ptr<Base> make_task(TaskContext& context) {
  return std::make_unique<Of>(context);
}

template <class T>
consteval void check_constructors() {
  static_assert(TaskConstructible<T>, "a task has the constructor T(ergon::TaskContext&) or T()");
}

template <class T>
ConsumerType consumer_type() {
  static_assert(ConsumerTask<T>, "a consumer derives from ergon::Consumer<Payload, Result>");
  if constexpr (ConsumerTask<T>) {
    static_assert(!std::is_abstract_v<T>, "a task overrides `process(const ergon::Transaction<Payload>&)`");
    if constexpr (!std::is_abstract_v<T>) check_constructors<T>();
    return {overrides_success<T>(), overrides_exception<T>(), &make_task<AnyConsumer, ConsumerOf<T>>};
  }
}

template <class T>
ProducerType producer_type() {
  static_assert(ProducerTask<T>, "a producer derives from ergon::Producer<Payload>");
  if constexpr (ProducerTask<T>) {
    static_assert(!std::is_abstract_v<T>, "a producer overrides `prepare()`");
    if constexpr (!std::is_abstract_v<T>) check_constructors<T>();
    return {overrides_dispatched<T>(), overrides_dispatch_failed<T>(),
            &make_task<AnyProducer, ProducerOf<T>>};
  }
}

template <class T>
PlainType plain_type() {
  static_assert(PlainTask<T>, "a plain task derives from ergon::Task");
  if constexpr (PlainTask<T>) {
    static_assert(!std::is_abstract_v<T>, "a plain task overrides `execute(ergon::TaskContext&)`");
    if constexpr (!std::is_abstract_v<T>) check_constructors<T>();
    return {&make_task<AnyTask, TaskOf<T>>};
  }
}

// What a task is: a consumer, a producer or both; or a plain one.
struct TaskRoles {
  std::optional<ConsumerType> consumer{};
  std::optional<ProducerType> producer{};
  std::optional<PlainType> plain{};
};

template <class T>
TaskRoles task_roles() {
  static_assert(ConsumerTask<T> || ProducerTask<T> || PlainTask<T>,
                "a task derives from ergon::Consumer<Payload, Result>, ergon::Producer<Payload> (or both) or "
                "ergon::Task");
  static_assert(!PlainTask<T> || !(ConsumerTask<T> || ProducerTask<T>),
                "an ergon::Task is neither a consumer nor a producer: its execute() would be one more loop");
  TaskRoles roles;
  if constexpr (ConsumerTask<T>) roles.consumer = consumer_type<T>();
  if constexpr (ProducerTask<T>) roles.producer = producer_type<T>();
  if constexpr (PlainTask<T>) roles.plain = plain_type<T>();
  return roles;
}

struct TaskType {
  std::string name;
  TaskConfig config;
  TaskRoles roles;
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

}  // namespace ergon::inline v0::detail
