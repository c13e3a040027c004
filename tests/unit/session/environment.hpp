#pragma once

#include <stdlib.h>

#include <string>

namespace ergon::test {

/// Sets an environment variable for a scope. While no other thread reads the environment.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    setenv(name_.c_str(), value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { unsetenv(name_.c_str()); }

 private:
  std::string name_;
};

}  // namespace ergon::test
