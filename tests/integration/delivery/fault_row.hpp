#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "integration/delivery/counted_records.hpp"
#include "integration/delivery/driver_order.hpp"

namespace ergon::test {

/// A backend, with what is between it and the program, that does one thing wrong.
class FaultBackend {
 public:
  virtual ~FaultBackend() = default;

  /// Why it can't be had on this machine; empty: it can.
  [[nodiscard]] virtual std::string missing() const { return {}; }
  /// Fills in where it is, and how it is reached.
  virtual void direct(DriverOrder& order) = 0;
  /// While the program waits between its bursts, where the row's order says that it does.
  virtual void at_half() {}
  virtual Arrivals arrived() = 0;
  /// That the program opened to it.
  [[nodiscard]] virtual std::size_t connections() const { return 0; }
  /// What else went wrong there; empty: nothing.
  [[nodiscard]] virtual std::string complaint() const { return {}; }
};

/// What has to become of the records of both signals.
enum class Fate : std::uint8_t {
  all_delivered,  // or rejected, as far as the row says so
  some_dropped,
  all_dropped,
};

struct FaultExpectation {
  Fate fate = Fate::all_delivered;
  std::string reason{};  // for which records are dropped, and no other
  std::uint64_t rejected_spans = 0;
  std::uint64_t rejected_logs = 0;
  bool may_repeat = false;                  // an answer is lost, so records are sent again that had arrived
  std::size_t least_connections = 0;        // dead ones that were not used again, and their successors
  std::chrono::milliseconds least_wait{0};  // until all was settled
  std::chrono::milliseconds most_cpu{500};  // beside twice that of the healthy phase
  std::string diagnostic{};                 // in what the program says on stderr; empty: it says nothing
};

/// One row of the fault table.
struct FaultRow {
  std::string name;
  std::function<std::unique_ptr<FaultBackend>()> make_backend;
  DriverOrder order{};  // without what the backend fills in
  FaultExpectation expected{};
};

std::ostream& operator<<(std::ostream& out, const FaultRow& row);

/// The table, by what is wrong: the connection, what gRPC servers answer, what HTTP/2 servers do, what
/// HTTP/1.1 servers answer, and the ways to a backend that are barred.
std::vector<FaultRow> connection_rows();
std::vector<FaultRow> grpc_rows();
std::vector<FaultRow> http2_rows();
std::vector<FaultRow> http_rows();
std::vector<FaultRow> barred_rows();

}  // namespace ergon::test
