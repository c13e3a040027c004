#include "connectors/jsonl/line_writer.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "connectors/jsonl/file_error.hpp"

namespace ergon::inline v0::detail {

namespace {

constexpr mode_t kMode = 0666;  // less the umask

// Not waited for: a FIFO without a reader is refused like anything else that is no file.
int open_file(const std::string& path) {
  constexpr int kFlags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK;
  const int descriptor = ::open(path.c_str(), kFlags, kMode);
  if (descriptor < 0) throw_file_error("open", path, errno);
  return descriptor;
}

}  // namespace

// The threads of this process wait at the mutex, as they share the descriptor, others at the file's own lock.
class LineWriter::Lock {
 public:
  explicit Lock(LineWriter& writer) : guard_(writer.mutex_), descriptor_(writer.descriptor_) {
    while (::flock(descriptor_, LOCK_EX) != 0) {
      if (errno != EINTR) throw_file_error("lock", writer.path_, errno);
    }
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { ::flock(descriptor_, LOCK_UN); }

 private:
  std::lock_guard<std::mutex> guard_;
  int descriptor_;
};

LineWriter::LineWriter(const std::string& path) : path_(path), descriptor_(open_file(path)) {
  struct stat status{};
  if (::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)) return;
  ::close(descriptor_);
  throw SystemError("cannot append to " + path + ": it is no regular file");
}

LineWriter::~LineWriter() { ::close(descriptor_); }

void LineWriter::append(std::string_view lines) {
  const Lock lock(*this);
  const off_t before = size();
  const bool is_written = (!is_torn(before) || write_all("\n")) && write_all(lines);
  if (is_written) return;
  const int error = errno;
  const bool is_taken_back = ::ftruncate(descriptor_, before) == 0;
  throw_file_error(is_taken_back ? "append to" : "append wholly to", path_, error);
}

off_t LineWriter::size() const {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) throw_file_error("append to", path_, errno);
  return status.st_size;
}

// Whoever wrote the last line died of it: what comes now must not become a part of that.
bool LineWriter::is_torn(off_t size) const {
  char last = '\n';
  return size > 0 && ::pread(descriptor_, &last, 1, size - 1) == 1 && last != '\n';
}

bool LineWriter::write_all(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written == 0) errno = ENOSPC;
    if (written == 0 || (written < 0 && errno != EINTR)) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace ergon::inline v0::detail
