#include <ergon/testing/connector_trial.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "task/trial_check.hpp"

namespace ergon::inline v0::testing {
namespace {

using namespace detail;  // NOLINT: of this file's other half

void delivers_each_once(Check& check) {
  const Transactions filled = check.fill();
  const auto connector = check.open();
  const Transactions fetched = check.drain(*connector);
  check.compare(filled, fetched);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < fetched.size(); ++i) {
    const RawTransaction& one = fetched[i];
    check.expect(ids.insert(one.id).second, "the id '" + one.id + "' is not unique");
    check.expect(one.defect.empty(), one.payload + " has a defect: " + one.defect);
    check.expect(one.deliveries == 1, one.payload + " was not delivered before, and says so");
    if (i >= filled.size()) continue;
    if (check.trial().is_ordered && one.payload != filled[i].payload)
      check.fault(one.payload + " came where " + filled[i].payload + " should have come");
  }
  check.expect(connector->fetch(1).empty(), "there is more after the end");
  connector->exit();
}

void keeps_ids(Check& check) {
  const Transactions filled = check.fill();
  const auto connector = check.open();
  std::map<std::string, RawTransaction> fetched;
  for (RawTransaction& one : check.drain(*connector)) fetched[one.payload] = std::move(one);
  for (const RawTransaction& one : filled) {
    check.expect(fetched[one.payload].id == one.id, one.payload + " came with another id");
    check.expect(fetched[one.payload].metadata == one.metadata, one.payload + " came with other metadata");
  }
  connector->exit();
}

void settles_for_good(Check& check) {
  check.fill();
  const auto connector = check.open();
  for (const RawTransaction& one : connector->fetch(kLimit)) connector->nack(one, Requeue::no);
  check.expect(check.drain(*connector).size() == kFilled - kLimit,
               "what was nacked for good is not gone, or not alone");
  connector->exit();
}

void delivers_again(Check& check) {
  const Transactions filled = check.fill();
  const auto connector = check.open();
  std::set<std::string> nacked;
  Transactions all;
  for (RawTransaction& one : connector->fetch(kLimit)) {
    const bool comes_again = nacked.size() < 3;
    comes_again ? connector->nack(one, Requeue::yes) : connector->ack(one);
    comes_again ? static_cast<void>(nacked.insert(one.payload)) : all.push_back(std::move(one));
  }
  for (RawTransaction& one : check.drain(*connector)) {
    if (nacked.contains(one.payload))
      check.expect(one.deliveries > 1, one.payload + " came again, and its deliveries do not say so");
    all.push_back(std::move(one));
  }
  check.compare(filled, all);
  connector->exit();
}

// The object goes without exit, as one of a process that dies.
void outlives_the_object(Check& check) {
  const Transactions filled = check.fill();
  Transactions settled;
  std::set<std::string> unsettled;
  {
    const auto connector = check.open();
    for (RawTransaction& one : connector->fetch(kLimit)) {
      if (settled.size() == 2) {
        unsettled.insert(one.payload);
      } else {
        connector->ack(one);
        settled.push_back(std::move(one));
      }
    }
  }
  const auto connector = check.open();
  for (RawTransaction& one : check.drain(*connector)) {
    if (unsettled.contains(one.payload))
      check.expect(one.deliveries > 1, one.payload + " came again, and its deliveries do not say so");
    settled.push_back(std::move(one));
  }
  check.compare(filled, settled);
  connector->exit();
}

void serves_four_threads(Check& check) {
  constexpr std::size_t kThreads = 4;
  const Transactions filled = check.fill(100 * kFilled);
  const auto connector = check.open();
  std::array<Transactions, kThreads> fetched;
  std::array<std::exception_ptr, kThreads> errors;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        try {
          std::vector<std::string> ignored;
          fetched[i] = Check(check.trial(), "", ignored).drain(*connector);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      });
    }
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  Transactions all;
  for (Transactions& some : fetched) all.insert(all.end(), some.begin(), some.end());
  check.compare(filled, all);
  connector->exit();
}

void takes_what_is_dispatched(Check& check) {
  check.fill(0);
  const Transactions sent = numbered(kFilled);
  auto connector = check.trial().make_sender ? check.open_sender() : check.open();
  connector->dispatch(sent);
  if (check.trial().make_sender) {
    connector->exit();
    connector = check.open();
  }
  Transactions fetched = check.drain(*connector);
  check.compare(sent, fetched);
  for (std::size_t i = 0; i < std::min(sent.size(), fetched.size()); ++i) {
    const Metadata& metadata = fetched[i].metadata;
    check.expect(metadata.contains("traceparent") && metadata.at("traceparent") == "00-1",
                 fetched[i].payload + " came without its metadata");
  }
  connector->exit();
}

void keeps_dead_letters(Check& check) {
  check.fill();
  const auto connector = check.open();
  auto batch = connector->fetch(1);
  if (batch.size() != 1) return check.fault("there is none to give up");
  RawTransaction letter = batch[0];
  letter.metadata["reason"] = "a trial";
  const bool is_kept = connector->dead_letter(letter);
  connector->nack(batch[0], Requeue::no);
  const auto letters = connector->dead_letters();
  if (!check.trial().has_dead_letters) {
    return check.expect(!is_kept && !letters, "it should have no place for dead letters, and has");
  }
  check.expect(is_kept, "dead_letter did not take one");
  if (!letters) return check.fault("there is nothing that fetches dead letters");
  letters->init();
  const Transactions fetched = check.drain(*letters);
  check.compare(batch, fetched);
  if (!fetched.empty()) {
    check.expect(fetched[0].id == letter.id, "the dead letter came with another id");
    check.expect(fetched[0].metadata == letter.metadata, "the dead letter came with other metadata");
  }
  letters->exit();
  connector->exit();
}

void finds_ids(Check& check) {
  check.fill();
  const auto connector = check.open();
  const auto first = connector->fetch(1);
  if (first.size() != 1) return check.fault("there is none");
  connector->nack(first[0], Requeue::yes);
  const auto found = connector->fetch_by_id(first[0].id);
  if (!found) {
    check.fault("'" + first[0].id + "' was not found by its id");
  } else {
    check.expect(found->id == first[0].id && found->payload == first[0].payload,
                 "another one was found by the id '" + first[0].id + "'");
    connector->ack(*found);
  }
  check.expect(!connector->fetch_by_id("no such id"), "something was found by an id that there is not");
  connector->exit();
}

void counts(Check& check) {
  check.fill();
  const auto connector = check.open();
  const auto before = connector->count();
  if (!before) return connector->exit();
  check.expect(*before == kFilled, "count says " + std::to_string(*before) + " of 20");
  const auto batch = connector->fetch(kLimit);
  const auto after = connector->count();
  check.expect(after && *after == kFilled - batch.size(), "count does not go down by what was fetched");
  for (const RawTransaction& one : batch) connector->ack(one);
  check.drain(*connector);
  check.expect(connector->count() == std::uint64_t{0}, "count is not 0 at the end");
  connector->exit();
}

void opens_and_closes(Check& check) {
  check.fill();
  {
    const auto connector = check.open();
    const ConnectorHealth health = connector->health();
    check.expect(health.is_healthy, "is not healthy after init: " + health.reason);
    check.expect(connector->fetch(0).empty(), "fetch(0) returned something");
    connector->exit();
  }
  const auto connector = check.open();
  check.expect(check.drain(*connector).size() == kFilled, "the second to be opened does not fetch them all");
  connector->exit();
}

struct Named {
  std::string_view name;
  void (*run)(Check&);
  bool applies;
};

}  // namespace

std::vector<std::string> connector_faults(const ConnectorTrial& trial) {
  const Named checks[] = {
      {"delivery", delivers_each_once, true},
      {"ids and metadata", keeps_ids, trial.keeps_ids},
      {"nack for good", settles_for_good, true},
      {"nack to come again", delivers_again, true},
      {"what was not settled", outlives_the_object, trial.is_durable},
      {"four threads", serves_four_threads, true},
      {"dispatch", takes_what_is_dispatched, trial.dispatches || trial.make_sender},
      {"dead letters", keeps_dead_letters, true},
      {"fetch by id", finds_ids, trial.fetches_by_id},
      {"count", counts, true},
      {"init and exit", opens_and_closes, true},
  };
  std::vector<std::string> faults;
  for (const Named& check : checks) {
    if (!check.applies) continue;
    Check run(trial, check.name, faults);
    try {
      check.run(run);
    } catch (const std::exception& error) {
      run.fault(std::string("threw ") + error.what());
    } catch (...) {
      run.fault("threw what is no std::exception");
    }
  }
  return faults;
}

}  // namespace ergon::inline v0::testing
