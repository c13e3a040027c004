#include "integration/delivery/fault_proxy.hpp"

#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace ergon::test {
namespace {

void drop_all_that_comes(int socket) {
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{.len = 1, .filter = &nothing};
  ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

}  // namespace

FaultProxy::Plans first_links(std::size_t count, const LinkPlan& plan) {
  return [count, plan](std::size_t connection) { return connection < count ? plan : LinkPlan{}; };
}

FaultProxy::FaultProxy(std::uint16_t backend_port, Plans plans)
    : backend_port_(backend_port),
      plans_(std::move(plans)),
      stop_event_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { run(); }) {}

FaultProxy::~FaultProxy() {
  ::eventfd_write(stop_event_.get(), 1);
  thread_.join();
}

void FaultProxy::run() {
  for (;;) {
    std::vector<pollfd> watched{{stop_event_.get(), POLLIN, 0}, {listener_.descriptor(), POLLIN, 0}};
    for (const Link& link : links_) {  // -1 is ignored
      watched.push_back({link.is_read() ? link.client.get() : -1, POLLIN, 0});
      watched.push_back({link.is_struck ? -1 : link.backend.get(), POLLIN, 0});
    }
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    if (watched[0].revents != 0) return;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const bool from_client = watched[2 + 2 * i].revents != 0;
      const bool from_backend = watched[3 + 2 * i].revents != 0;
      if (!links_[i].pass(from_client, from_backend)) links_[i] = {};
    }
    std::erase_if(links_, [](const Link& link) { return !link.client; });
    if (watched[1].revents != 0) accept_one();
  }
}

void FaultProxy::accept_one() {
  Link link{.client = listener_.accept(), .backend = {}, .plan = {}};
  if (!link.client) return;
  link.plan = plans_(connections_++);
  const bool strikes_at_once = link.plan.after_requests == 0 || link.plan.after_answers == 0;
  if (strikes_at_once ? !link.strike() : !(link.backend = connect_to_loopback(backend_port_))) return;
  links_.push_back(std::move(link));
}

bool FaultProxy::Link::pass(bool from_client, bool from_backend) {
  if (from_client && !pass_request()) return false;
  return !from_backend || is_struck || pass_answer();
}

bool FaultProxy::Link::pass_request() {
  std::array<char, 65'536> chunk;
  const ssize_t size = ::recv(client.get(), chunk.data(), chunk.size(), 0);
  if (size <= 0) return false;
  if (is_struck) return true;  // swallowed
  const std::size_t passed = std::min(static_cast<std::size_t>(size), plan.after_requests - requests);
  requests += passed;
  if (!send_all(backend.get(), {chunk.data(), passed})) return false;
  return requests < plan.after_requests || strike();
}

bool FaultProxy::Link::pass_answer() {
  std::array<char, 65'536> chunk;
  const ssize_t size = ::recv(backend.get(), chunk.data(), chunk.size(), 0);
  if (size <= 0) return false;
  const std::size_t passed = std::min(static_cast<std::size_t>(size), plan.after_answers - answers);
  answers += passed;
  if (!send_answer({chunk.data(), passed})) return false;
  return answers < plan.after_answers || strike();
}

bool FaultProxy::Link::send_answer(std::string_view bytes) const {
  if (!plan.answers_byte_by_byte) return send_all(client.get(), bytes);
  const int yes = 1;
  ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  for (; !bytes.empty(); bytes.remove_prefix(1)) {
    if (!send_all(client.get(), bytes.substr(0, 1))) return false;
  }
  return true;
}

bool FaultProxy::Link::strike() {
  is_struck = true;
  switch (plan.fault) {
    case LinkFault::none:
      is_struck = false;
      return true;
    case LinkFault::resets:
      reset_at_close(client.get());
      return false;
    case LinkFault::closes:
      return false;
    case LinkFault::vanishes:
      drop_all_that_comes(client.get());
      backend.reset();
      return true;
    case LinkFault::stalls:
    case LinkFault::swallows:
      break;
  }
  return true;
}

}  // namespace ergon::test
