#include "connectors/jsonl/claims_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "connectors/jsonl/file_error.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr mode_t kMode = 0666;  // less the umask
constexpr off_t kTableByte = 0;
constexpr off_t kFirstOwnerByte = 1;
constexpr off_t kSize = sizeof(ClaimTable);

int open_file(const std::string& path) {
  const int descriptor = path.empty()
                             ? ::memfd_create("ergon-claims", MFD_CLOEXEC)
                             : ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, kMode);
  if (descriptor < 0) throw_file_error("open", path, errno);
  return descriptor;
}

off_t byte_of(std::size_t owner) { return kFirstOwnerByte + static_cast<off_t>(owner); }

}  // namespace

ClaimsFile::ClaimsFile(const std::string& path) : path_(path), descriptor_(open_file(path)) {
  try {
    lock();
    prepare();
    unlock();
  } catch (...) {
    ::close(descriptor_);  // and with it the lock
    throw;
  }
}

// The locks go here, not with the descriptor, of which a forked child may have a copy.
ClaimsFile::~ClaimsFile() {
  struct flock all{};
  all.l_type = F_UNLCK;
  all.l_whence = SEEK_SET;
  ::fcntl(descriptor_, F_OFD_SETLK, &all);
  ::munmap(table_, sizeof(ClaimTable));
  ::close(descriptor_);
}

// All of a file with a name is allocated beforehand: on a full disk the memory would end the process.
void ClaimsFile::prepare() {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) throw_file_error("open", path_, errno);
  if (!S_ISREG(status.st_mode) || (status.st_size != 0 && status.st_size != kSize))
    throw SystemError("cannot keep offsets in " + path_ + ": it is something else");
  if (::ftruncate(descriptor_, kSize) != 0) throw_file_error("write to", path_, errno);
  if (!path_.empty()) {
    if (const int error = ::posix_fallocate(descriptor_, 0, kSize); error != 0)
      throw_file_error("write to", path_, error);
  }
  void* const memory = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
  if (memory == MAP_FAILED) throw_file_error("map", path_, errno);
  table_ = static_cast<ClaimTable*>(memory);
}

bool ClaimsFile::set_lock(int command, short type, off_t byte) const noexcept {
  struct flock range{};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = byte;
  range.l_len = 1;
  int result = 0;
  do {
    result = ::fcntl(descriptor_, command, &range);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

void ClaimsFile::lock() {
  if (!set_lock(F_OFD_SETLKW, F_WRLCK, kTableByte)) throw_file_error("lock", path_, errno);
}

void ClaimsFile::unlock() noexcept { static_cast<void>(set_lock(F_OFD_SETLK, F_UNLCK, kTableByte)); }

bool ClaimsFile::try_hold(std::size_t owner) {
  if (set_lock(F_OFD_SETLK, F_WRLCK, byte_of(owner))) return true;
  if (errno != EAGAIN && errno != EACCES) throw_file_error("lock", path_, errno);
  return false;
}

bool ClaimsFile::is_held(std::size_t owner) const {
  struct flock range{};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = byte_of(owner);
  range.l_len = 1;
  if (::fcntl(descriptor_, F_OFD_GETLK, &range) != 0) throw_file_error("lock", path_, errno);
  return range.l_type != F_UNLCK;
}

}  // namespace ergon::inline v0::detail
