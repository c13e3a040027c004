#pragma once

#include <ergon/config/any_options.hpp>
#include <ergon/config/description.hpp>
#include <ergon/config/for_each_member.hpp>

/// ERGON_OPTIONS(Options, timeout, currencies), inside an aggregate with at most 32 members, describes them
/// to the configuration reader: the keys are the members' names, the defaults those of `Options{}`. The
/// aggregate stays one. What members may be: description.hpp; for documentation and limits write
/// `ergon_describe` instead.
#define ERGON_OPTIONS(Type, ...)                                                                            \
  friend constexpr auto ergon_describe(::ergon::config::Tag<Type>) {                                        \
    return ::ergon::config::object("" ERGON_DETAIL_FOR_EACH_MEMBER(ERGON_DETAIL_FIELD, Type, __VA_ARGS__)); \
  }                                                                                                         \
  static_assert(true)
#define ERGON_DETAIL_FIELD(Type, member) , ::ergon::config::field<&Type::member>(#member)
