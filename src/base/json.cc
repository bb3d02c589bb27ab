#include "base/json.h"

#include <nlohmann/json.hpp>

namespace base {
namespace {

using Tree = nlohmann::json;

const Tree& tree(const void* node) {
  static const Tree null;
  return node == nullptr ? null : *static_cast<const Tree*>(node);
}

std::string text_of(const Tree& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return {};
}

}  // namespace

std::optional<Json> Json::parse(std::string_view text) {
  auto parsed = std::make_shared<Tree>(Tree::parse(text, nullptr, false));
  if (parsed->is_discarded()) return std::nullopt;
  Json json;
  json.node_ = parsed.get();
  json.tree_ = std::move(parsed);
  return json;
}

bool Json::is_object() const { return tree(node_).is_object(); }
bool Json::is_array() const { return tree(node_).is_array(); }
bool Json::has(std::string_view field) const { return is_object() && tree(node_).contains(field); }

Json Json::at(std::string_view field) const {
  Json part;
  if (!has(field)) return part;
  part.tree_ = tree_;
  part.node_ = &*tree(node_).find(field);
  return part;
}

std::string Json::text(std::string_view field) const { return at(field).text(); }
std::string Json::text() const { return text_of(tree(node_)); }

std::vector<Json> Json::items() const {
  std::vector<Json> all;
  if (!is_array()) return all;
  for (const Tree& value : tree(node_)) {
    Json part;
    part.tree_ = tree_;
    part.node_ = &value;
    all.push_back(std::move(part));
  }
  return all;
}

std::string json_string(std::string_view text) { return Tree(text).dump(-1, ' ', false, Tree::error_handler_t::replace); }

}  // namespace base
