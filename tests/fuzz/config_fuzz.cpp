// Whatever text is taken for a configuration file, it is read, or refused with messages of one line; what was
// read is shown as a text that reads back as the same.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/boxed.hpp>
#include <ergon/config/one_of.hpp>

#include "base/utf8.hpp"
#include "config/read.hpp"
#include "config/yaml_text.hpp"

namespace ergon::config {

enum class Colour : std::uint8_t { red, green };

constexpr auto ergon_describe(Tag<Colour>) {
  return enumeration("A colour.", name("red", Colour::red), name("green", Colour::green));
}

struct Leaf {
  std::string text{"leaf"};
  std::int64_t number{1};
  double ratio{0.5};
  ERGON_OPTIONS(Leaf, text, number, ratio);
};

struct Branch;
using Tree = OneOf<Leaf, Branch>;

struct Branch {
  std::vector<Tree> trees{};
  std::optional<std::chrono::milliseconds> delay{};
};

constexpr auto ergon_describe(Tag<Branch>) {
  return object("A part of a tree.", field<&Branch::trees>("trees", "Parts."),
                field<&Branch::delay>("delay", "A time.", {.minimum = 0, .maximum = std::chrono::hours(1)}));
}

constexpr auto ergon_describe(Tag<Tree>) {
  return one_of("A tree.", alternative<Tree, Leaf>("leaf"), alternative<Tree, Branch>("branch"));
}

// A member of each kind.
struct Everything {
  bool is_on{true};
  std::int64_t size{7};
  Colour colour{Colour::green};
  std::optional<double> ratio{};
  std::vector<std::string> names{};
  std::map<std::string, Leaf> leaves{};
  Tree tree{};
  ResourceAttributes attributes{};
  std::map<std::string, AnyOptions> parts{};
};

constexpr auto ergon_describe(Tag<Everything>) {
  return object(
      "All kinds.", field<&Everything::is_on>("is_on"),
      field<&Everything::size>("size", "Bytes.", {.unit = "By", .minimum = 0, .maximum = 1 << 30}),
      field<&Everything::colour>("colour"),
      field<&Everything::ratio>("ratio", "A share.", {.minimum = 0, .maximum = 1}),
      field<&Everything::names>("names"), field<&Everything::leaves>("leaves", "Some."),
      field<&Everything::tree>("tree"), field<&Everything::attributes>("attributes"),
      field<&Everything::parts>("parts", "Registered.", {.registry = "parts", .typed_by = TypedBy::key}));
}

}  // namespace ergon::config

namespace {

using ergon::config::Everything;

void require(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  std::fprintf(stderr, "%s: %s\n", what, text.c_str());
  std::abort();
}

std::string shown(const Everything& value) {
  const ergon::config::YamlStyle style{
      .remark = [](const auto& /*view*/, bool /*has_parts*/) { return std::string(); }};
  return ergon::config::yaml_text(ergon::config::type_of<Everything>(), &value, {}, style);
}

// References to files and variables would make what a text says depend on this machine.
bool has_reference(std::string_view text) { return text.find("${") != std::string_view::npos; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace ergon::config;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (text.find("${file:") != std::string_view::npos) return 0;
  const ReadContext context{{{"parts", {{"leaf", Leaf{}}, {"empty", {}}}}}};
  Everything value;
  const ConfigErrors errors = read_yaml(text, "f", value, context);
  for (const ConfigError& error : errors) {
    const std::string message = error.message();
    require(message.find_first_of("\r\n") == std::string::npos, "more than a line", message);
    require(ergon::base::is_valid_utf8(message), "no UTF-8", message);
  }
  if (!errors.empty() || has_reference(text)) return 0;
  const std::string first = shown(value);
  Everything again;
  const ConfigErrors second = read_yaml(first, "shown", again, context);
  require(second.empty(), second.empty() ? "" : second.front().message().c_str(), first);
  require(shown(again) == first, "another text", first);
  return 0;
}
