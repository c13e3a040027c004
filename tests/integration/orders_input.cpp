#include "integration/orders_input.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "source_folder.hpp"

namespace ergon::test {
namespace {

using nlohmann::json;
using Fate = ExpectedOrder::Fate;
using Flaw = ExpectedOrder::Flaw;

std::string shortest(double number) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end};
}

Flaw flaw_of(const json& object) {
  static const std::set<std::string> kCurrencies{"EUR", "USD", "GBP"};
  if (object.is_discarded()) return Flaw::broken_json;
  for (const char* field : {"id", "currency", "amount"}) {
    if (!object.contains(field)) return Flaw::missing_field;
  }
  if (!object["id"].is_string() || !object["currency"].is_string() || !object["amount"].is_number())
    return Flaw::wrong_type;
  if (object["amount"].get<double>() <= 0) return Flaw::non_positive_amount;
  return kCurrencies.contains(object["currency"]) ? Flaw::none : Flaw::unknown_currency;
}

ExpectedOrder expect(std::uint64_t number, const std::string& text) {
  const json object = json::parse(text, nullptr, false);
  ExpectedOrder order{.line = number, .flaw = flaw_of(object)};
  if (order.flaw == Flaw::broken_json || order.flaw == Flaw::missing_field ||
      order.flaw == Flaw::wrong_type) {
    order.fate = Fate::not_decoded;
    return order;
  }
  order.id = object["id"];
  order.currency = object["currency"];
  if (order.flaw == Flaw::none) {
    order.log = "charged " + shortest(object["amount"].get<double>()) + " " + order.currency;
    return order;
  }
  order.fate = Fate::refused;
  order.log = order.flaw == Flaw::non_positive_amount ? "amount must be positive"
                                                      : "unknown currency " + order.currency;
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

std::size_t OrdersInput::count(Flaw flaw) const {
  return static_cast<std::size_t>(std::ranges::count(orders, flaw, &ExpectedOrder::flaw));
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
