#include "payment_gateway.hpp"

int main(int argc, char** argv) {
  return ergon::App("gateway").task<PaymentGateway>("PaymentGateway").service<Bank>("bank").main(argc, argv);
}
