#pragma once

#include <ergon/ergon.hpp>

struct Shipment {
  std::string id, city;
  std::optional<std::string> street;
};
ERGON_PAYLOAD(Shipment, id, city, street)

// Neither this attempt nor any other can help.
class AddressUnknown : public ergon::NonRetryable {
 public:
  using NonRetryable::NonRetryable;
};

// Books shipments. A real one is a client of the carrier's API, and passes the deadline on to it; in this one
// the depots of some cities are closed.
class Carrier : public ergon::Service {
 public:
  struct Options {
    std::vector<std::string> closed{};
    ERGON_OPTIONS(Options, closed);
  };

  explicit Carrier(Options options) : options_(std::move(options)) {}

  virtual void book(const Shipment& shipment, std::chrono::steady_clock::time_point /*deadline*/) {
    if (std::ranges::find(options_.closed, shipment.city) != options_.closed.end()) {
      throw ergon::SystemError("the depot in " + shipment.city + " is closed");
    }
  }

 private:
  Options options_;
};

class ShipmentBooker : public ergon::Consumer<Shipment> {
 public:
  explicit ShipmentBooker(ergon::TaskContext& context) : carrier_(context.service<Carrier>()) {}

  void process(const ergon::Transaction<Shipment>& shipment) override {
    if (!shipment.payload().street) throw AddressUnknown("no street");
    carrier_.book(shipment.payload(), shipment.deadline());
    log_.info("booked {} to {}", shipment.payload().id, shipment.payload().city);
  }

 private:
  Carrier& carrier_;
  ergon::Logger log_ = ergon::get_logger("shipments");
};
