#pragma once

#include <string>
#include <system_error>

#include <ergon/task/errors.hpp>

namespace ergon::inline v0::detail {

/// Throws what went wrong with a file, for people: `cannot open orders.jsonl: No such file or directory`.
[[noreturn]] inline void throw_file_error(const char* doing, const std::string& path, int error) {
  throw SystemError(std::string("cannot ") + doing + " " + path + ": " +
                    std::generic_category().message(error));
}

}  // namespace ergon::inline v0::detail
