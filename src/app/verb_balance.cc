#include <algorithm>
#include <cstdio>
#include <map>

#include <nlohmann/json.hpp>

#include "app/presets.h"
#include "app/saved_plan.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "collect/import.h"
#include "gen/sql_warehouse.h"
#include "measure/balance.h"
#include "understand/history.h"

namespace app {

using base::Block;
using base::Code;
using base::ColumnKind;
using base::fail;
using base::Result;
using measure::Advice;
using measure::Balance;
using measure::ChannelBalance;
using measure::Ranged;
using nlohmann::ordered_json;
using text::Language;
using text::say;
using text::Word;

namespace {

constexpr std::int32_t kLookBack = 730;    // days of spend that tell today's prices
constexpr double kUsualLow = 0.15, kUsualHigh = 0.20;  // win-back's usual share of marketing money: an assumption

/// What one balance is made from and shown with.
struct Weighing {
  base::Day from, as_of;
  std::string currency, plan;
  double acquisition = 0, win_back = 0, other = 0;  // money spent
  bool tags_tell = false;
  std::size_t sources = 0;  // channels with money
  measure::BalanceRequest request;
  Balance balance;
};

std::string small(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string array_of(const std::map<std::string, measure::ChannelRecord>& channels) {
  std::string literal = "[";
  for (const auto& [name, record] : channels) {
    literal += literal.size() > 1 ? ",'" : "'";
    for (const char c : name) {
      if (c == '\'' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '\'';
  }
  return literal + "]";
}

Result<void> read_spend(Weighing& w, std::map<std::string, measure::ChannelRecord>& channels, port::Warehouse& warehouse) {
  const auto& sql = gen::warehouse::marketing_spend;
  std::map<std::string, std::map<std::int32_t, measure::SpendWeek>> weeks;
  WB_TRY(warehouse.select({sql.name, sql.text, {{"from", base::to_string(w.from)}, {"as_of", base::to_string(w.as_of)}}}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* purpose, block.need("purpose", ColumnKind::text));
    WB_ASSIGN(const auto* channel, block.need("channel", ColumnKind::text));
    WB_ASSIGN(const auto* week, block.need("week", ColumnKind::i32));
    WB_ASSIGN(const auto* amount, block.need("amount", ColumnKind::f64));
    WB_ASSIGN(const auto* newcomers, block.need("newcomers", ColumnKind::f64));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const double money = amount->as<double>()[row];
      if (purpose->text()[row] != "acquisition") {
        (purpose->text()[row] == "win_back" ? w.win_back : w.other) += money;
        continue;
      }
      w.acquisition += money;
      const std::string_view written = channel->text()[row].empty() ? std::string_view{"?"} : channel->text()[row];
      const std::string name = small(written);
      auto& record = channels[name];
      if (record.name.empty()) record.name = written;
      auto& one = weeks[name][week->as<std::int32_t>()[row]];
      one.amount += money;
      one.newcomers += newcomers->as<double>()[row];
    }
    return {};
  }));
  for (auto& [name, of] : weeks) {
    for (const auto& [number, week] : of) channels[name].weeks.push_back(week);
  }
  return {};
}

Result<void> read_newcomers(Weighing& w, std::map<std::string, measure::ChannelRecord>& channels, port::Warehouse& warehouse) {
  const auto& sql = gen::warehouse::newcomer_value;
  return warehouse.select({sql.name, sql.text, {{"from", base::to_string(w.from)}, {"as_of", base::to_string(w.as_of)}, {"channels", array_of(channels)}}}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* channel, block.need("channel", ColumnKind::text));
    WB_ASSIGN(const auto* lot, block.need("lot", ColumnKind::u8));
    WB_ASSIGN(const auto* lived, block.need("lived", ColumnKind::u8));
    WB_ASSIGN(const auto* twelfth, block.need("twelfth", ColumnKind::u8));
    WB_ASSIGN(const auto* customers, block.need("customers", ColumnKind::u64));
    WB_ASSIGN(const auto* net, block.need("net", ColumnKind::f64));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const auto known = channels.find(std::string{channel->text()[row]});
      auto& groups = known == channels.end() ? w.request.others : known->second.newcomers;
      const std::size_t its_lot = lot->as<std::uint8_t>()[row], its_lived = lived->as<std::uint8_t>()[row];
      // Rows come twelfth by twelfth; several channels may fall to `others` at the same lot.
      if (twelfth->as<std::uint8_t>()[row] == 1) {
        groups.push_back({.lot = its_lot, .lived = its_lived, .customers = static_cast<double>(customers->as<std::uint64_t>()[row])});
      }
      if (groups.empty()) return fail(Code::corrupt, "the warehouse gave the newcomers' value in the wrong order");
      groups.back().net[twelfth->as<std::uint8_t>()[row] - 1U] = net->as<double>()[row];
    }
    return {};
  });
}

/// Where no tag names a channel, all paid channels stand together beside all newcomers.
void pool(Weighing& w, std::map<std::string, measure::ChannelRecord>& channels) {
  measure::ChannelRecord all;
  for (const auto& [name, record] : channels) all.weeks.insert(all.weeks.end(), record.weeks.begin(), record.weeks.end());
  if (channels.size() == 1) {
    all = std::move(channels.begin()->second);
  } else {
    // Weeks of several channels are no weeks of one: what the next unit brings is not read from them.
    measure::SpendWeek sum;
    for (const auto& week : all.weeks) {
      sum.amount += week.amount;
      sum.newcomers += week.newcomers;
    }
    all.weeks = {sum};
  }
  all.newcomers = std::move(w.request.others);
  w.request.others.clear();
  w.request.count_reported = true;
  w.request.channels.push_back(std::move(all));
}

Result<void> read_plan(Weighing& w, const std::string& id, bool wanted_margin, Context& context) {
  WB_ASSIGN(port::Store* const store, context.store());
  if (id.empty()) {
    WB_ASSIGN(const auto plans, store->plans().list());
    if (plans.empty()) return {};
  }
  WB_ASSIGN(const SavedPlan saved, load_plan(*store, id == "latest" ? "" : id));
  const auto json = nlohmann::json::parse(saved.plan.summary_json, nullptr, false);
  const auto band = [&](const char* key, const char* part) {
    return json.contains(key) && json[key].is_object() && json[key].contains(part) && json[key][part].is_number() ? json[key][part].get<double>() : 0.0;
  };
  w.plan = saved.plan.id;
  if (!wanted_margin && saved.margin > 0) w.request.margin = saved.margin;
  measure::PlanExpectation plan{.spend = band("spend", "mean"), .profit = {band("profit", "mean"), {band("profit", "p5"), band("profit", "p95")}}};
  if (json.contains("profit_of_next_unit") && json["profit_of_next_unit"].is_number()) plan.next_unit = json["profit_of_next_unit"].get<double>();
  w.request.plan = plan;
  return {};
}

Result<Weighing> weigh_all(Context& context, const BalanceOptions& options) {
  Weighing w;
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(const understand::Extent extent, understand::order_extent(*warehouse));
  if (extent.lines == 0) return fail(Code::not_found, "there are no orders yet: `winback import orders FILE` brings them in");
  w.as_of = extent.last_day;
  if (!options.as_of.empty()) {
    WB_ASSIGN(const base::Day wanted, base::parse_day(options.as_of));
    w.as_of = std::min(wanted, w.as_of);
  }
  w.currency = context.settings().currency;
  WB_ASSIGN(const model::Business business, load_business(options.business.empty() ? context.settings().business : options.business, context.settings_file()));
  w.request.margin = context.settings().margin.value_or(business.margin);
  WB_TRY(read_plan(w, options.plan, !options.business.empty(), context));
  w.from = w.as_of - std::chrono::days{kLookBack};
  const auto& first = gen::warehouse::first_spend_day;
  WB_TRY(warehouse->select({first.name, first.text, {{"as_of", base::to_string(w.as_of)}}}, [&](Block&& block) -> Result<void> {
    if (block.rows() == 0) return {};
    WB_ASSIGN(const auto* day, block.need("first", ColumnKind::i32));
    WB_ASSIGN(const auto* days, block.need("days", ColumnKind::u64));
    if (days->as<std::uint64_t>()[0] > 0) w.from = std::max(w.from, base::day_from_number(day->as<std::int32_t>()[0]));
    return {};
  }));
  std::map<std::string, measure::ChannelRecord> channels;
  WB_TRY(read_spend(w, channels, *warehouse));
  if (!channels.empty()) WB_TRY(read_newcomers(w, channels, *warehouse));
  w.tags_tell = std::ranges::any_of(channels, [](const auto& c) { return !c.second.newcomers.empty(); });
  w.sources = channels.size();
  if (w.tags_tell) {
    for (auto& [name, record] : channels) w.request.channels.push_back(std::move(record));
  } else if (!channels.empty()) {
    pool(w, channels);
  }
  w.balance = measure::weigh(w.request);
  return w;
}

ordered_json json_of(const std::optional<Ranged>& r) {
  if (!r) return nullptr;
  return {{"value", r->value}, {"low", r->interval.low}, {"high", r->interval.high}};
}

ordered_json json_of(const Weighing& w) {
  ordered_json channels = ordered_json::array();
  for (const ChannelBalance& c : w.balance.channels) {
    channels.push_back({{"channel", c.name}, {"spend", c.amount}, {"reported_newcomers", c.reported}, {"newcomers", c.newcomers},
                        {"cost_per_newcomer", c.cost_each ? ordered_json(*c.cost_each) : ordered_json(nullptr)}, {"first_year_contribution", json_of(c.value_each)},
                        {"profit_of_next_unit", json_of(c.next_unit)}, {"diminishing_learned", c.diminishing_learned}, {"elasticity", c.elasticity},
                        {"elasticity_error", c.elasticity_error}});
  }
  ordered_json json{{"from", base::to_string(w.from)}, {"as_of", base::to_string(w.as_of)}, {"currency", w.currency}, {"margin", w.request.margin}, {"confidence", 0.9},
                    {"channels_told_by_tags", w.tags_tell}, {"channels", channels}, {"first_year_share_by_twelfth", w.balance.share_by_twelfth},
                    {"known_twelfths", w.balance.known_twelfths}, {"newcomers_with_whole_year", w.balance.older_share}, {"plan", w.plan}};
  json["win_back"] = w.plan.empty() ? ordered_json(nullptr) : ordered_json{{"spend", w.request.plan->spend}, {"profit", json_of(w.request.plan->profit)},
                                      {"profit_of_next_unit", json_of(w.balance.win_back_next)}, {"profit_per_unit", json_of(w.balance.win_back_average)}};
  const double all = w.acquisition + w.win_back + w.other;
  json["spend"] = {{"acquisition", w.acquisition}, {"win_back", w.win_back}, {"other", w.other}, {"win_back_share", all > 0 ? ordered_json(w.win_back / all) : ordered_json(nullptr)},
                   {"usual_share_low", kUsualLow}, {"usual_share_high", kUsualHigh}};
  json["advice"] = measure::name_of(w.balance.advice);
  json["advised_channel"] = w.balance.advice == Advice::acquisition ? ordered_json(w.balance.channels.front().name) : ordered_json(nullptr);
  return json;
}

/// Everything the verb says, in one language.
class Wording {
 public:
  Wording(const Weighing& weighing, Language language) : w_{weighing}, l_{language} {}

  std::string all() const {
    std::string out;
    if (w_.balance.channels.empty()) {
      out += line(Word::balance_no_spend);
    } else {
      out += say(l_, Word::balance_headline, fmt::arg("from", text::short_date(l_, w_.from)), fmt::arg("until", text::short_date(l_, w_.as_of)),
                 fmt::arg("amount", money(w_.acquisition)), fmt::arg("margin", text::percent(l_, w_.request.margin))) + "\n\n";
      out += table() + "\n" + notes();
    }
    return out + "\n" + win_back() + share() + "\n" + advice();
  }

 private:
  std::string line(Word word) const { return std::string{say(l_, word)} + "\n"; }
  std::string money(double value) const { return text::money_brief(l_, w_.currency, value); }
  std::string ranged(const Ranged& r, double unit = 1) const {
    return fmt::format("{} ({} – {})", money(unit * r.value), money(unit * r.interval.low), money(unit * r.interval.high));
  }
  std::string name_of(const ChannelBalance& c) const { return c.name.empty() ? std::string{say(l_, Word::balance_all_channels)} : c.name; }

  std::string table() const {
    TextTable table{{{std::string{say(l_, Word::balance_head_channel)}, false, 20},
                     {std::string{say(l_, Word::balance_head_spend)}, true},
                     {std::string{say(l_, Word::balance_head_newcomers)}, true},
                     {std::string{say(l_, Word::balance_head_cost)}, true},
                     {std::string{say(l_, Word::balance_head_value)}, true},
                     {std::string{say(l_, Word::balance_head_next)}, true},
                     {"", false, 24}}};
    for (const ChannelBalance& c : w_.balance.channels) {
      table.add({name_of(c), money(c.amount), text::whole(l_, c.newcomers), c.cost_each ? money(*c.cost_each) : "–", c.value_each ? ranged(*c.value_each) : "–",
                 c.next_unit ? ranged(*c.next_unit, 100) : "–", c.next_unit && !c.diminishing_learned ? std::string{say(l_, Word::balance_average)} : ""});
    }
    return table.str();
  }

  std::string notes() const {
    std::string out;
    if (!w_.tags_tell) out += line(w_.sources == 1 ? Word::balance_untold_one : Word::balance_untold);
    if (w_.sources == 1) out += line(Word::balance_one_channel);
    for (const ChannelBalance& c : w_.balance.channels) {
      if (c.newcomers <= 0) {
        out += say(l_, Word::balance_no_newcomers, fmt::arg("channel", name_of(c)), fmt::arg("amount", money(c.amount))) + "\n";
      } else if (!c.value_each) {
        out += say(l_, Word::balance_few_newcomers, fmt::arg("channel", name_of(c))) + "\n";
      }
    }
    if (w_.balance.known_twelfths < measure::kTwelfths) {
      out += say(l_, Word::balance_short_history, fmt::arg("months", w_.balance.known_twelfths)) + "\n";
    } else if (w_.balance.older_share < 1) {
      out += say(l_, Word::balance_extrapolated, fmt::arg("share", text::percent(l_, 1 - w_.balance.older_share))) + "\n";
    }
    return out + line(Word::balance_how_to_read);
  }

  std::string win_back() const {
    if (w_.plan.empty()) return line(Word::balance_no_plan);
    const measure::PlanExpectation& plan = *w_.request.plan;
    std::string out = say(l_, Word::balance_plan, fmt::arg("plan", w_.plan), fmt::arg("spend", money(plan.spend)), fmt::arg("profit", ranged(plan.profit))) + "\n";
    if (plan.next_unit > 0) {
      out += say(l_, Word::balance_plan_next, fmt::arg("unit", money(100)), fmt::arg("next", ranged(*w_.balance.win_back_next, 100))) + "\n";
    } else {
      out += line(Word::balance_plan_full);
    }
    return out;
  }

  std::string share() const {
    const double all = w_.acquisition + w_.win_back + w_.other;
    if (!(all > 0)) return "";
    const double its = w_.win_back / all;
    return say(l_, its < kUsualLow ? Word::balance_share_below : its > kUsualHigh ? Word::balance_share_above : Word::balance_share_usual,
               fmt::arg("share", text::percent(l_, its)), fmt::arg("low", text::percent(l_, kUsualLow)), fmt::arg("high", text::percent(l_, kUsualHigh))) + "\n";
  }

  std::string advice() const {
    const Balance& b = w_.balance;
    const auto compared = [&](Word word) {
      const ChannelBalance& best = b.channels.front();
      return say(l_, word, fmt::arg("unit", money(100)), fmt::arg("channel", name_of(best)), fmt::arg("acquisition", ranged(*best.next_unit, 100)),
                 fmt::arg("win_back", ranged(*b.win_back_next, 100))) + "\n";
    };
    switch (b.advice) {
      case Advice::no_spend:
      case Advice::no_plan: return line(Word::balance_nothing_to_compare);
      case Advice::no_newcomers: return line(Word::balance_unknown_value);
      case Advice::not_proven: return compared(Word::balance_not_proven);
      case Advice::nothing_pays: return compared(Word::balance_nothing_pays);
      case Advice::win_back: return compared(Word::balance_advise_win_back);
      case Advice::acquisition: return compared(Word::balance_advise_acquisition);
    }
    return "";
  }

  const Weighing& w_;
  Language l_;
};

}  // namespace

Result<void> run_balance(const CommonOptions& common, const BalanceOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const Weighing weighing, weigh_all(*context, options));
  if (context->json()) {
    std::fputs((json_of(weighing).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n").c_str(), stdout);
  } else {
    std::fputs(Wording(weighing, context->language()).all().c_str(), stdout);
  }
  return {};
}

}  // namespace app
