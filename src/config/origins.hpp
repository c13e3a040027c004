#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config_error.hpp"
#include "config/node.hpp"

namespace ergon::inline v0::config {

/// A text of a configuration, and where in the whole it belongs: at `mount`, the path of a value, or all of
/// it. `source` is the file's name, or what stands for it in messages (`--set tracing.sampler=…`).
struct Layer {
  std::string source{};
  NodePointer root{};
  std::string mount{};
};

/// Where each value of a configuration comes from: texts, of which a later one counts over those before it,
/// and what the environment says where no text does. Of what is in neither, code and defaults decide.
class Origins {
 public:
  /// A value's place. `line` and `column` count from 1; 0 where there is none.
  struct Place {
    std::string_view source{};
    int line{0};
    int column{0};
    /// Whether the value came by a reference, so that the text does not show it.
    bool is_substituted{false};
    /// By one to a file, where secrets are kept.
    bool is_from_file{false};
  };

  void add(Layer layer) { layers_.push_back(std::move(layer)); }
  [[nodiscard]] const std::vector<Layer>& layers() const noexcept { return layers_; }

  /// Whether a text has the key or item that `path` names, whatever its value.
  [[nodiscard]] bool is_in_text(const std::string& path) const { return place_of(path).has_value(); }
  /// That of what `path` names in the last text that has it.
  [[nodiscard]] std::optional<Place> place_of(const std::string& path) const;
  /// The variable that gave the value at `path`, or that of what is around it; null: none did.
  [[nodiscard]] const std::string* variable_of(const std::string& path) const;
  void note_variable(const std::string& path, std::string variable) {
    variables_.insert_or_assign(path, std::move(variable));
  }

  /// Gives an error, which knows only its path, its place: that of what the path names or, where no text has
  /// that, of the nearest key above it.
  void locate(ConfigError& error) const;
  /// Adds to `errors` those of a later check, located if they have no place, and sorts all by place. Left out
  /// are those at or below a path that has an error already, since they may follow from it, and what is
  /// beyond kErrorLimit.
  void add_located(ConfigErrors& errors, ConfigErrors later) const;

 private:
  [[nodiscard]] std::size_t layer_of(std::string_view source) const;

  std::vector<Layer> layers_;
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace ergon::inline v0::config
