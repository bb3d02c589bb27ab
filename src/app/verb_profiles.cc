#include <cstdio>

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "app/saved_plan.h"
#include "app/steps.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "app/yaml.h"
#include "decide/ledger.h"
#include "gen/files.h"
#include "understand/persona/gather.h"

#include <fstream>
#include <sstream>

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::ColumnKind;
using base::fail;
using base::Result;
using nlohmann::ordered_json;
using text::Language;
using text::say;
using text::Word;
using understand::persona::Mark;
using understand::persona::Marks;
using understand::persona::Tag;

namespace {

constexpr std::size_t kShown = 20;

/// presets/city_tiers.yaml, or DATA/city_tiers.yaml in its place.
Result<understand::persona::CityTiers> load_city_tiers(const fs::path& own) {
  std::string source{gen::file_text("presets/city_tiers.yaml")}, where = "presets/city_tiers.yaml";
  if (fs::exists(own)) {
    std::ifstream in{own, std::ios::binary};
    source = (std::ostringstream{} << in.rdbuf()).str();
    where = own.string();
  }
  understand::persona::CityTiers tiers;
  WB_ASSIGN(const YAML::Node root, parse_yaml(source, where));
  if (root.IsNull()) return tiers;
  if (!root.IsMap()) return yaml_error(root, where, "expected the names of tiers with their lists of cities");
  for (const auto& tier : root) {
    if (!tier.second.IsSequence()) return yaml_error(tier.second, where, "expected a list of cities");
    for (const auto& city : tier.second) {
      if (!city.IsScalar()) return yaml_error(city, where, "expected the name of a city");
      tiers[city.Scalar()] = tier.first.Scalar();
    }
  }
  return tiers;
}

/// The part of a --where condition, or "" where conditions have no such field.
std::string condition_of(const Tag& tag, std::uint32_t value) {
  if (tag.name != "country" && tag.name != "category") return "";
  const std::string& text = tag.values[value];
  return text.find('\'') == std::string::npos ? fmt::format("{} = '{}'", tag.name, text) : "";
}

std::string where_of(const std::vector<Tag>& tags, const Mark& mark) {
  const std::string first = condition_of(tags[mark.tag], mark.value);
  if (!mark.pair || first.empty()) return first;
  const std::string second = condition_of(tags[mark.second_tag], mark.second_value);
  return second.empty() ? "" : first + " and " + second;
}

std::string name_of(const std::vector<Tag>& tags, const Mark& mark) {
  std::string name = fmt::format("{} = {}", tags[mark.tag].name, tags[mark.tag].values[mark.value]);
  if (mark.pair) name += fmt::format(" + {} = {}", tags[mark.second_tag].name, tags[mark.second_tag].values[mark.second_value]);
  return name;
}

std::string describe_marks(const std::vector<Tag>& tags, const Marks& marks, Language l) {
  if (marks.singles.empty()) return std::string{say(l, Word::profiles_nothing)} + "\n";
  TextTable table{{{std::string{say(l, Word::profiles_head_mark)}, false, 44},
                   {std::string{say(l, Word::profiles_head_customers)}, true},
                   {std::string{say(l, Word::profiles_head_lift)}, true},
                   {std::string{say(l, Word::profiles_head_shrunk)}, true},
                   {std::string{say(l, Word::profiles_head_where)}, false, 50}}};
  std::size_t shown = 0;
  for (const auto* list : {&marks.singles, &marks.pairs}) {
    for (const Mark& one : *list) {
      if (++shown > kShown + (list == &marks.pairs ? 10U : 0U)) break;
      table.add({name_of(tags, one), text::whole(l, static_cast<double>(one.customers)),
                 fmt::format("{} ({}–{})", text::decimal(one.lift, 2), text::decimal(one.interval.low, 2), text::decimal(one.interval.high, 2)),
                 text::decimal(one.shrunk, 2), where_of(tags, one)});
    }
  }
  return table.str();
}

ordered_json marks_json(const std::vector<Tag>& tags, const Marks& marks) {
  ordered_json list = ordered_json::array();
  for (const auto* some : {&marks.singles, &marks.pairs}) {
    for (const Mark& one : *some) {
      ordered_json what = ordered_json::array();
      what.push_back({{"tag", tags[one.tag].name}, {"value", tags[one.tag].values[one.value]}});
      if (one.pair) what.push_back({{"tag", tags[one.second_tag].name}, {"value", tags[one.second_tag].values[one.second_value]}});
      list.push_back({{"mark", what}, {"customers", one.customers}, {"top", one.top}, {"share_of_top", one.share_of_top}, {"share_of_all", one.share_of_all},
                      {"lift", one.lift}, {"low", one.interval.low}, {"high", one.interval.high}, {"shrunk", one.shrunk}, {"p", one.p}, {"q", one.q},
                      {"where", where_of(tags, one)}});
    }
  }
  return {{"customers", marks.customers}, {"top", marks.top}, {"looked_at", marks.looked_at}, {"marks", list}};
}

struct Winnable {
  std::string plan;  ///< empty: there is none
  std::vector<Tag> tags;
  Marks marks;
};

/// Among those the latest plan's filters let through, the ones it expects most of.
Result<Winnable> winnable_of(Context& context, const model::Profiles& profiles, const std::vector<Tag>& tags, double share) {
  Winnable found;
  WB_ASSIGN(port::Store* const store, context.store());
  WB_ASSIGN(const auto plans, store->plans().list());
  if (plans.empty()) return found;
  found.plan = plans.front().id;
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  std::vector<std::size_t> rows;
  std::vector<double> worth;
  std::size_t at = 0;
  WB_TRY(decide::load_decisions(found.plan, *warehouse, [&](base::Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* filter, block.need("filter", ColumnKind::text));
    WB_ASSIGN(const auto* value, block.need("worth", ColumnKind::f64));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      if (filter->text()[row] != model::name_of(model::Filter::none)) continue;
      while (at < profiles.size() && profiles.customer_id[at] < id->text()[row]) ++at;
      if (at == profiles.size() || profiles.customer_id[at] != id->text()[row]) continue;
      rows.push_back(at);
      worth.push_back(value->as<double>()[row]);
    }
    return {};
  }));
  for (const Tag& tag : tags) {
    Tag& some = found.tags.emplace_back(Tag{tag.name, tag.values, {}});
    for (const std::size_t row : rows) some.value.push_back(tag.value[row]);
  }
  found.marks = understand::persona::find_marks(found.tags, understand::persona::top_of(worth, share));
  return found;
}

}  // namespace

Result<void> run_profiles(const CommonOptions& common, const ProfilesOptions& options) {
  if (!(options.top > 0 && options.top < 1)) return fail(Code::invalid_input, "--top must be a share between 0 and 1, such as 0.2");
  if (options.by != "expected_year" && options.by != "spend_12m") return fail(Code::invalid_input, "--by must be expected_year or spend_12m, not '{}'", options.by);
  WB_ASSIGN(const auto context, Context::open(common, false));
  const Language l = context->language();
  WB_ASSIGN(const auto tiers, load_city_tiers(context->data() / "city_tiers.yaml"));
  WB_ASSIGN(const AnalyzeStep step, analyze_step(*context, options.as_of, options.business));
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(decide::ensure_tables(*warehouse));
  const model::Profiles& profiles = step.analysis.profiles;
  WB_ASSIGN(const std::vector<Tag> tags, understand::persona::gather_tags(profiles, tiers, *warehouse));
  const std::vector<double>& value = options.by == "spend_12m" ? profiles.spend_12m : profiles.expected_year;
  const Marks valuable = understand::persona::find_marks(tags, understand::persona::top_of(value, options.top));
  WB_ASSIGN(const Winnable winnable, winnable_of(*context, profiles, tags, options.top));
  if (context->json()) {
    ordered_json json{{"as_of", base::to_string(profiles.as_of)}, {"by", options.by}, {"top_share", options.top}, {"valuable", marks_json(tags, valuable)}};
    json["plan"] = winnable.plan;
    json["winnable"] = winnable.plan.empty() ? ordered_json(nullptr) : marks_json(winnable.tags, winnable.marks);
    std::fputs((json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n").c_str(), stdout);
    return {};
  }
  const auto count = [&](std::size_t n) { return text::whole(l, static_cast<double>(n)); };
  const auto counts = [&](const Marks& m, Word word) {
    return say(l, word, fmt::arg("top", count(m.top)), fmt::arg("customers", count(m.customers)), fmt::arg("share", text::percent(l, options.top)),
               fmt::arg("looked", count(m.looked_at)), fmt::arg("plan", winnable.plan),
               fmt::arg("by", say(l, options.by == "spend_12m" ? Word::profiles_by_spend_12m : Word::profiles_by_expected_year))) + "\n";
  };
  std::string out = counts(valuable, Word::profiles_valuable) + describe_marks(tags, valuable, l) + "\n";
  out += winnable.plan.empty() ? std::string{say(l, Word::profiles_no_plan)} + "\n" : counts(winnable.marks, Word::profiles_winnable) + describe_marks(winnable.tags, winnable.marks, l);
  out += "\n" + std::string{say(l, Word::profiles_how_to_read)} + "\n";
  if (std::ranges::any_of(tags, [](const Tag& tag) { return tag.name == "city_tier"; })) out += std::string{say(l, Word::profiles_tiers_assumed)} + "\n";
  std::fputs(out.c_str(), stdout);
  return {};
}

}  // namespace app
