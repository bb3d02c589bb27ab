#include "console/contract.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "gen/requests.h"

namespace console {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::json;

namespace {

constexpr int kDeepest = 64;

/// Whether brackets nest too deep, before anything is built of them.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool inside = false, escaped = false;
  for (const char c : text) {
    if (inside) {
      if (escaped) escaped = false;
      else if (c == '\\') escaped = true;
      else if (c == '"') inside = false;
    } else if (c == '"') {
      inside = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

std::size_t characters(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

bool is_of(const json& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  return type == "null" && value.is_null();
}

std::string_view say_type(std::string_view type) {
  if (type == "string") return "a text";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  if (type == "array") return "a list";
  return type == "object" ? "an object" : "null";
}

Result<void> check_type(const json& schema, const json& value, const std::string& name) {
  const auto type = schema.find("type");
  if (type == schema.end()) return {};
  std::string wanted;
  for (const json& one : type->is_array() ? *type : json::array({*type})) {
    if (is_of(value, one.get_ref<const std::string&>())) return {};
    wanted += (wanted.empty() ? "" : " or ") + std::string{say_type(one.get_ref<const std::string&>())};
  }
  return fail(Code::invalid_input, "{} must be {}", name, wanted);
}

Result<void> check_text(const json& schema, const json& value, const std::string& name) {
  const std::string& text = value.get_ref<const std::string&>();
  if (text.find('\0') != std::string::npos) return fail(Code::invalid_input, "{} holds a NUL character", name);
  if (const auto most = schema.find("maxLength"); most != schema.end() && characters(text) > most->get<std::size_t>()) {
    return fail(Code::invalid_input, "{} is longer than {} characters", name, most->get<std::size_t>());
  }
  if (const auto least = schema.find("minLength"); least != schema.end() && characters(text) < least->get<std::size_t>()) {
    return fail(Code::invalid_input, "{} is shorter than {} characters", name, least->get<std::size_t>());
  }
  return {};
}

Result<void> check_number(const json& schema, const json& value, const std::string& name) {
  const double number = value.get<double>();
  const auto limit = [&](const char* key) { return schema.find(key); };
  if (const auto at = limit("minimum"); at != schema.end() && number < at->get<double>()) return fail(Code::invalid_input, "{} must be at least {}", name, at->get<double>());
  if (const auto at = limit("maximum"); at != schema.end() && number > at->get<double>()) return fail(Code::invalid_input, "{} must be at most {}", name, at->get<double>());
  if (const auto at = limit("exclusiveMinimum"); at != schema.end() && number <= at->get<double>()) return fail(Code::invalid_input, "{} must be above {}", name, at->get<double>());
  return {};
}

Result<void> check_value(const json& schema, const json& value, const std::string& name);

Result<void> check_object(const json& schema, const json& value, const std::string& name) {
  const std::string before = name.empty() ? "" : name + ".";
  const json nothing = json::array(), none = json::object();
  const json& needed = schema.contains("required") ? schema["required"] : nothing;
  for (const json& field : needed) {
    if (!value.contains(field.get_ref<const std::string&>())) return fail(Code::invalid_input, "{}{} is missing", before, field.get_ref<const std::string&>());
  }
  const json& known = schema.contains("properties") ? schema["properties"] : none;
  const auto others = schema.find("additionalProperties");
  for (const auto& [field, part] : value.items()) {
    const auto at = known.find(field);
    if (at != known.end()) {
      if (part.is_null() && std::ranges::find(needed, json(field)) == needed.end()) continue;
      WB_TRY(check_value(*at, part, before + field));
    } else if (others != schema.end() && others->is_object()) {
      WB_TRY(check_value(*others, part, before + field));
    }
  }
  return {};
}

Result<void> check_value(const json& schema, const json& value, const std::string& name) {
  WB_TRY(check_type(schema, value, name));
  if (const auto words = schema.find("enum"); words != schema.end() && std::ranges::find(*words, value) == words->end()) {
    std::string known;
    for (const json& word : *words) known += (known.empty() ? "" : ", ") + (word.is_string() && !word.empty() ? word.get<std::string>() : word.dump());
    return fail(Code::invalid_input, "{} must be one of {}", name, known);
  }
  if (value.is_string()) WB_TRY(check_text(schema, value, name));
  if (value.is_number()) WB_TRY(check_number(schema, value, name));
  if (value.is_object()) WB_TRY(check_object(schema, value, name));
  if (const auto items = schema.find("items"); value.is_array() && items != schema.end()) {
    for (const json& one : value) WB_TRY(check_value(*items, one, name));
  }
  return {};
}

/// A field of the query as the value its schema speaks of.
json value_of(const json& schema, std::string_view text) {
  if (schema.value("type", json()) == "integer") {
    std::int64_t number = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (wrong == std::errc{} && end == text.data() + text.size()) return number;
  }
  return std::string{text};
}

}  // namespace

struct Contract::Schemas {
  json told;
};

Contract::Contract(std::string_view method, std::string_view pattern) : schemas_(std::make_unique<Schemas>()) {
  schemas_->told = json::parse(gen::request_of(method, pattern), nullptr, false);
  WB_CHECK(schemas_->told.is_object());
}
Contract::~Contract() = default;
Contract::Contract(Contract&&) noexcept = default;

Result<void> Contract::check(const http::Request& request) const {
  const json& told = schemas_->told;
  if (const auto path = told.find("path"); path != told.end()) {
    for (const auto& [name, schema] : path->items()) {
      if (schema.contains("maxLength") && characters(request.part(name)) > schema["maxLength"].get<std::size_t>()) return fail(Code::not_found, "there is nothing of that {}", name);
    }
  }
  if (const auto query = told.find("query"); query != told.end()) {
    for (const auto& [name, schema] : query->items()) {
      const auto text = request.field(name);
      if (text && (!text->empty() || schema.value("type", json()) == "integer")) WB_TRY(check_value(schema, value_of(schema, *text), name));
    }
  }
  const auto schema = told.find("body");
  if (schema == told.end()) return {};
  if (request.body.empty() && !schema->contains("required")) return {};
  if (too_deep(request.body)) return fail(Code::invalid_input, "the body is nested more than {} deep", kDeepest);
  const json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) return fail(Code::invalid_input, "the body must be one JSON object in UTF-8");
  return check_object(*schema, body, "");
}

}  // namespace console
