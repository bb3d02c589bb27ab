#include "decide/where.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/condition.h"

namespace decide {
namespace {

using base::Result;
using Node = base::Condition::Node;
using model::Profiles;

struct NumberField {
  std::string_view name;
  double (*get)(const Profiles&, std::size_t);
};
constexpr std::array kNumbers = {
    NumberField{"spend", [](const Profiles& p, std::size_t i) { return p.spend[i]; }},
    NumberField{"spend_12m", [](const Profiles& p, std::size_t i) { return p.spend_12m[i]; }},
    NumberField{"purchases", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.purchase_days[i]); }},
    NumberField{"silent", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.silent(i)); }},
    NumberField{"basket", [](const Profiles& p, std::size_t i) { return p.average_basket[i]; }},
    NumberField{"gap", [](const Profiles& p, std::size_t i) { return p.expected_gap[i]; }},
    NumberField{"return_chance", [](const Profiles& p, std::size_t i) { return p.return_chance[i]; }},
    NumberField{"value_percentile", [](const Profiles& p, std::size_t i) { return p.value_percentile[i]; }},
    NumberField{"returned_share", [](const Profiles& p, std::size_t i) { return p.returned_share[i]; }},
    NumberField{"price_sensitivity",
                [](const Profiles& p, std::size_t i) { return p.price_sensitivity.empty() ? 0.0 : static_cast<double>(p.price_sensitivity[i]); }},
    NumberField{"r", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.r[i]); }},
    NumberField{"f", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.f[i]); }},
    NumberField{"m", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.m[i]); }},
};

struct TextField {
  std::string_view name;
  std::string_view (*get)(const Profiles&, std::size_t);
};
constexpr std::array kTexts = {
    TextField{"segment", [](const Profiles& p, std::size_t i) { return model::name_of(p.segment[i]); }},
    TextField{"stage", [](const Profiles& p, std::size_t i) { return model::name_of(p.stage[i]); }},
    TextField{"situation", [](const Profiles& p, std::size_t i) { return model::name_of(p.situation_of(i)); }},
    TextField{"country", [](const Profiles& p, std::size_t i) { return std::string_view{p.countries[p.country[i]]}; }},
    TextField{"category",
              [](const Profiles& p, std::size_t i) { return std::string_view{p.categories[p.favourite_category[i]]}; }},
    TextField{"item", [](const Profiles& p, std::size_t i) { return std::string_view{p.items[p.favourite_item[i]]}; }},
};

/// Closures over the columns: no names are looked up for a row.
Condition compile(const base::Condition& condition) {
  const Node* node = condition.root();
  if (node == nullptr) return [](const Profiles&, std::size_t) { return true; };
  std::vector<Condition> parts;
  for (const base::Condition& part : node->parts) parts.push_back(compile(part));
  switch (node->kind) {
    case Node::Kind::all:
      return [parts = std::move(parts)](const Profiles& p, std::size_t i) {
        return std::ranges::all_of(parts, [&](const Condition& part) { return part(p, i); });
      };
    case Node::Kind::any:
      return [parts = std::move(parts)](const Profiles& p, std::size_t i) {
        return std::ranges::any_of(parts, [&](const Condition& part) { return part(p, i); });
      };
    case Node::Kind::negation:
      return [part = std::move(parts.front())](const Profiles& p, std::size_t i) { return !part(p, i); };
    case Node::Kind::number: {
      const auto* field = std::ranges::find(kNumbers, std::string_view{node->field}, &NumberField::name);
      return [get = field->get, sign = node->sign, value = node->number](const Profiles& p, std::size_t i) {
        return Node::compare(get(p, i), sign, value);
      };
    }
    case Node::Kind::text: {
      const auto* field = std::ranges::find(kTexts, std::string_view{node->field}, &TextField::name);
      return [get = field->get, same = node->sign == Node::Sign::eq, value = node->text](const Profiles& p, std::size_t i) {
        return (get(p, i) == value) == same;
      };
    }
  }
  return {};
}

}  // namespace

std::vector<base::FactName> where_fields() {
  std::vector<base::FactName> names;
  for (const TextField& field : kTexts) names.push_back({field.name, true});
  for (const NumberField& field : kNumbers) names.push_back({field.name});
  return names;
}

Result<base::Condition> read_where(std::string_view text) { return base::Condition::parse(text, where_fields(), model::named_condition); }

Result<Condition> parse_where(std::string_view text) {
  WB_ASSIGN(const base::Condition condition, read_where(text));
  return compile(condition);
}

}  // namespace decide
