#include "order_processor.hpp"

int main(int argc, char** argv) {
  return ergon::App("orders")
      .task<OrderProcessor>("OrderProcessor")
      .service<PaymentService>("payments")
      .main(argc, argv);
}
