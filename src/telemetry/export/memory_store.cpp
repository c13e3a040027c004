#include "telemetry/export/memory_store.hpp"

#include <map>
#include <mutex>

namespace ergon::inline v0::telemetry {

namespace {

struct AllStores {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<MemoryStore>, std::less<>> named;  // guarded by mutex
  std::size_t bytes{0};                                                    // guarded by mutex
};

AllStores& all_stores() {
  static auto* const kStores = new AllStores;  // never destroyed
  return *kStores;
}

// No fork can find the guard above held.
[[maybe_unused]] const AllStores* const kMadeAtLoad = &all_stores();

}  // namespace

MemoryStore::~MemoryStore() {
  const std::lock_guard guard(all_stores().mutex);
  all_stores().bytes -= bytes_;
}

std::shared_ptr<MemoryStore> MemoryStore::named(std::string_view name) {
  AllStores& stores = all_stores();
  const std::lock_guard guard(stores.mutex);
  auto found = stores.named.find(name);
  if (found == stores.named.end()) found = stores.named.emplace(name, std::make_shared<MemoryStore>()).first;
  return found->second;
}

bool MemoryStore::try_add(Signal signal, std::string_view request) {
  AllStores& stores = all_stores();
  const std::lock_guard guard(stores.mutex);
  if (stores.bytes + request.size() > kMostBytes) return false;
  requests_.emplace_back(signal, request);
  bytes_ += request.size();
  stores.bytes += request.size();
  return true;
}

MemoryStore::Requests MemoryStore::requests() const {
  const std::lock_guard guard(all_stores().mutex);
  return requests_;
}

MemoryStore::Requests MemoryStore::take() {
  const std::lock_guard guard(all_stores().mutex);
  all_stores().bytes -= std::exchange(bytes_, 0);
  return std::exchange(requests_, {});
}

void MemoryStore::lock_for_fork() { all_stores().mutex.lock(); }
void MemoryStore::unlock_after_fork() { all_stores().mutex.unlock(); }

}  // namespace ergon::inline v0::telemetry
