#include "support/spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace ergon::test {
namespace {

void check(bool is_good, const std::string& what) {
  if (!is_good) throw std::system_error(errno, std::generic_category(), what);
}

void check_spawn(int error, const std::string& what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

struct Ends {
  OwnedDescriptor ours;
  OwnedDescriptor theirs;
};

Ends input_ends() {
  int pair[2];
  check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
  return {OwnedDescriptor(pair[0]), OwnedDescriptor(pair[1])};
}

Ends output_ends() {
  int pair[2];
  check(::pipe2(pair, O_CLOEXEC) == 0, "pipe2");
  Ends ends{OwnedDescriptor(pair[0]), OwnedDescriptor(pair[1])};
  check(::fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0, "fcntl");
  return ends;
}

class FileActions {
 public:
  FileActions() { check_spawn(::posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init"); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void duplicate(const OwnedDescriptor& from, int to) {
    check_spawn(::posix_spawn_file_actions_adddup2(&actions_, from.get(), to), "adddup2");
  }
  void change_directory(const std::filesystem::path& path) {
    if (path.empty()) return;
    check_spawn(::posix_spawn_file_actions_addchdir_np(&actions_, path.c_str()), "addchdir");
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

// A fresh start: no signal blocked, none ignored, whatever the test program did with its own.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    check_spawn(::posix_spawnattr_init(&attributes_), "posix_spawnattr_init");
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

std::vector<std::string> environment_of(const ChildProcessOptions& options) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string name(text.substr(0, text.find('=')));
    const bool is_unset =
        std::ranges::find(options.unset_environment, name) != options.unset_environment.end();
    if (!is_unset && !options.environment.contains(name)) entries.emplace_back(text);
  }
  for (const auto& [name, value] : options.environment) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

SpawnedChild spawn(const ChildProcessOptions& options) {
  if (options.arguments.empty()) throw std::invalid_argument("a child process needs a program");
  Ends input = input_ends();
  Ends output = output_ends();
  Ends errors = output_ends();
  FileActions actions;
  actions.duplicate(input.theirs, 0);
  actions.duplicate(output.theirs, 1);
  actions.duplicate(errors.theirs, 2);
  actions.change_directory(options.working_directory);
  const SpawnAttributes attributes;
  auto arguments = options.arguments;
  auto environment = environment_of(options);
  SpawnedChild child;
  check_spawn(::posix_spawnp(&child.pid, arguments[0].c_str(), actions.get(), attributes.get(),
                             pointers(arguments).data(), pointers(environment).data()),
              "starting " + arguments[0]);
  child.input = std::move(input.ours);
  child.output = std::move(output.ours);
  child.errors = std::move(errors.ours);
  return child;
}

}  // namespace ergon::test
