#include <algorithm>
#include <cmath>

#include "report/bars.h"
#include "report/page.h"
#include "report/svg.h"

namespace report {

using text::Word;

namespace {

std::string range(const Page& page, double low, double high) {
  return page.say(Word::report_range, fmt::arg("low", page.exact(low)), fmt::arg("high", page.exact(high)));
}

/// The points of the curve that tell something: those up to the first that a larger budget no longer changes.
std::vector<model::BudgetPoint> telling(const model::PlanSummary& plan) {
  std::vector<model::BudgetPoint> points;
  for (const auto& point : plan.curve) {
    if (!points.empty() && point.spend <= points.back().spend * 1.0005) break;
    points.push_back(point);
  }
  return points;
}

/// Profit against the money it takes, with its 90 % band; the plan is the marked point.
std::string budget_chart(const Page& page) {
  const auto& plan = page.in.plan;
  struct At {
    double x;
    model::Band y;
  };
  std::vector<At> points = {{0, {}}};
  for (const auto& point : telling(plan)) points.push_back({point.spend, point.profit});
  const double chosen_x = plan.spend.mean;
  double low = std::min(0.0, plan.profit.mean), high = std::max(0.0, plan.profit.mean), furthest = chosen_x;
  for (const At& point : points) {
    low = std::min({low, point.y.p5, point.y.mean});
    high = std::max({high, point.y.p95, point.y.mean});
    furthest = std::max(furthest, point.x);
  }
  if (!(furthest > 0) || !(high > low)) return "";
  return figure(page.word(Word::report_money_chart), [&](double width) {
    const bool phone = width < kWide;
    const auto ys = ticks(low, high, phone ? 5 : 6);
    const auto xs = ticks(0, furthest, phone ? 3 : 6);
    Svg svg{width, phone ? 300.0 : 340.0};
    double left = 0;
    for (const double y : ys) left = std::max(left, text_width(page.money(y)) + 10);
    const Scale x{0, furthest, left, width - 14}, y{ys.front(), ys.back(), svg.height() - 42, 26};
    svg.text(0, 12, page.word(Word::report_money_profit), "m");
    for (const double tick : ys) {
      svg.line(left, y(tick), width - 14, y(tick), tick == 0 ? "s-ink" : "s-line");
      svg.text(left - 8, y(tick) + 4, page.money(tick), "m e");
    }
    for (const double tick : xs) {
      if (tick > furthest * 1.001) continue;
      svg.text(x(tick), svg.height() - 24, page.money(tick), x(tick) > width - 40 ? "m e" : "m c");
    }
    svg.text(width - 14, svg.height() - 6, page.word(Word::report_money_axis), "m e");
    std::vector<Svg::Point> band, mean;
    for (const At& point : points) {
      band.push_back({x(point.x), y(point.y.p95)});
      mean.push_back({x(point.x), y(point.y.mean)});
    }
    for (auto point = points.rbegin(); point != points.rend(); ++point) band.push_back({x(point->x), y(point->y.p5)});
    svg.polygon(band, "f-band");
    svg.polyline(mean, "s-teal w2");
    svg.text(width - 18, std::max(40.0, y(points.back().y.p95) + 16), page.word(Word::report_money_band), "e t-teal");
    const double cx = x(chosen_x), cy = y(plan.profit.mean);
    svg.circle(cx, cy, 7, "f-paper");
    svg.circle(cx, cy, 5, "f-ink");
    const std::string chosen = page.say(Word::report_money_chosen, fmt::arg("profit", page.money(plan.profit.mean)));
    svg.text(centred(cx, chosen, left, width - 14), cy - 14, chosen, "c b halo");
    return svg;
  });
}

}  // namespace

std::string money_section(const Page& page) {
  const auto& plan = page.in.plan;
  if (page.approached() == 0) {
    return page.section("money", Word::report_money_question, page.word(Word::report_money_nothing), "");
  }
  std::string answer, body;
  const std::string budget = page.money(plan.budget);
  const std::string one = text::money(page.l, plan.currency, 1);
  if (!plan.budget_given) {
    answer = page.say(Word::report_money_free, fmt::arg("spend", page.money(plan.spend.mean)));
    body += page.p(page.word(Word::report_money_free_text));
  } else if (plan.next_unit > 0) {
    answer = page.say(Word::report_money_next, fmt::arg("budget", budget), fmt::arg("unit", one),
                      fmt::arg("next", page.money(plan.next_unit)));
  } else {
    answer = page.say(Word::report_money_left, fmt::arg("spend", page.money(plan.spend.mean)));
    body += page.p(page.say(Word::report_money_left_text, fmt::arg("budget", budget), fmt::arg("unit", one)));
  }
  body += page.p(plan.gap > 5e-4 ? page.say(Word::report_money_gap, fmt::arg("gap", page.share(plan.gap)))
                                 : page.word(Word::report_money_exact));
  body += budget_chart(page);
  Table table{{{page.word(Word::report_head_budget), true},
               {page.word(Word::head_customers), true},
               {page.word(Word::report_expected_spend), true},
               {page.word(Word::report_head_profit), true, true},
               {page.word(Word::report_ninety), true, true}},
              Phone::paired_card};
  const auto points = telling(plan);
  for (const auto& point : points) {
    const bool enough = &point == &points.back() && points.size() < plan.curve.size();
    const std::string amount_text = page.exact(point.budget);
    table.row({enough ? page.say(Word::report_money_enough, fmt::arg("budget", amount_text)) : amount_text,
               page.count(point.customers), page.exact(point.spend), page.exact(point.profit.mean),
               range(page, point.profit.p5, point.profit.p95)});
  }
  return page.section("money", Word::report_money_question, answer + std::string{kAssumed}, body + table.str());
}

std::string offers_section(const Page& page) {
  const auto& plan = page.in.plan;
  std::uint64_t all = 0;
  std::size_t most = 0;
  for (std::size_t k = 0; k < plan.offers.size(); ++k) {
    all += plan.offers[k].customers;
    if (plan.offers[k].customers > plan.offers[most].customers) most = k;
  }
  if (all == 0) return page.section("offers", Word::report_offers_question, page.word(Word::report_offers_none), "");
  std::vector<std::size_t> order;
  for (std::size_t k = 0; k < plan.offers.size(); ++k) {
    if (plan.offers[k].customers > 0) order.push_back(k);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return plan.offers[a].customers > plan.offers[b].customers; });
  std::vector<Part> parts;
  Table table{{{page.word(Word::report_head_offer)},
               {page.word(Word::head_customers), true},
               {page.word(Word::head_share), true},
               {page.word(Word::report_expected_spend), true},
               {page.word(Word::report_head_redeemed), true},
               {page.word(Word::head_brings), true}},
              Phone::card};
  double opacity = 1, cost = 0, redeemed = 0, worth = 0;
  for (const std::size_t k : order) {
    const auto& offer = plan.offers[k];
    parts.push_back({page.offer_name(k), static_cast<double>(offer.customers),
                     page.count(offer.customers) + " (" + page.share(offer.customers, all) + ")", "f-teal", opacity});
    opacity = std::max(0.25, opacity - 0.22);
    table.row({page.offer_name(k), page.count(offer.customers), page.share(offer.customers, all),
               page.exact(offer.cost), text::whole(page.l, offer.redemptions), page.exact(offer.worth)});
    cost += offer.cost;
    redeemed += offer.redemptions;
    worth += offer.worth;
  }
  if (order.size() > 1) {
    table.row({page.word(Word::report_total), page.count(all), page.share(1), page.exact(cost),
               text::whole(page.l, redeemed), page.exact(worth)},
              true);
  }
  const std::string name = page.offer_name(most);
  const std::string answer = order.size() == 1
                                 ? page.say(Word::report_offers_all, fmt::arg("offer", name))
                                 : page.say(Word::report_offers_answer, fmt::arg("offer", name),
                                            fmt::arg("share", page.share(plan.offers[most].customers, all)));
  return page.section("offers", Word::report_offers_question, answer + std::string{kAssumed},
                      stacked_bar(page.word(Word::report_offers_chart), parts) + table.str());
}

std::string proof_section(const Page& page) {
  const auto& plan = page.in.plan;
  if (page.approached() == 0) {
    return page.section("proof", Word::report_proof_question, page.word(Word::report_proof_nothing), "");
  }
  if (plan.held_out == 0) {
    return page.section("proof", Word::report_proof_question, page.word(Word::report_proof_nobody),
                        page.p(page.word(Word::report_proof_pool)));
  }
  const auto points = [&](double value) { return text::brief(page.l, std::round(value * 10) / 10); };
  const double each = 100 / static_cast<double>(page.approached());
  const double expected = plan.returns.mean * each, lift = 100 * plan.detectable_lift;
  const bool too_small = expected < lift;
  const std::string answer =
      plan.cannot_prove_alone
          ? page.say(Word::report_proof_alone, fmt::arg("controls", page.count(plan.held_out_would)))
      : too_small
          ? page.say(Word::report_proof_short, fmt::arg("expected", points(expected)), fmt::arg("lift", points(lift)))
          : page.say(Word::report_proof_answer, fmt::arg("held", page.count(plan.held_out)));
  std::string body;
  if (plan.detectable_lift > 0) {
    body += page.p(page.say(Word::report_proof_text, fmt::arg("held", page.count(plan.held_out)),
                            fmt::arg("share", page.share(plan.holdout_share)),
                            fmt::arg("would", page.count(plan.held_out_would)),
                            fmt::arg("forgone", page.money(plan.profit_forgone)),
                            fmt::arg("lift", text::brief(page.l, 100 * plan.detectable_lift))));
  }
  if (plan.cannot_prove_alone || too_small) body += page.p(page.word(Word::report_proof_pool));
  if (plan.detectable_lift > 0) {
    const double low = plan.returns.p5 * each, high = plan.returns.p95 * each;
    body += bar_chart(page.word(Word::report_proof_chart),
                      {{page.word(Word::report_proof_expected), 0, expected,
                        page.say(Word::report_points_band, fmt::arg("value", points(expected)),
                                 fmt::arg("low", points(low)), fmt::arg("high", points(high))),
                        "f-teal", low, high, false},
                       {page.word(Word::report_proof_detectable), 0, lift,
                        page.say(Word::report_points, fmt::arg("value", points(lift))), "f-held", 0, 0, false}});
  }
  return page.section("proof", Word::report_proof_question, answer, body);
}

}  // namespace report
