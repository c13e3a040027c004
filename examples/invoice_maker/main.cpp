#include "invoice_maker.hpp"

int main(int argc, char** argv) {
  return ergon::App("invoices")
      .task<InvoiceMaker>("InvoiceMaker")
      .service<Subscriptions>("subscriptions")
      .main(argc, argv);
}
