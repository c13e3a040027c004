#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace ergon::inline v0::detail {

/// What the supervisor tells its reporter, as it goes through the socket between them: a packet.
struct SupervisorEvent {
  enum class Kind : std::uint8_t {
    started,    // a worker process, for the first time or again
    ended,      // one that had nothing more to do
    died,       // one that was not to
    recycled,   // one that had done as much as it may
    unhealthy,  // one that is asked to stop, since it does not get on
    killed,     // one that did not stop
    given_up,   // one that has died too often
    listening,  // the health port, in `number`
  };

  Kind kind{Kind::started};
  bool is_restart{false};
  std::int32_t worker{0};
  std::int32_t pid{0};
  std::int32_t signal{0};     // that it died of; 0: it exited
  std::int32_t exit_code{0};  // where it exited
  std::uint32_t in_flight{0};
  std::uint32_t number{0};
  std::array<char, 200> why{};

  void set_why(std::string_view text) noexcept {
    why = {};
    text.copy(why.data(), why.size() - 1);
  }
};
static_assert(std::is_trivially_copyable_v<SupervisorEvent>);

}  // namespace ergon::inline v0::detail
