#pragma once

// What a header that only passes descriptions on has to know of them (description.hpp has the rest), as every
// user of Ergon compiles it.
namespace ergon::inline v0::config {

struct TypeDescription;

/// Types refer to each other by function, because a type may contain itself (a sampler its root sampler).
using TypeFunction = const TypeDescription& (*)() noexcept;

/// Stands for T where a function is chosen by type.
template <class T>
struct Tag {};

/// A type with a description of its own.
template <class T>
concept Described = requires(Tag<T> tag) { ergon_describe(tag); };

/// The description of T: a constant, the same object for every call, so that its address identifies T
/// (between shared libraries too, if T is visible to both).
template <class T>
[[nodiscard, gnu::visibility("default")]] const TypeDescription& type_of() noexcept;

}  // namespace ergon::inline v0::config
