#include <array>
#include <numeric>

#include "integration/signal_checks.hpp"

namespace ergon::test {
namespace {

using nlohmann::json;

constexpr std::array kSignals{"spans", "logs", "metric_points"};

std::uint64_t dropped_in_all(const json& counts) {
  std::uint64_t sum = 0;
  for (const json& count : counts.at("dropped")) sum += count.get<std::uint64_t>();
  return sum;
}

void check_closes(const json& counts, const std::string& where, Complaints& complaints) {
  std::uint64_t sum = dropped_in_all(counts);
  for (const char* part : {"sampled_out", "delivered", "rejected", "queued"})
    sum += counts.at(part).get<std::uint64_t>();
  complaints.expect(counts.at("created") == sum, where, "does not close: " + counts.dump());
  complaints.expect(counts.at("queued") == 0, where, "is still queued");
}

}  // namespace

Complaints check_books(const json& summary) {
  Complaints complaints;
  for (const char* signal : kSignals) {
    const json& counts = summary.at("signals").at(signal);
    check_closes(counts, signal, complaints);
    for (const auto& [name, of_destination] : counts.at("destinations").items()) {
      check_closes(of_destination, std::string(signal) + " at " + name, complaints);
      complaints.expect(of_destination.at("delivered") <= counts.at("delivered"), name,
                        "took more than was delivered");
    }
  }
  return complaints;
}

std::uint64_t delivered(const json& summary, const char* signal) {
  return summary.at("signals").at(signal).at("delivered").get<std::uint64_t>();
}

std::uint64_t dropped(const json& summary, const char* signal, const char* reason) {
  return summary.at("signals").at(signal).at("dropped").value(reason, std::uint64_t{0});
}

Complaints check_all_delivered(const json& summary, const Arrived& arrived) {
  Complaints complaints = check_books(summary);
  const std::array counted{arrived.spans.size(), arrived.logs.size(), arrived.metric_points()};
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    const json& counts = summary.at("signals").at(kSignals[i]);
    complaints.expect(counts.at("rejected") == 0 && dropped_in_all(counts) == 0, kSignals[i],
                      "lost: " + counts.dump());
    complaints.expect(counts.at("delivered") == counted[i], kSignals[i],
                      std::to_string(counted[i]) + " arrived of " + counts.dump());
    for (const auto& [name, of_destination] : counts.at("destinations").items()) {
      complaints.expect(of_destination.at("delivered") == counted[i], name, of_destination.dump());
    }
  }
  return complaints;
}

}  // namespace ergon::test
