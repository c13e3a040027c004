#include "connectors/jsonl/line_count.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/jsonl/file_error.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::size_t kPiece = 256U << 10U;
constexpr std::uint64_t kMostACall = 64U << 20U;

}  // namespace

LineCount::LineCount(int descriptor, std::string path, LinePosition begin)
    : descriptor_(descriptor), path_(std::move(path)), counted_(begin) {}

std::optional<std::uint64_t> LineCount::lines_until(std::uint64_t end) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t until = std::min(end, counted_.offset + kMostACall);
  std::vector<char> piece(counted_.offset < until ? kPiece : 0);
  while (counted_.offset < until) {
    const auto size = std::min<std::uint64_t>(piece.size(), until - counted_.offset);
    const ssize_t got = ::pread(descriptor_, piece.data(), size, static_cast<off_t>(counted_.offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_file_error("read", path_, errno);
    if (got == 0) break;
    counted_.lines += static_cast<std::uint64_t>(std::count(piece.data(), piece.data() + got, '\n'));
    counted_.offset += static_cast<std::uint64_t>(got);
  }
  if (counted_.offset < end) return std::nullopt;
  return counted_.lines + last_line(end);
}

// As LineReader has it: one without a newline is one more, an empty one is none.
std::uint64_t LineCount::last_line(std::uint64_t end) const {
  char bytes[3] = {'\n', '\n', '\n'};  // as if the file began after a newline
  const std::uint64_t size = std::min<std::uint64_t>(end, sizeof bytes);
  const ssize_t got = ::pread(descriptor_, std::end(bytes) - size, size, static_cast<off_t>(end - size));
  if (got != static_cast<ssize_t>(size) || size == 0) return 0;
  const std::string_view tail(bytes, sizeof bytes);
  if (!tail.ends_with('\n')) return 1;
  const bool is_empty = tail.ends_with("\n\n") || tail == "\n\r\n";
  return is_empty ? ~std::uint64_t{0} : 0;
}

}  // namespace ergon::inline v0::detail
