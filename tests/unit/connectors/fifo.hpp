#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace ergon::test {

/// A FIFO, gone with the object.
class Fifo {
 public:
  Fifo() {
    if (::mkdtemp(folder_.data()) == nullptr || ::mkfifo(path().c_str(), 0600) != 0) {
      throw std::runtime_error("mkfifo");
    }
  }
  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;
  ~Fifo() {
    ::unlink(path().c_str());
    ::rmdir(folder_.c_str());
  }

  [[nodiscard]] std::string path() const { return folder_ + "/fifo"; }
  /// Waits for a reader.
  [[nodiscard]] std::ofstream open_writer() const { return std::ofstream(path(), std::ios::binary); }

 private:
  std::string folder_{"/tmp/ergon_test_XXXXXX"};
};

}  // namespace ergon::test
