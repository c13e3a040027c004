#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/read.hpp"

namespace ergon::config {

/// What the guide says of every key: a table for each kind of object, made from its description, in Markdown.
/// Of what a program registers, a sentence.
class ReferencePage {
 public:
  /// `value` is an object of the described type with its defaults, which is changed meanwhile.
  [[nodiscard]] std::string of(const TypeDescription& type, void* value);

 private:
  std::string section(const TypeDescription& type, const std::string& path, void* value);
  std::string object(const ObjectType& type, const std::string& path, void* value);
  std::string variant(const VariantType& type, const std::string& path, void* value);
  std::string row(const FieldDescription& field, const std::string& path, void* value);
  std::string kind(const TypeDescription& type, const Rules& rules, const std::string& path, void* value);
  std::string link(const TypeDescription& type, const std::string& path, void* value);

  std::map<const TypeDescription*, std::string> known_;
  std::vector<std::string> sections_;  // in the order in which they are first spoken of
};

}  // namespace ergon::config
