#pragma once

#include <string>

#include "base/random.h"
#include "report/report.h"

namespace tests {

/// A small shop with its plan, every part of a report filled, held together so that a test can spoil any of it.
struct ReportWorld {
  static constexpr std::size_t kCustomers = 240;

  ReportWorld() {
    fill_profiles();
    fill_shop();
    fill_offers();
    decide();
    fill_plan();
  }

  report::ReportInput input(text::Language language = text::Language::en) const {
    return {shop, profiles, decisions, plan, offers, assumptions, false, false, language};
  }
  std::string html(text::Language language = text::Language::en) const {
    return report::render_report(input(language));
  }

  /// As if nobody were worth an approach: nobody chosen, nobody held out, no money.
  void approach_nobody() {
    decisions.resize(profiles.size());
    plan.profit = plan.spend = plan.redemptions = plan.returns = {};
    plan.verdict_count = {};
    plan.verdict_count[static_cast<std::size_t>(model::Verdict::filtered)] = profiles.size();
    plan.class_count = {};
    plan.offers.clear();
    plan.curve.clear();
    plan.eligible = plan.held_out = plan.held_out_would = 0;
    plan.filtered = {};
    plan.filtered[static_cast<std::size_t>(model::Filter::not_lapsed)] = profiles.size();
    plan.most_it_can_cost = plan.detectable_lift = plan.profit_forgone = plan.chance_of_loss = plan.value_beyond = 0;
  }

  model::Shop shop;
  model::Profiles profiles;
  model::Decisions decisions;
  model::PlanSummary plan;
  std::vector<model::Offer> offers;
  model::Assumptions assumptions;

 private:
  void fill_profiles() {
    auto& p = profiles;
    p.as_of = *base::parse_day("2026-11-21");
    p.items = {"", "COFFEE BEANS", "Green tea"};
    p.categories = p.countries = {""};
    const std::int32_t today = base::day_number(p.as_of);
    for (std::size_t i = 0; i < kCustomers; ++i) {
      const auto k = static_cast<std::int32_t>(i);
      p.customer_id.push_back(fmt::format("C{:04}", i));
      p.last_day.push_back(today - 5 - k);
      p.purchase_days.push_back(1 + static_cast<std::uint32_t>(i % 9));
      p.first_day.push_back(p.purchase_days.back() == 1 ? p.last_day.back() : p.last_day.back() - 90 - 2 * k);
      p.spend.push_back(20.0 + 7.5 * static_cast<double>(i));
      p.returned_share.push_back(i % 5 == 0 ? 0.1 : 0);
      p.r.push_back(static_cast<std::uint8_t>(5 - i * 5 / kCustomers));
      p.f.push_back(static_cast<std::uint8_t>(1 + i % 5));
      p.m.push_back(static_cast<std::uint8_t>(1 + i * 3 % 5));
      p.segment.push_back(static_cast<model::Segment>(i % model::kSegments));
      p.stage.push_back(static_cast<model::Stage>(i % (model::kStages - 1)));
      p.favourite_item.push_back(static_cast<std::uint32_t>(i % 3));
      p.flags.push_back(0);
    }
  }

  void fill_shop() {
    auto& s = shop;
    s.as_of = profiles.as_of;
    s.first_day = *base::parse_day("2024-08-03");
    s.last_day = *base::parse_day("2026-11-20");
    s.currency = "GBP";
    s.business = "shop";
    s.horizon_days = 60;
    s.customers = kCustomers;
    s.one_order = 27;
    s.lines_without_customer = 12;
    s.season_known = true;
    s.expected_gap = 41;
    s.first_to_second = 70;
    s.churn_rate = 0.083;
    s.loss_90 = 12345;
    s.lost_after_days = 300;
    s.return_model = "landmarks";
    for (std::size_t i = 0; i < kCustomers; ++i) {
      s.spend += profiles.spend[i];
      ++s.segment_count[static_cast<std::size_t>(profiles.segment[i])];
      s.segment_spend[static_cast<std::size_t>(profiles.segment[i])] += profiles.spend[i];
      ++s.stage_count[static_cast<std::size_t>(profiles.stage[i])];
      s.stage_spend[static_cast<std::size_t>(profiles.stage[i])] += profiles.spend[i];
      const std::size_t r = profiles.r[i] - 1U, c = (profiles.f[i] + profiles.m[i] + 1U) / 2 - 1;
      ++s.rfm_count[r][c];
      s.rfm_spend[r][c] += profiles.spend[i];
    }
    for (const std::int32_t days : {1, 3, 30, 90})
      s.retention.push_back({days, {0.004 * days, 0.003 * days, 0.005 * days, 200}});
    for (int m = 0; m < 14; ++m) {
      const base::Day month{std::chrono::year{2025} / (std::chrono::September) / 1 + std::chrono::months{m}};
      model::Cohort cohort{month, 20U + static_cast<std::uint64_t>(m), {1}};
      for (int k = 1; k < 14 - m; ++k) cohort.active.push_back(0.4 / k);
      s.cohorts.push_back(cohort);
      s.flows.push_back({month, 100U, 20U + static_cast<std::uint64_t>(m), 5, 18U + 2 * static_cast<std::uint64_t>(m)});
    }
    for (std::int32_t day = 0; day < 400; day += 20) {
      const double chance = 0.5 * std::exp(-day / 130.0);
      s.by_silence.push_back({day, day + 20, {chance, chance * 0.9, chance * 1.1, 300}});
    }
    s.check = {true,
               "",
               *base::parse_day("2026-09-22"),
               60,
               200,
               0.31,
               {{"winback", 0.19, 0.74, 0.30}, {"recency", 0.21, 0.7, 0.32}},
               {}};
    for (int k = 1; k <= 10; ++k) s.check.deciles.push_back({k * 0.06, k * 0.06 + 0.01, 0.03, 20});
    s.fits = {{"bg_nbd", {{"r", 0.8}, {"alpha", 60}}, {0.03, 2.5}, -12345.6, true, false, "no_dropout"},
              {"gamma_gamma", {{"p", 3}}, {0.2}, -99.5, true, true, ""}};
    s.warnings = {"no_dropout.bg_nbd"};
  }

  void fill_offers() {
    model::Offer reminder;
    reminder.id = "reminder";
    reminder.name = {"Reminder letter", "提醒信", "提醒信"};
    reminder.contact_cost = 0.01;
    model::Offer delivery = reminder;
    delivery.id = "free_shipping";
    delivery.kind = model::OfferKind::free_shipping;
    delivery.name = {"Free delivery", "免运费", "免運費"};
    delivery.redemption_cost = 4;
    delivery.redeem = 0.9;
    offers = {reminder, delivery};
    assumptions.effect[0] = {0.12, 0.18, 0.004, false, "Letters without money move few people and cost little."};
    assumptions.effect[1] = {0.2, 0.3, 0.003, false, "Somebody's own reason."};
  }

  /// Verdicts and classes go round, so that each combination that can be exists.
  void decide() {
    constexpr std::pair<model::Verdict, model::Class> kinds[] = {{model::Verdict::approach, model::Class::persuadable},
                                                                 {model::Verdict::explore, model::Class::unknown},
                                                                 {model::Verdict::hold_out, model::Class::persuadable},
                                                                 {model::Verdict::leave, model::Class::sure_thing},
                                                                 {model::Verdict::leave, model::Class::lost_cause},
                                                                 {model::Verdict::leave, model::Class::persuadable},
                                                                 {model::Verdict::wait, model::Class::none},
                                                                 {model::Verdict::filtered, model::Class::none}};
    auto& d = decisions;
    d.resize(kCustomers);
    for (std::size_t i = 0; i < kCustomers; ++i) {
      d.verdict[i] = kinds[i % 8].first;
      d.kind[i] = kinds[i % 8].second;
      if (d.verdict[i] == model::Verdict::wait) d.filter[i] = model::Filter::not_lapsed;
      if (d.verdict[i] == model::Verdict::filtered) d.filter[i] = model::Filter::opted_out;
      d.wait_until[i] = base::day_number(profiles.as_of) + 30;
      if (d.filter[i] != model::Filter::none) continue;
      d.best_offer[i] = static_cast<std::uint8_t>(i % 2);
      if (i % 8 < 3) d.offer[i] = d.best_offer[i];
      d.worth[i] = static_cast<float>(i) * 0.1F;
      d.worth_low[i] = d.worth[i] - 6;
      d.worth_high[i] = d.worth[i] + 9;
      d.return_chance[i] = 0.2F;
      d.cost[i] = 0.5F;
    }
  }

  void fill_plan() {
    auto& s = plan;
    s.id = "plan-2026-11-21-0badcafe";
    s.as_of = profiles.as_of;
    s.currency = "GBP";
    s.business = "shop";
    s.preset = "shop";
    s.horizon_days = 60;
    s.margin = 0.4;
    s.budget_given = true;
    s.budget = 500;
    s.customers = kCustomers;
    for (std::size_t i = 0; i < kCustomers; ++i) {
      ++s.filtered[static_cast<std::size_t>(decisions.filter[i])];
      ++s.verdict_count[static_cast<std::size_t>(decisions.verdict[i])];
      if (decisions.filter[i] == model::Filter::none) ++s.class_count[static_cast<std::size_t>(decisions.kind[i])];
    }
    s.eligible = s.filtered[0];
    s.offers = {{"reminder", 30, 0.3, 300, 0}, {"free_shipping", 30, 90, 424, 20}};
    s.profit = {724, -310, 700, 1800};
    s.spend = {90.3, 60, 90, 140};
    s.redemptions = {20, 12, 20, 29};
    s.returns = {4, -1, 4, 9};
    s.value_beyond = 900;
    s.chance_of_loss = 0.18;
    s.most_it_can_cost = 260;
    s.next_unit = 1.25;
    s.gap = 0.002;
    for (const double step : {0.25, 0.5, 1.0, 2.0}) {
      s.curve.push_back({500 * step,
                         90 * step,
                         {700 * std::sqrt(step), -300 * step, 0, 1700 * step},
                         static_cast<std::uint64_t>(40 * step)});
    }
    s.holdout_share = 0.5;
    s.held_out = s.held_out_would = 30;
    s.profit_forgone = 210;
    s.detectable_lift = 0.31;
    s.cannot_prove_alone = true;
    s.start = *base::parse_day("2026-12-01");
    s.blackout = "Black Friday";
  }
};

}  // namespace tests
