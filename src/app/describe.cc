#include "app/describe.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/terminal.h"
#include "report/explain.h"
#include "report/names.h"

namespace app {
namespace {

using model::Verdict;
using report::amount;
using report::duration;
using text::Language;
using text::say;
using text::Word;

constexpr std::size_t kTop = 20;

std::string heading(Language l, Word word) { return std::string{say(l, word)}; }

/// Breaks a paragraph at spaces (or, in Chinese, after punctuation) so that no line is wider than 100 columns.
std::string wrapped(std::string_view text) {
  std::string out, line;
  const auto flush = [&] {
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + "\n";
    line.clear();
  };
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    for (; end < text.size(); ++end) {
      if (text[end] == ' ') { ++end; break; }
      const std::string_view rest = text.substr(end);
      if (rest.starts_with("，") || rest.starts_with("；") || rest.starts_with("。") || rest.starts_with("：")) { end += 3; break; }
    }
    const std::string_view piece = text.substr(at, end - at);
    if (display_width(line) + display_width(piece) > 100 && !line.empty()) flush();
    line += piece;
    at = end;
  }
  flush();
  return out;
}

template <class... Args>
std::string paragraph(Language l, Word word, Args&&... args) {
  return wrapped(say(l, word, args...));
}

std::string warnings_of(Language l, const std::vector<std::string>& warnings) {
  std::string out;
  for (const std::string& warning : warnings) {
    const std::string sentence = report::say_warning(l, warning);
    if (!sentence.empty()) out += wrapped("! " + sentence);
  }
  return out;
}

std::string check_table(const model::OutOfTime& check, Language l) {
  if (!check.done) return paragraph(l, Word::check_impossible);
  std::string out = paragraph(l, Word::check_headline, fmt::arg("date", text::date(l, check.cut)),
                              fmt::arg("customers", text::whole(l, static_cast<double>(check.customers))),
                              fmt::arg("observed", text::percent(l, check.observed)), fmt::arg("days", check.horizon_days));
  TextTable table{{{heading(l, Word::head_method)}, {heading(l, Word::head_brier), true}, {heading(l, Word::head_auc), true},
                   {heading(l, Word::head_foreseen), true}}};
  for (const auto& rival : check.rivals) {
    table.add({report::say_rival(l, rival.name), fmt::format("{:.4f}", rival.brier), fmt::format("{:.3f}", rival.auc),
               text::percent(l, rival.predicted)});
  }
  return out + table.str();
}

std::string top_table(const PlanStep& step, Language l) {
  const auto& p = step.analyzed.analysis.profiles;
  const auto& d = step.plan.decisions;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < d.size(); ++i) {
    if (d.verdict[i] == Verdict::approach) rows.push_back(i);
  }
  if (rows.empty()) return "";
  const std::size_t count = std::min(kTop, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
                    [&](std::size_t a, std::size_t b) { return d.worth[a] != d.worth[b] ? d.worth[a] > d.worth[b] : a < b; });
  TextTable table{{{heading(l, Word::head_customer), false, 14},
                   {heading(l, Word::head_last), false, 12},
                   {heading(l, Word::head_favourite), false, 22},
                   {heading(l, Word::head_back_alone), true},
                   {heading(l, Word::head_with), false, 16},
                   {heading(l, Word::head_costs), true},
                   {heading(l, Word::head_brings), true}}};
  const std::string& currency = step.request.currency;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = rows[k];
    table.add({std::string{p.customer_id[i]}, base::to_string(base::day_from_number(p.last_day[i])),
               p.items[p.favourite_item[i]], text::percent(l, static_cast<double>(d.return_chance[i])),
               step.request.offers[d.offer[i]].name[static_cast<std::size_t>(l)], amount(l, currency, static_cast<double>(d.cost[i])),
               amount(l, currency, static_cast<double>(d.worth[i]))});
  }
  return paragraph(l, Word::plan_top, fmt::arg("count", count)) + table.str();
}

/// Everybody not approached, by the reason.
std::string others_table(const PlanStep& step, Language l) {
  const auto& s = step.plan.summary;
  TextTable table{{{heading(l, Word::head_why), false, 60}, {heading(l, Word::head_customers), true}}};
  const auto add = [&](std::string_view why, std::uint64_t count) {
    if (count > 0) table.add({std::string{why}, text::whole(l, static_cast<double>(count))});
  };
  std::array<std::uint64_t, model::kClasses> left{};
  const auto& d = step.plan.decisions;
  for (std::size_t i = 0; i < d.size(); ++i) {
    if (d.verdict[i] == Verdict::leave) ++left[static_cast<std::size_t>(d.kind[i])];
  }
  add(report::say_verdict(l, Verdict::hold_out), s.held_out);
  for (std::size_t k = 0; k < left.size(); ++k) add(report::say_class(l, static_cast<model::Class>(k)), left[k]);
  for (std::size_t k = 1; k < s.filtered.size(); ++k) add(report::say_filter(l, static_cast<model::Filter>(k)), s.filtered[k]);
  return paragraph(l, Word::plan_others) + table.str();
}

/// The plan's rule against others, judged on customers of earlier plans.
std::string judged_table(const model::PlanSummary& s, Language l) {
  if (s.judged.empty()) return {};
  TextTable table{{{heading(l, Word::judged_rule)}, {heading(l, Word::judged_per_customer), true}, {heading(l, Word::judged_new_more), true}, {""}}};
  const auto money = [&](double value) { return text::money(l, s.currency, value, 2); };
  const auto kind_named = [&](const std::string& name) {
    const auto kind = static_cast<std::size_t>(model::parse_offer_kind(name).value_or(model::OfferKind::reminder));
    return std::string{say(l, static_cast<Word>(static_cast<std::size_t>(Word::kind_reminder) + kind))};
  };
  for (const auto& j : s.judged) {
    const std::string name = j.name == "new"       ? heading(l, Word::judged_new)
                             : j.name == "earlier" ? heading(l, Word::judged_earlier)
                             : j.name == "nobody"  ? heading(l, Word::judged_nobody)
                                                   : say(l, Word::judged_everyone, fmt::arg("kind", kind_named(j.name)));
    table.add({name, fmt::format("{} ({} – {})", money(j.value), money(j.low), money(j.high)),
               j.name == "new" ? "" : fmt::format("{} ({} – {})", money(j.new_more), money(j.new_more_low), money(j.new_more_high)),
               j.doubtful ? heading(l, Word::judged_doubtful) : ""});
  }
  return paragraph(l, Word::judged_headline) + "\n" + table.str() + "\n" + paragraph(l, Word::judged_not_proven);
}

/// What the kind of business adds.
std::string by_business(const model::Shop& shop, Language l) {
  std::string out;
  const auto figure = [&](std::string_view name) {
    const auto found = std::find_if(shop.by_business.begin(), shop.by_business.end(), [&](const auto& f) { return f.name == name; });
    return found == shop.by_business.end() ? 0.0 : found->value;
  };
  const auto count = [&](std::string_view name) { return text::whole(l, figure(name)); };
  if (const double months = figure("second_life_months"); months > 0) {
    const double error = 1.96 * figure("second_life_months_error");
    out += paragraph(l, Word::business_second_life, fmt::arg("months", fmt::format("{:.1f}", months)),
                     fmt::arg("low", fmt::format("{:.1f}", std::max(0.0, months - error))),
                     fmt::arg("high", fmt::format("{:.1f}", std::min(12.2, months + error))),
                     fmt::arg("recovered", text::percent(l, figure("failed_payments_recovered"))));
  }
  if (figure("newcomers") > 0) out += paragraph(l, Word::business_newcomers, fmt::arg("count", count("newcomers")));
  if (figure("silent_big_spenders") > 0) out += paragraph(l, Word::business_big_spenders, fmt::arg("count", count("silent_big_spenders")));
  if (figure("stuck") + figure("completed") > 0) {
    out += paragraph(l, Word::business_stuck, fmt::arg("count", count("stuck")), fmt::arg("done", count("completed")));
  }
  if (figure("replacement_days_middle") > 0) {
    out += paragraph(l, Word::business_owners, fmt::arg("middle", duration(l, figure("replacement_days_middle"))),
                     fmt::arg("passed", duration(l, figure("replacement_days_passed"))));
  }
  if (figure("gift_buyers") > 0) out += paragraph(l, Word::business_gift_buyers, fmt::arg("count", count("gift_buyers")));
  return out;
}

}  // namespace

std::string describe(const model::Shop& shop, Language l) {
  const auto count = [&](std::uint64_t n) { return text::whole(l, static_cast<double>(n)); };
  std::uint64_t lapsed = 0;
  for (std::size_t s = 0; s < model::kStages; ++s) {
    if (model::is_lapsed(static_cast<model::Stage>(s))) lapsed += shop.stage_count[s];
  }
  std::string out = paragraph(l, Word::shop_headline, fmt::arg("customers", count(shop.customers)),
                              fmt::arg("spend", amount(l, shop.currency, shop.spend)), fmt::arg("first", text::date(l, shop.first_day)),
                              fmt::arg("last", text::date(l, shop.last_day)), fmt::arg("lapsed", count(lapsed)));
  const double once = static_cast<double>(shop.one_order) / static_cast<double>(std::max<std::uint64_t>(1, shop.customers));
  out += paragraph(l, Word::shop_one_order, fmt::arg("share", text::percent(l, once)), fmt::arg("gap", duration(l, shop.first_to_second)));
  std::string shares;
  for (const auto& r : shop.retention) shares += (shares.empty() ? "" : " · ") + text::percent(l, r.again.value);
  out += paragraph(l, Word::shop_retention, fmt::arg("shares", shares));
  if (!shop.flows.empty()) {
    const model::MonthFlow& flow = shop.flows.back();
    out += paragraph(l, Word::shop_bucket, fmt::arg("month", base::to_string(flow.month).substr(0, 7)), fmt::arg("gained", count(flow.gained)),
                     fmt::arg("returned", count(flow.returned)), fmt::arg("lost", count(flow.lost)));
  }
  if (shop.lost_after_days) {
    out += paragraph(l, Word::shop_lost_after, fmt::arg("silent", duration(l, *shop.lost_after_days)), fmt::arg("days", shop.horizon_days));
  } else {
    out += paragraph(l, Word::shop_never_lost, fmt::arg("days", shop.horizon_days));
  }
  out += paragraph(l, Word::shop_loss, fmt::arg("money", amount(l, shop.currency, shop.loss_90)));
  out += paragraph(l, Word::shop_churn, fmt::arg("rate", text::percent(l, shop.churn_rate)));
  out += by_business(shop, l);
  if (shop.lines_without_customer > 0) {
    out += paragraph(l, Word::shop_without_customer, fmt::arg("lines", count(shop.lines_without_customer)));
  }
  const auto groups = [&](Word head, const auto& counts, const auto& spend, const auto& name) {
    TextTable table{{{heading(l, head)}, {heading(l, Word::head_customers), true}, {heading(l, Word::head_share), true},
                     {heading(l, Word::head_spend), true}}};
    for (std::size_t k = 0; k < counts.size(); ++k) {
      if (counts[k] == 0) continue;
      table.add({std::string{name(k)}, count(counts[k]), text::percent(l, static_cast<double>(counts[k]) / static_cast<double>(shop.customers)),
                 amount(l, shop.currency, spend[k])});
    }
    return "\n" + table.str();
  };
  out += groups(Word::head_stage, shop.stage_count, shop.stage_spend, [&](std::size_t k) { return report::say_stage(l, static_cast<model::Stage>(k)); });
  out += groups(Word::head_segment, shop.segment_count, shop.segment_spend,
                [&](std::size_t k) { return report::say_segment(l, static_cast<model::Segment>(k)); });
  TextTable silence{{{heading(l, Word::head_silent), true}, {say(l, Word::head_returns, fmt::arg("days", shop.horizon_days)), true},
                     {heading(l, Word::head_interval), true}}};
  const std::size_t step = std::max<std::size_t>(1, shop.by_silence.size() / 14);
  for (std::size_t k = 0; k < shop.by_silence.size(); k += step) {
    const auto& bin = shop.by_silence[k];
    silence.add({fmt::format("{}–{}", bin.from, bin.to - 1), text::percent(l, bin.chance.value),
                 text::percent(l, bin.chance.low) + " – " + text::percent(l, bin.chance.high)});
  }
  out += "\n" + silence.str() + "\n" + check_table(shop.check, l) + warnings_of(l, shop.warnings);
  return out;
}

std::string describe(const PlanStep& step, Language l) {
  const auto& s = step.plan.summary;
  const auto money = [&](double value) { return amount(l, s.currency, value); };
  const auto count = [&](std::uint64_t n) { return text::whole(l, static_cast<double>(n)); };
  const std::uint64_t approached =
      s.verdict_count[static_cast<std::size_t>(Verdict::approach)] + s.verdict_count[static_cast<std::size_t>(Verdict::explore)];
  std::uint64_t lapsed = 0;
  for (const model::Stage stage : step.analyzed.analysis.profiles.stage) lapsed += model::is_lapsed(stage) ? 1 : 0;
  std::string out;
  if (approached == 0) {
    out += paragraph(l, Word::plan_nobody);
  } else {
    bool assumed = false, measured = false;
    for (const auto& offer : s.offers) {
      if (offer.customers == 0) continue;
      const auto known = std::find_if(step.request.offers.begin(), step.request.offers.end(), [&](const auto& o) { return o.id == offer.id; });
      (step.learned.response.measured(known->kind) ? measured : assumed) = true;
    }
    const Word effects = !measured ? Word::effects_assumed : assumed ? Word::effects_partly : Word::effects_measured;
    out += paragraph(l, Word::plan_headline, fmt::arg("effects", say(l, effects)), fmt::arg("customers", count(approached)), fmt::arg("lapsed", count(lapsed)),
                     fmt::arg("profit", money(s.profit.mean)), fmt::arg("days", s.horizon_days), fmt::arg("low", money(s.profit.p5)),
                     fmt::arg("high", money(s.profit.p95)));
    out += paragraph(l, Word::plan_spend, fmt::arg("spend", money(s.spend.mean)), fmt::arg("p95", money(s.spend.p95)),
                     fmt::arg("most", money(s.most_it_can_cost)), fmt::arg("loss", text::percent(l, s.chance_of_loss)));
    if (s.budget_given && s.next_unit <= 0) {
      out += paragraph(l, Word::plan_budget_left, fmt::arg("budget", money(s.budget)));
    } else if (s.budget_given) {
      out += paragraph(l, Word::plan_budget, fmt::arg("budget", money(s.budget)), fmt::arg("unit", text::money(l, s.currency, 1)),
                       fmt::arg("next", money(s.next_unit)), fmt::arg("gap", text::percent(l, s.gap)));
    } else {
      out += paragraph(l, Word::plan_no_budget);
    }
    out += paragraph(l, Word::plan_holdout, fmt::arg("held", count(s.held_out)), fmt::arg("share", text::percent(l, s.holdout_share)),
                     fmt::arg("forgone", money(s.profit_forgone)), fmt::arg("lift", text::brief(l, 100 * s.detectable_lift)));
    if (s.cannot_prove_alone) out += paragraph(l, Word::plan_cannot_prove, fmt::arg("controls", count(s.held_out_would)));
    out += paragraph(l, Word::plan_beyond, fmt::arg("days", s.horizon_days), fmt::arg("money", money(s.value_beyond)));
    if (s.blackout.empty()) {
      out += paragraph(l, Word::plan_start, fmt::arg("date", text::date(l, s.start)));
    } else {
      out += paragraph(l, Word::plan_blackout, fmt::arg("name", s.blackout), fmt::arg("date", text::date(l, s.start)));
    }
  }
  if (step.learned.response.rows() > 0) {
    out += paragraph(l, Word::plan_learned, fmt::arg("customers", count(step.learned.response.rows())));
  }
  out += paragraph(l, Word::plan_assumed, fmt::arg("business", s.business), fmt::arg("margin", text::percent(l, s.margin)));
  out += warnings_of(l, s.warnings);
  out += judged_table(s, l);
  const std::string top = top_table(step, l);
  if (!top.empty()) out += "\n" + top;
  out += "\n" + others_table(step, l);
  return out;
}

std::string describe(const measure::Results& r, Language l) {
  const auto money = [&](double value) { return amount(l, r.currency, value); };
  std::string out = paragraph(l, r.proven ? Word::results_headline : Word::results_not_proven, fmt::arg("total", money(r.total)),
                              fmt::arg("low", money(r.total_low)), fmt::arg("high", money(r.total_high)));
  if (!r.complete) {
    out += paragraph(l, Word::results_incomplete, fmt::arg("seen", text::date(l, r.seen_until)), fmt::arg("until", text::date(l, r.until)));
  }
  out += paragraph(l, Word::results_expected, fmt::arg("expected", money(r.expected)));
  TextTable table{{{heading(l, Word::head_group)}, {heading(l, Word::head_customers), true}, {heading(l, Word::head_came_back), true},
                   {heading(l, Word::head_share), true}, {heading(l, Word::head_contribution), true}}};
  const auto add = [&](Word name, const measure::Arm& arm) {
    table.add({heading(l, name), text::whole(l, static_cast<double>(arm.customers)), text::whole(l, static_cast<double>(arm.returned)),
               text::percent(l, static_cast<double>(arm.returned) / static_cast<double>(arm.customers)), money(arm.contribution)});
  };
  add(Word::results_arm_treated, r.treated);
  add(Word::results_arm_held_out, r.held_out);
  return out + "\n" + table.str();
}

}  // namespace app
