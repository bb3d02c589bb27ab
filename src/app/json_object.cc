#include "app/json_object.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "base/decimal.h"

namespace app {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;

namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::int64_t kMostMoney = 100'000'000'000'000;  // hundredths

/// How deep brackets nest outside texts.
std::size_t depth_of(std::string_view text) {
  std::size_t depth = 0, most = 0;
  bool within = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (within) {
      if (c == '\\') ++i;
      else if (c == '"') within = false;
    } else if (c == '"') {
      within = true;
    } else if (c == '[' || c == '{') {
      most = std::max(most, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return most;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead >= 0xC2 && lead < 0xE0 ? 1 : lead >= 0xE0 && lead < 0xF0 ? 2 : lead >= 0xF0 && lead < 0xF5 ? 3 : 9;
    if (more == 9 || i + more >= text.size() + (more == 0 ? 1 : 0)) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    if (more >= 2) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return false;
    }
    i += more + 1;
  }
  return true;
}

}  // namespace

struct JsonObject::Tree {
  nlohmann::json root;

  /// The field; null and absent are the same.
  const nlohmann::json* find(std::string_view field) const {
    const auto at = root.find(std::string{field});
    return at == root.end() || at->is_null() ? nullptr : &*at;
  }
};

JsonObject::JsonObject(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
JsonObject::~JsonObject() = default;
JsonObject::JsonObject(JsonObject&&) noexcept = default;

Result<JsonObject> JsonObject::parse(std::string_view text) {
  if (depth_of(text) > kDeepest) return fail(Code::invalid_input, "the body is not JSON that is read here: it nests deeper than {} levels", kDeepest);
  auto tree = std::make_unique<Tree>();
  try {
    tree->root = nlohmann::json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::parse_error& problem) {
    return fail(Code::invalid_input, "the body is not JSON: it breaks at byte {}", problem.byte);
  } catch (const nlohmann::json::exception&) {
    return fail(Code::invalid_input, "the body is not JSON that is read here: a number in it is too large");
  }
  if (!tree->root.is_object()) return fail(Code::invalid_input, "the body must be one JSON object, such as {{\"order_id\": \"1001\"}}");
  return JsonObject{std::move(tree)};
}

Result<void> check_text(std::string_view field, std::string_view text, std::size_t most) {
  if (text.empty()) return fail(Code::invalid_input, "{} is empty", field);
  if (text.size() > most) return fail(Code::invalid_input, "{} is longer than {} bytes", field, most);
  if (!is_utf8(text)) return fail(Code::invalid_input, "{} is not UTF-8", field);
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return fail(Code::invalid_input, "{} holds a control character", field);
  }
  return {};
}

Result<std::string> JsonObject::text(std::string_view field, std::size_t most) const {
  WB_ASSIGN(auto found, text_if_there(field, most));
  if (!found) return fail(Code::invalid_input, "{} is missing", field);
  return std::move(*found);
}

Result<std::optional<std::string>> JsonObject::text_if_there(std::string_view field, std::size_t most) const {
  const nlohmann::json* value = tree_->find(field);
  if (value == nullptr) return std::optional<std::string>{};
  if (!value->is_string()) return fail(Code::invalid_input, "{} must be a text", field);
  WB_TRY(check_text(field, value->get_ref<const std::string&>(), most));
  return std::optional{value->get<std::string>()};
}

Result<std::optional<std::string>> JsonObject::words_if_there(std::string_view field, std::size_t most) const {
  const nlohmann::json* value = tree_->find(field);
  if (value == nullptr) return std::optional<std::string>{};
  if (!value->is_string()) return fail(Code::invalid_input, "{} must be a text", field);
  const auto& words = value->get_ref<const std::string&>();
  if (words.empty()) return std::optional<std::string>{};
  std::string plain = words;
  for (char& c : plain) c = c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  WB_TRY(check_text(field, plain, most));
  return std::optional{words};
}

Result<std::optional<std::int64_t>> JsonObject::money_if_there(std::string_view field) const {
  const nlohmann::json* value = tree_->find(field);
  if (value == nullptr) return std::optional<std::int64_t>{};
  std::optional<std::int64_t> hundredths;
  if (value->is_number()) {
    const double amount = value->get<double>() * 100;
    if (amount >= 0 && amount <= static_cast<double>(kMostMoney)) hundredths = std::llround(amount);
  } else if (value->is_string()) {
    const auto millionths = base::parse_decimal(value->get_ref<const std::string&>(), base::DecimalMark::point);
    if (millionths && *millionths >= 0 && *millionths / 10'000 <= kMostMoney) hundredths = (*millionths + 5'000) / 10'000;
  }
  if (!hundredths) return fail(Code::invalid_input, "{} must be an amount of money that is not negative, such as 12.50", field);
  return hundredths;
}

Result<std::optional<Instant>> JsonObject::moment_if_there(std::string_view field) const {
  WB_ASSIGN(const auto text, text_if_there(field, 40));
  if (!text) return std::optional<Instant>{};
  const auto at = parse_moment(*text);
  if (!at) return fail(Code::invalid_input, "{} must be a moment such as 2026-11-22T10:15:00Z", field);
  return at;
}

}  // namespace app
