#include "integration/orders_input.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

namespace ergon::test {
namespace {

using nlohmann::json;
using Fate = ExpectedOrder::Fate;

std::string shortest(double number) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end};
}

bool has_an_order(const json& object) {
  return object.is_object() && object.contains("id") && object["id"].is_string() &&
         object.contains("currency") && object["currency"].is_string() && object.contains("amount") &&
         object["amount"].is_number();
}

ExpectedOrder expect(std::uint64_t number, const std::string& text) {
  static const std::set<std::string> kCurrencies{"EUR", "USD", "GBP"};
  ExpectedOrder order{.line = number};
  const json object = json::parse(text, nullptr, false);
  if (!has_an_order(object)) {
    order.fate = Fate::not_decoded;
    return order;
  }
  const auto amount = object["amount"].get<double>();
  order.id = object["id"];
  order.currency = object["currency"];
  if (amount <= 0) {
    order.fate = Fate::refused;
    order.log = "amount must be positive";
  } else if (!kCurrencies.contains(order.currency)) {
    order.fate = Fate::refused;
    order.log = "unknown currency " + order.currency;
  } else {
    order.log = "charged " + shortest(amount) + " " + order.currency;
  }
  return order;
}

}  // namespace

std::string ExpectedOrder::error_type() const {
  switch (fate) {
    case Fate::charged:
      return "";
    case Fate::not_decoded:
      return "ergon::DecodeError";
    case Fate::refused:
      break;
  }
  return "ergon::BusinessError";
}

std::size_t OrdersInput::count(Fate fate) const {
  return static_cast<std::size_t>(std::ranges::count(orders, fate, &ExpectedOrder::fate));
}

OrdersInput read_orders(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot open " + file.string());
  OrdersInput input;
  for (std::string text; std::getline(stream, text);) {
    input.orders.push_back(expect(input.orders.size() + 1, text));
    if (input.orders.back().is_ok()) ++input.charged_by_currency[input.orders.back().currency];
  }
  return input;
}

std::filesystem::path committed_orders() {
  return std::filesystem::path(ERGON_SOURCE_DIR) / "examples" / "order_processor" / "orders.jsonl";
}

}  // namespace ergon::test
