#include "console/conditions.h"

#include <cmath>

#include "decide/where.h"

namespace console {

using base::Result;
using Node = base::Condition::Node;

namespace {

/// Fields of conditions that are named otherwise in the table.
std::string_view column_of(std::string_view field) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"purchases", "purchase_days"}, {"silent", "silent_days"}, {"basket", "average_basket"}, {"gap", "expected_gap"}, {"category", "favourite_category"}, {"item", "favourite_item"}};
  for (const auto& [name, column] : kNames) {
    if (name == field) return column;
  }
  return field;
}

std::string_view sign_of(Node::Sign sign) {
  constexpr std::string_view kSigns[] = {"=", "!=", "<", "<=", ">", ">="};
  return kSigns[static_cast<std::size_t>(sign)];
}

std::string build(const base::Condition& condition, ConditionSql& out) {
  const Node* node = condition.root();
  if (node == nullptr) return "1";
  const auto parameter = [&](std::string value) {
    out.parameters.push_back({fmt::format("c{}", out.parameters.size()), std::move(value)});
    return out.parameters.back().name;
  };
  switch (node->kind) {
    case Node::Kind::all:
    case Node::Kind::any: {
      std::string joined;
      for (const base::Condition& part : node->parts) {
        if (!joined.empty()) joined += node->kind == Node::Kind::all ? " AND " : " OR ";
        joined += build(part, out);
      }
      return joined.empty() ? std::string{node->kind == Node::Kind::all ? "1" : "0"} : "(" + joined + ")";
    }
    case Node::Kind::negation: return "NOT " + build(node->parts.front(), out);
    case Node::Kind::number:
      return fmt::format("(toFloat64({}) {} {{{}:Float64}})", column_of(node->field), sign_of(node->sign), parameter(fmt::format("{}", node->number)));
    case Node::Kind::text:
      return fmt::format("(toString({}) {} {{{}:String}})", column_of(node->field), sign_of(node->sign), parameter(node->text));
  }
  return "1";
}

}  // namespace

Result<ConditionSql> condition_sql(std::string_view text) {
  ConditionSql out;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return out;
  WB_ASSIGN(const base::Condition condition, decide::read_where(text));
  out.sql = build(condition, out);
  return out;
}

}  // namespace console
