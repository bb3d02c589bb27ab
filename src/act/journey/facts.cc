#include "act/journey/facts.h"

#include <array>

namespace act::journey {
namespace {

constexpr base::FactName text(std::string_view name) { return {name, true, false}; }
constexpr base::FactName number(std::string_view name) { return {name, false, false}; }
constexpr base::FactName flag(std::string_view name) { return {name, false, true}; }

constexpr std::array kNames = {
    text("segment"), text("stage"), text("country"), text("category"), text("item"), text("reason"),
    number("spend"), number("spend_12m"), number("purchases"), number("silent"), number("basket"), number("gap"),
    number("return_chance"), number("value_percentile"), number("returned_share"), number("r"), number("f"), number("m"), number("unseen"),
    number("orders"), flag("came_back"), text("language"), flag("uses_app"), flag("not_personalised"), flag("less_often"), number("unanswered"),
    flag("clicked"), flag("opened"), flag("answered"), flag("visited"), number("orders_since"),
    flag("by_email"), flag("by_sms"), flag("by_push"), flag("by_wechat"), number("points"), text("tier"), number("event_value"), text("event_kind"), text("came"),
    flag("has_code"), flag("code_lives"), number("code_days"), number("days_in"), flag("has_offer"),
};

}  // namespace

std::span<const base::FactName> fact_names() { return kNames; }

}  // namespace act::journey
