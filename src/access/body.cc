#include "access/body.h"

#include <set>

#include <nlohmann/json.hpp>

namespace entry {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::json;

namespace {

constexpr std::size_t kMostBytes = 16 * 1024;

}  // namespace

struct Body::Tree {
  json root;
  std::set<std::string, std::less<>> read;

  /// The field; null and absent are the same.
  const json* find(std::string_view field) {
    read.emplace(field);
    const auto at = root.find(std::string{field});
    return at == root.end() || at->is_null() ? nullptr : &*at;
  }
};

Body::Body(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Body::~Body() = default;
Body::Body(Body&&) noexcept = default;

Result<Body> Body::read(const http::Request& request) {
  if (request.body.size() > kMostBytes) return fail(Code::invalid_input, "the body is larger than {} bytes", kMostBytes);
  auto tree = std::make_unique<Tree>();
  try {
    tree->root = json::parse(request.body);
  } catch (const json::exception&) {
    return fail(Code::invalid_input, "the body is not JSON");
  }
  if (!tree->root.is_object()) return fail(Code::invalid_input, "the body must be one JSON object");
  return Body{std::move(tree)};
}

Result<void> check_line(std::string_view field, std::string_view text, std::size_t most) {
  if (text.empty()) return fail(Code::invalid_input, "{} is empty", field);
  if (text.size() > most) return fail(Code::invalid_input, "{} is longer than {} bytes", field, most);
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return fail(Code::invalid_input, "{} holds a control character", field);
  }
  try {
    static_cast<void>(json(std::string{text}).dump());
  } catch (const json::exception&) {
    return fail(Code::invalid_input, "{} is not UTF-8", field);
  }
  return {};
}

Result<std::string> Body::line(std::string_view field, std::size_t most) {
  WB_ASSIGN(std::string found, text(field, most));
  WB_TRY(check_line(field, found, most));
  return found;
}

Result<std::optional<std::string>> Body::line_if_there(std::string_view field, std::size_t most) {
  const json* value = tree_->find(field);
  if (value == nullptr) return std::optional<std::string>{};
  if (!value->is_string()) return fail(Code::invalid_input, "{} must be a text", field);
  std::string found = value->get<std::string>();
  if (!found.empty()) WB_TRY(check_line(field, found, most));
  return std::optional{std::move(found)};
}

Result<std::string> Body::text(std::string_view field, std::size_t most) {
  const json* value = tree_->find(field);
  if (value == nullptr) return fail(Code::invalid_input, "{} is missing", field);
  if (!value->is_string()) return fail(Code::invalid_input, "{} must be a text", field);
  std::string found = value->get<std::string>();
  if (found.size() > most) return fail(Code::invalid_input, "{} is longer than {} bytes", field, most);
  return found;
}

Result<std::vector<std::string>> Body::lines(std::string_view field) {
  const json* value = tree_->find(field);
  if (value == nullptr) return fail(Code::invalid_input, "{} is missing", field);
  if (!value->is_array() || value->size() > 100) return fail(Code::invalid_input, "{} must be a list of texts", field);
  std::vector<std::string> found;
  for (const json& one : *value) {
    if (!one.is_string()) return fail(Code::invalid_input, "{} must be a list of texts", field);
    found.push_back(one.get<std::string>());
    WB_TRY(check_line(field, found.back(), 200));
  }
  return found;
}

Result<void> Body::end() const {
  for (const auto& [name, value] : tree_->root.items()) {
    if (!tree_->read.contains(name)) {
      std::string names;
      for (const std::string& known : tree_->read) names += (names.empty() ? "" : ", ") + known;
      return fail(Code::invalid_input, "the body holds a field that cannot be set here; there are {}", names);
    }
  }
  return {};
}

}  // namespace entry
