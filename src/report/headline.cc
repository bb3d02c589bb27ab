#include <algorithm>
#include <cmath>

#include "report/page.h"
#include "report/svg.h"

namespace report {

using text::Word;

namespace {

/// The 90 % band of the profit on a line with zero: what lies left of zero loses money.
std::string sure_chart(const Page& page) {
  const model::Band& band = page.in.plan.profit;
  const std::string label = page.say(Word::report_sure_chart, fmt::arg("low", page.money(band.p5)),
                                     fmt::arg("high", page.money(band.p95)), fmt::arg("mean", page.money(band.mean)));
  return figure(label, [&](double width) {
    Svg svg{width, 92};
    const double reach = std::max({band.p95, -band.p5, 1e-9});
    const double low = std::min({band.p5, band.mean, 0.0}) - 0.02 * reach,
                 high = std::max({band.p95, band.mean, 0.0}) + 0.02 * reach;
    const Scale x{low, high, 1, width - 1};
    const double zero = x(0), a = x(band.p5), b = x(band.p95), mean = x(band.mean);
    svg.line(0, 52, width, 52, "s-line");
    if (band.p5 < 0) svg.rect(a, 44, std::min(zero, b) - a, 16, "f-red", 0.75);
    if (band.p95 > 0) svg.rect(std::max(zero, a), 44, b - std::max(zero, a), 16, "f-teal", 0.75);
    svg.line(zero, 20, zero, 66, "s-ink");
    svg.circle(mean, 52, 7, "f-paper");
    svg.circle(mean, 52, 5, "f-ink");
    const std::string loses = page.word(Word::report_sure_loses), earns = page.word(Word::report_sure_earns);
    if (band.p5 < 0 && zero > text_width(loses) + 8) svg.text(zero - 6, 12, loses, "e t-red");
    if (width - zero > text_width(earns) + 8) svg.text(zero + 6, 12, earns, "t-teal");
    const std::string expected = page.say(Word::report_sure_mean, fmt::arg("mean", page.money(band.mean)));
    // Beside the line of zero where there is room.
    const bool right_of_zero = zero + 8 + text_width(expected) < width;
    svg.text(centred(mean, expected, right_of_zero && mean >= zero ? zero + 8 : 0, width), 34, expected, "c b");
    const std::string low_text = page.money(band.p5), high_text = page.money(band.p95);
    svg.text(std::max(0.0, a), 80, low_text, "m");
    svg.text(std::min(width, b), 80, high_text, "m e");
    if (zero - a > text_width(low_text) + 14 && b - zero > text_width(high_text) + 14)
      svg.text(zero, 80, page.money(0), "m c");
    return svg;
  });
}

std::string figures(const Page& page) {
  const auto& plan = page.in.plan;
  std::string out = "<dl class=\"figures\">\n";
  const auto add = [&](Word name, const std::string& value) {
    out += fmt::format("<div><dd>{}</dd><dt>{}</dt></div>\n", page.with_marks(value), escape(page.word(name)));
  };
  add(Word::report_fig_costs, page.money(plan.spend.mean));
  add(Word::report_fig_dear, page.money(plan.spend.p95));
  add(Word::report_fig_most, page.money(plan.most_it_can_cost));
  add(Word::report_fig_loss, page.share(plan.chance_of_loss));
  add(Word::report_fig_start, text::short_date(page.l, plan.start));
  return out + "</dl>\n";
}

/// What the totals rest on, the assumed ones marked.
std::string rests_on(const Page& page) {
  const auto& in = page.in;
  std::string out = "<dl class=\"rests\">\n<dt class=\"lead\">" + escape(page.word(Word::report_rests_on)) + "</dt>\n";
  const auto add = [&](Word name, const std::string& value, bool assumed) {
    out += fmt::format("<div><dt>{}</dt> <dd>{}</dd></div>\n", escape(page.word(name)),
                       page.with_marks(value + (assumed ? std::string{kAssumed} : "")));
  };
  add(Word::report_rest_business, page.business(), !in.business_given);
  add(Word::report_rest_margin, page.share(in.plan.margin), !in.margin_given);
  add(Word::report_rest_horizon, page.say(Word::report_days, fmt::arg("days", in.plan.horizon_days)), true);
  double low = 1e9, high = 0;
  bool assumed = false;
  for (std::size_t k = 0; k < in.offers.size(); ++k) {
    const auto& effect = in.assumptions.effect[static_cast<std::size_t>(in.offers[k].kind)];
    low = std::min(low, std::exp(effect.mean));
    high = std::max(high, std::exp(effect.mean));
    assumed = assumed || !effect.measured;
  }
  if (high > 0) {
    add(Word::report_rest_effects,
        page.say(Word::report_rest_effects_value, fmt::arg("low", fmt::format("{:.2f}", low)),
                 fmt::arg("high", fmt::format("{:.2f}", high))),
        assumed);
    add(Word::report_rest_costs, page.word(Word::report_rest_costs_value), true);
  }
  add(Word::report_rest_budget,
      in.plan.budget_given ? page.money(in.plan.budget) : page.word(Word::report_rest_no_budget), false);
  if (!in.plan.where.empty()) add(Word::report_rest_where, in.plan.where, false);
  return out + "</dl>\n";
}

}  // namespace

std::string headline(const Page& page) {
  const auto& plan = page.in.plan;
  const std::string customers = page.count(plan.customers), date = page.date(plan.as_of);
  std::string out = "<header>\n";
  out += page.p(plan.currency.empty()
                    ? page.say(Word::report_kicker_no_money, fmt::arg("date", date), fmt::arg("customers", customers))
                    : page.say(Word::report_kicker, fmt::arg("date", date), fmt::arg("customers", customers),
                               fmt::arg("currency", plan.currency)),
                "kicker");
  const std::uint64_t approached = page.approached();
  if (approached == 0) {
    out += "<h1>" + escape(page.word(Word::report_headline_nobody)) + "</h1>\n" +
           page.p(page.word(Word::report_deck_nobody), "deck");
    return out + rests_on(page) + "</header>\n";
  }
  const std::string of_lapsed = page.count(std::max(page.lapsed(), approached));
  const bool learning = page.verdicts(model::Verdict::approach) == 0;
  out += "<h1>" +
         page.with_marks(page.say(learning ? Word::report_headline_learn : Word::report_headline,
                                  fmt::arg("customers", page.count(approached)), fmt::arg("lapsed", of_lapsed),
                                  fmt::arg("profit", page.money(plan.profit.mean))) +
                         std::string{page.effects_measured() ? "" : kAssumed}) +
         "</h1>\n";
  const base::Day until = plan.start + std::chrono::days{plan.horizon_days};
  out += page.p(page.say(page.effects_measured() ? Word::report_deck_measured : Word::report_deck,
                         fmt::arg("days", plan.horizon_days), fmt::arg("low", page.money(plan.profit.p5)),
                         fmt::arg("high", page.money(plan.profit.p95)), fmt::arg("until", page.date(until))),
                "deck");
  out += sure_chart(page) + figures(page);
  out += page.p(page.say(Word::report_sure_text, fmt::arg("loss", page.share(plan.chance_of_loss))));
  out += page.p(page.say(Word::report_beyond_text, fmt::arg("days", plan.horizon_days),
                         fmt::arg("money", page.money(plan.value_beyond))) +
                std::string{kAssumed});
  if (!plan.blackout.empty()) {
    out +=
        page.p(page.say(Word::plan_blackout, fmt::arg("name", plan.blackout), fmt::arg("date", page.date(plan.start))));
  }
  return out + rests_on(page) + "</header>\n";
}

}  // namespace report
