#include "shipments.hpp"

int main(int argc, char** argv) {
  return ergon::App("shipments")
      .task<ShipmentBooker>("ShipmentBooker")
      .service<Carrier>("carrier")
      .main(argc, argv);
}
