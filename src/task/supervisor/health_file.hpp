#pragma once

#include <string>

namespace ergon::inline v0::detail {

/// A file that is there while a run is well: written beside and moved into its place, so that whoever reads
/// it finds a whole one. Gone with this object.
class HealthFile {
 public:
  explicit HealthFile(std::string path) : path_(std::move(path)) {}
  HealthFile(const HealthFile&) = delete;
  HealthFile& operator=(const HealthFile&) = delete;
  ~HealthFile() { remove(); }

  /// Answers why it could not be written; empty if it was, or is not to be there.
  std::string show(bool is_healthy, const std::string& body);

 private:
  void remove() const noexcept;

  std::string path_;
};

}  // namespace ergon::inline v0::detail
