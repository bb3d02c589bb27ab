#include "tests/simulation/policy_run.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <gtest/gtest.h>

#include "adapter/xgboost/open_xgboost.h"
#include "base/random.h"
#include "decide/options.h"
#include "decide/plan.h"
#include "simulate/shop.h"
#include "stats/knapsack.h"
#include "understand/analyze.h"

namespace tests {
namespace {

using model::kOfferKinds;
using simulate::Shop;

constexpr std::int32_t kFirstCampaign = 600;  // days after the world's start
constexpr std::int32_t kEvery = 91;
constexpr double kHour = 0.4;  // of the day at which campaigns go out
constexpr std::size_t kFeatures = 9;

/// A shop's customers on the morning of a day: what the program may know, and the truth.
struct Morning {
  understand::Histories histories;
  std::vector<std::uint64_t> number;     ///< of the world's customers, by row
  std::vector<simulate::Person> person;  ///< by row
  std::vector<simulate::State> state;
  std::vector<std::uint8_t> reachable;
};

double money_of(const Shop& shop, const simulate::Order& order) {
  double cents = 0;
  for (const simulate::Line& line : order.lines) {
    if (line.returned < simulate::kNever) continue;
    cents += static_cast<double>(shop.catalogue().products()[line.product].price * line.quantity - line.discount);
  }
  return cents / 100;
}

Morning morning_of(const Shop& shop, std::uint64_t seed, std::uint32_t customers, std::int32_t day) {
  Morning m;
  m.histories.as_of = shop.world().start + std::chrono::days{day - 1};
  m.histories.items = m.histories.categories = m.histories.countries = {""};
  const std::int32_t start = base::day_number(shop.world().start);
  for (std::uint64_t number = 0; number < customers; ++number) {
    const simulate::Story story = shop.story(number, day);
    if (story.person.joined >= day) continue;
    const auto orders = simulate::fill_baskets(shop.world(), shop.catalogue(), shop.people(), story.person, story.life, seed);
    const std::size_t first = m.histories.day.size();
    for (const simulate::Order& order : orders) {
      const double money = money_of(shop, order);
      if (order.purchase->cancelled || money <= 0) continue;
      const std::int32_t when = start + static_cast<std::int32_t>(order.purchase->at);
      if (m.histories.day.size() > first && m.histories.day.back() == when) {
        m.histories.amount.back() += money;
      } else {
        m.histories.day.push_back(when);
        m.histories.amount.push_back(money);
      }
    }
    if (m.histories.day.size() == first) continue;
    m.histories.customer_id.push_back(fmt::format("C{:07}", number));
    m.histories.ends.push_back(m.histories.day.size());
    m.histories.returned.push_back(0);
    for (auto* column : {&m.histories.first_item, &m.histories.last_item, &m.histories.favourite_item,
                         &m.histories.favourite_category, &m.histories.country}) {
      column->push_back(0);
    }
    m.number.push_back(number);
    m.person.push_back(story.person);
    m.state.push_back(story.life.end);
    m.reachable.push_back(!story.contact.email.empty() && !story.contact.bounces && story.consent.allows(day) ? 1 : 0);
  }
  return m;
}

understand::Analysis analysis_of(const PolicyRunOptions& options, const Morning& m) {
  understand::AnalyzeRequest request;
  request.business = options.business;
  request.currency = options.world.currency;
  request.check = false;
  return understand::analyze_histories(request, m.histories);
}

double moved(double chance, double effect) {
  if (!(chance > 1e-9 && chance < 1 - 1e-9)) return chance;
  return 1 / (1 + (1 - chance) / chance * std::exp(-effect));
}

/// The truth about approaching one customer.
class Truth {
 public:
  Truth(const PolicyRunOptions& options, const Shop& shop, const Morning& m, std::int32_t day)
      : options_(options), shop_(shop), m_(m) {
    const std::int32_t horizon[] = {options.business.horizon_days};
    for (std::size_t row = 0; row < m.number.size(); ++row) {
      future_.push_back(simulate::outlook(m.person[row], shop.people().season(m.person[row]), m.state[row], day + kHour,
                                          shop.world().basket.cancelled, shop.world().gift_buyers.window, horizon)[0]);
      basket_.push_back(simulate::expected_basket(shop.world(), shop.catalogue(), m.person[row]));
    }
  }

  double chance(std::size_t row) const { return future_[row].chance; }

  double effect(std::size_t row, model::OfferKind kind) const {
    return shop_.people().effect_of(m_.person[row], kind, m_.state[row].reason);
  }

  /// E[Δ]: contribution with the approach less contribution without, less the contact.
  double worth(std::size_t row, const model::Offer& offer) const {
    const decide::Contribution c = decide::contribution(prospect(row), offer, options_.business.margin);
    const double p = chance(row);
    return moved(p, effect(row, offer.kind)) * c.with - p * c.without - offer.contact_cost;
  }

  double cost(std::size_t row, const model::Offer& offer) const {
    return offer.contact_cost + moved(chance(row), effect(row, offer.kind)) *
                                    decide::contribution(prospect(row), offer, options_.business.margin).incentive;
  }

  decide::Prospect prospect(std::size_t row) const {
    decide::Prospect p;
    p.return_chance = chance(row);
    p.basket = basket_[row];
    p.orders_if_back = future_[row].chance > 1e-9 ? std::max(1.0, future_[row].orders / future_[row].chance) : 1;
    return p;
  }

 private:

  const PolicyRunOptions& options_;
  const Shop& shop_;
  const Morning& m_;
  std::vector<simulate::Outlook> future_;
  std::vector<double> basket_;
};

void features_of(const model::Profiles& p, std::size_t row, std::vector<float>& out) {
  const double columns[kFeatures] = {p.return_chance[row],
                                     std::log1p(p.silent(row)),
                                     static_cast<double>(p.purchase_days[row]),
                                     p.average_basket[row],
                                     p.expected_basket[row],
                                     p.expected_orders[row] / std::max(p.return_chance[row], 1e-9),
                                     p.expected_year[row],
                                     p.expected_gap[row],
                                     static_cast<double>(base::day_number(p.as_of) - p.first_day[row])};
  for (const double x : columns) out.push_back(static_cast<float>(x));
}

bool lapsed(const model::Profiles& p, std::size_t row) { return p.lapsed_on[row] <= base::day_number(p.as_of); }

/// Chooses by expected worth under the budget; rows are those of the profiles.
std::vector<std::pair<std::size_t, std::size_t>> choose_best(const std::vector<std::size_t>& rows, std::size_t offers,
                                                             const std::vector<double>& worth, const std::vector<double>& cost,
                                                             double budget) {
  std::vector<std::uint32_t> first;
  for (std::size_t i = 0; i <= rows.size(); ++i) first.push_back(static_cast<std::uint32_t>(i * offers));
  stats::Limits limits;
  limits.budget = budget;
  const auto selection = stats::choose({first, cost, worth, {}}, limits);
  std::vector<std::pair<std::size_t, std::size_t>> chosen;
  if (!selection) return chosen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (selection->option[i] != stats::kNoOption) chosen.emplace_back(rows[i], static_cast<std::size_t>(selection->option[i]) % offers);
  }
  return chosen;
}

}  // namespace

std::string_view name_of(Lift lift) {
  constexpr std::string_view names[] = {"as the prior", "half the prior", "none", "negative for a fifth", "drawn from the prior"};
  return names[static_cast<std::size_t>(lift)];
}

simulate::World with_lift(const PolicyRunOptions& options) {
  simulate::World world = options.world;
  world.days = kFirstCampaign + kEvery * static_cast<std::int32_t>(kCampaigns) + 10;
  world.messages.campaigns.clear();
  world.messages.put_off_share = options.lift == Lift::negative ? 0.2 : 0;
  base::Rng rng{base::mix(options.seed ^ 0xD4A3)};
  const double shared = rng.normal();
  for (std::size_t k = 0; k < kOfferKinds; ++k) {
    const model::EffectPrior& prior = options.assumptions.effect[k];
    simulate::EffectLaw& law = world.messages.effects[k];
    const double alike = options.assumptions.kinds_alike;
    const double z = std::sqrt(alike) * shared + std::sqrt(1 - alike) * rng.normal();
    switch (options.lift) {
      case Lift::prior:
      case Lift::negative: law.mean = prior.mean; break;
      case Lift::half: law.mean = prior.mean / 2; break;
      case Lift::zero: law.mean = 0; break;
      case Lift::drawn: law.mean = prior.mean + prior.sd * z; break;
    }
    // People differ as the world says, but the mean is the lift's alone.
    law.sd = options.lift == Lift::zero || options.lift == Lift::drawn ? 0 : law.sd;
    law.price = options.lift == Lift::zero || options.lift == Lift::drawn ? 0 : law.price;
  }
  if (options.lift == Lift::drawn) {
    for (auto& reason : world.leaving.reasons) reason.answers = 1;
  }
  for (std::size_t c = 0; c < kCampaigns; ++c) {
    simulate::Campaign campaign;
    campaign.name = fmt::format("campaign-{}", c + 1);
    campaign.day = world.start + std::chrono::days{kFirstCampaign + kEvery * static_cast<std::int32_t>(c)};
    campaign.response_days = options.business.horizon_days;
    campaign.assigned.assign(options.customers, simulate::kNotAssigned);
    world.messages.campaigns.push_back(std::move(campaign));
  }
  return world;
}

class FeatureOracle {
 public:
  std::vector<std::unique_ptr<port::Learned>> worth, cost;  ///< by offer
};

std::shared_ptr<const FeatureOracle> learn_oracle(const PolicyRunOptions& original) {
  PolicyRunOptions options = original;
  options.customers = 4 * original.customers;
  options.seed = 0x0AC1E;
  auto shop = Shop::open(with_lift(options), options.seed);
  if (!shop) return nullptr;
  std::vector<float> features;
  std::vector<std::vector<float>> worth(options.offers.size()), cost(options.offers.size());
  for (std::size_t c = 0; c < options.campaigns; ++c) {
    const std::int32_t day = kFirstCampaign + kEvery * static_cast<std::int32_t>(c);
    const Morning m = morning_of(**shop, options.seed, options.customers, day);
    const understand::Analysis analysis = analysis_of(options, m);
    const Truth truth{options, **shop, m, day};
    for (std::size_t row = 0; row < m.number.size(); ++row) {
      if (!lapsed(analysis.profiles, row)) continue;
      features_of(analysis.profiles, row, features);
      for (std::size_t k = 0; k < options.offers.size(); ++k) {
        worth[k].push_back(static_cast<float>(truth.worth(row, options.offers[k])));
        cost[k].push_back(static_cast<float>(truth.cost(row, options.offers[k])));
      }
    }
  }
  const auto learner = adapter::xgboost::open_xgboost();
  port::LearnerOptions how;
  how.objective = port::Objective::amount;
  how.child_weight = 50;
  auto oracle = std::make_shared<FeatureOracle>();
  for (std::size_t k = 0; k < options.offers.size(); ++k) {
    for (auto* target : {&worth, &cost}) {
      auto learned = learner->learn({{features, kFeatures}, (*target)[k], {}}, how, {});
      if (!learned) return nullptr;
      (target == &worth ? oracle->worth : oracle->cost).push_back(std::move(*learned));
    }
  }
  return oracle;
}

const PolicyScore& PolicyRun::policy(std::string_view name) const {
  return *std::find_if(policies.begin(), policies.end(), [&](const PolicyScore& p) { return p.name == name; });
}

PolicyRun run_policies(const PolicyRunOptions& options, const FeatureOracle* oracle) {
  PolicyRun run;
  simulate::World world = with_lift(options);
  model::Experience experience;
  const std::int32_t horizon = options.business.horizon_days;
  const double margin = options.business.margin;
  const auto score_of = [&](const std::string& name) -> PolicyScore& {
    const auto found = std::find_if(run.policies.begin(), run.policies.end(), [&](const PolicyScore& p) { return p.name == name; });
    if (found != run.policies.end()) return *found;
    return run.policies.emplace_back(PolicyScore{name, {}});
  };
  model::Offer twenty;
  twenty.id = "twenty_percent";
  twenty.kind = model::OfferKind::percent;
  twenty.contact_cost = 0.01;
  twenty.basket_share = 0.2;
  twenty.redeem = 0.8;
  twenty.basket_factor = 0.95;

  for (std::size_t c = 0; c < options.campaigns; ++c) {
    const std::int32_t day = kFirstCampaign + kEvery * static_cast<std::int32_t>(c);
    const auto shop = Shop::open(world, options.seed);
    EXPECT_TRUE(shop);
    const Morning m = morning_of(**shop, options.seed, options.customers, day);
    const understand::Analysis analysis = analysis_of(options, m);
    const model::Profiles& profiles = analysis.profiles;
    const Truth truth{options, **shop, m, day};

    decide::PlanRequest request;
    request.business = options.business;
    request.assumptions = options.assumptions;
    request.offers = options.offers;
    request.preset.name = "shop";
    request.currency = world.currency;
    request.workspace_id = fmt::format("seed-{}", options.seed);
    request.season_known = analysis.shop.season_known;
    auto response = decide::Response::learn(options.assumptions, experience);
    EXPECT_TRUE(response) << (response ? "" : response.error().message);
    request.response = *response;
    decide::Contacts contacts;
    contacts.reachable = m.reachable;
    contacts.opted_out.assign(m.reachable.size(), 0);
    // The budget: half of what ten per cent off for everybody lapsed would be expected to cost.
    double everybody = 0;
    for (std::size_t row = 0; row < profiles.size(); ++row) {
      if (lapsed(profiles, row) && m.reachable[row] != 0) everybody += 0.01 + profiles.return_chance[row] * 0.08 * profiles.expected_basket[row];
    }
    request.budget = everybody / 2;
    const auto plan = decide::make_plan(request, profiles, contacts);
    EXPECT_TRUE(plan) << (plan ? "" : plan.error().message);
    const model::Decisions& d = plan->decisions;

    // Everybody chooses among those the lot did not hold out.
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < profiles.size(); ++row) {
      if (d.filter[row] == model::Filter::none && d.verdict[row] != model::Verdict::hold_out) rows.push_back(row);
    }
    const auto add = [&](const std::string& name, std::size_t row, const model::Offer& offer) {
      CampaignScore& score = score_of(name).campaign[c];
      score.value += truth.worth(row, offer);
      score.cost += truth.cost(row, offer);
      ++score.approached;
    };
    score_of("winback");
    auto& printed = run.printed[c];
    printed = {*request.budget, plan->summary.profit.mean, plan->summary.profit.p5, plan->summary.profit.p95, 0,
               plan->summary.spend.mean, rows.size(), 0};
    for (const auto& lesson : request.response->lessons()) printed.measured += request.response->measured(lesson.kind) ? 1 : 0;
    std::vector<std::uint8_t>& assigned = world.messages.campaigns[c].assigned;
    for (const std::size_t row : rows) {
      if (d.verdict[row] != model::Verdict::approach && d.verdict[row] != model::Verdict::explore) continue;
      printed.explored += d.verdict[row] == model::Verdict::explore ? 1 : 0;
      add("winback", row, request.offers[d.offer[row]]);
      assigned[m.number[row]] = static_cast<std::uint8_t>(request.offers[d.offer[row]].kind);
    }

    // The rivals: an order of customers and one offer, until the budget is used up.
    score_of("nobody");
    const auto rival = [&](const std::string& name, const model::Offer& offer, const std::function<double(std::size_t)>& key) {
      score_of(name);
      std::vector<std::pair<double, std::size_t>> order;
      for (const std::size_t row : rows) {
        const double k = key(row);
        if (std::isfinite(k)) order.emplace_back(-k, row);
      }
      std::sort(order.begin(), order.end());
      double spent = 0;
      for (const auto& [k, row] : order) {
        const double cost = offer.contact_cost + profiles.return_chance[row] * offer.redeem *
                                                     (offer.redemption_cost + offer.basket_share * offer.basket_factor * profiles.expected_basket[row]);
        if (spent + cost > *request.budget) break;
        spent += cost;
        add(name, row, offer);
      }
    };
    constexpr double kNot = -std::numeric_limits<double>::infinity();
    const auto by_lot = [&](std::size_t row) { return static_cast<double>(base::mix(m.number[row]) >> 11); };
    rival("everybody 20 %", twenty, by_lot);
    for (const model::Offer& offer : options.offers) {
      if (offer.id != "reminder" && offer.id != "ten_percent") continue;
      const std::string with = offer.id == "reminder" ? ", letter" : ", 10 %";
      rival("three layers" + with, offer, [&](std::size_t row) {
        const std::int32_t silent = profiles.silent(row);
        return silent >= 183 && silent <= 365 && profiles.value_percentile[row] >= 0.7 ? profiles.spend[row] : kNot;
      });
      rival("recency" + with, offer, [&](std::size_t row) { return static_cast<double>(-profiles.silent(row)); });
      rival("top spend" + with, offer, [&](std::size_t row) { return profiles.spend[row]; });
      rival("predicted return" + with, offer, [&](std::size_t row) { return profiles.return_chance[row]; });
      rival("RFM at risk" + with, offer, [&](std::size_t row) {
        const auto segment = profiles.segment[row];
        return segment == model::Segment::at_risk || segment == model::Segment::cannot_lose ? profiles.spend[row] : kNot;
      });
    }

    // The oracles.
    const std::size_t offers = options.offers.size();
    std::vector<double> worth, cost;
    std::vector<float> features;
    for (const std::size_t row : rows) {
      features_of(profiles, row, features);
      for (const model::Offer& offer : options.offers) {
        const bool may = decide::qualifies(profiles, row, offer, options.business.discount_ceiling);
        worth.push_back(may ? truth.worth(row, offer) : -1);
        cost.push_back(truth.cost(row, offer));
      }
    }
    score_of("oracle.features");
    score_of("oracle.individual");
    for (const auto& [row, offer] : choose_best(rows, offers, worth, cost, *request.budget)) add("oracle.individual", row, options.offers[offer]);
    if (oracle != nullptr && !rows.empty()) {
      for (std::size_t k = 0; k < offers; ++k) {
        std::vector<float> value(rows.size()), price(rows.size());
        EXPECT_TRUE(oracle->worth[k]->predict({features, kFeatures}, value));
        EXPECT_TRUE(oracle->cost[k]->predict({features, kFeatures}, price));
        for (std::size_t i = 0; i < rows.size(); ++i) {
          const bool may = decide::qualifies(profiles, rows[i], options.offers[k], options.business.discount_ceiling);
          worth[i * offers + k] = may ? static_cast<double>(value[i]) : -1;
          cost[i * offers + k] = std::max(0.001, static_cast<double>(price[i]));
        }
      }
      for (const auto& [row, offer] : choose_best(rows, offers, worth, cost, *request.budget)) add("oracle.features", row, options.offers[offer]);
    }

    if (options.trace) {
      std::printf("  campaign %zu: %zu eligible, budget %.0f, printed %.0f [%.0f, %.0f], spend %.0f, explored %.0f\n", c + 1, rows.size(),
                  printed.budget, printed.mean, printed.p5, printed.p95, printed.spend, printed.explored);
      for (const auto& lesson : request.response->lessons()) {
        std::printf("    learned %-14s %5lu against %5lu: %.2f ± %.2f -> %.2f ± %.2f%s%s\n", std::string{model::name_of(lesson.kind)}.c_str(),
                    lesson.approached, lesson.not_approached, lesson.before.mean, lesson.before.sd, lesson.after.mean, lesson.after.sd,
                    request.response->measured(lesson.kind) ? " measured" : "", request.response->heterogeneous() ? ", people differ" : "");
      }
      std::array<std::size_t, model::kClasses> classes{};
      for (const std::size_t row : rows) ++classes[static_cast<std::size_t>(d.kind[row])];
      for (std::size_t k = 0; k < model::kClasses; ++k) {
        std::printf("    %s %zu", std::string{model::name_of(static_cast<model::Class>(k))}.c_str(), classes[k]);
      }
      std::array<double, 5> foreseen{}, real{};
      const auto n = static_cast<double>(std::max<std::size_t>(1, rows.size()));
      for (const std::size_t row : rows) {
        const decide::Prospect ours = decide::prospect_of(profiles, row), theirs = truth.prospect(row);
        const auto sum = [&](std::array<double, 5>& to, const decide::Prospect& x, double effect) {
          to[0] += x.return_chance / n;
          to[1] += x.basket / n;
          to[2] += x.orders_if_back / n;
          to[3] += effect / n;
          to[4] += x.return_chance * (1 - x.return_chance) * effect * x.basket * x.orders_if_back * margin;
        };
        sum(foreseen, ours, request.response->effect(model::OfferKind::reminder, decide::fade(ours.return_chance, request.assumptions), ours.traits).mean);
        sum(real, theirs, truth.effect(row, model::OfferKind::reminder));
      }
      constexpr const char* kWhat[] = {"p(none)", "basket", "orders if back", "effect of a letter", "worth of letters"};
      std::printf("\n");
      for (std::size_t k = 0; k < 5; ++k) std::printf("    %s foreseen %.3f, true %.3f\n", kWhat[k], foreseen[k], real[k]);
      std::array<double, 8> got{};
      for (const std::size_t row : rows) {
        if (d.offer[row] < 8 && (d.verdict[row] == model::Verdict::approach || d.verdict[row] == model::Verdict::explore)) ++got[d.offer[row]];
      }
      for (std::size_t k = 0; k < offers; ++k) std::printf("    %s %.0f", options.offers[k].id.c_str(), got[k]);
      std::printf("\n");
      for (const PolicyScore& policy : run.policies) {
        std::printf("    %-28s %9.1f at %8.1f for %zu\n", policy.name.c_str(), policy.campaign[c].value, policy.campaign[c].cost, policy.campaign[c].approached);
      }
    }

    // What the campaign brought, as the program will see it three months later.
    if (c + 1 == options.campaigns) break;
    const auto after = Shop::open(world, options.seed);
    const Morning then = morning_of(**after, options.seed, options.customers, day + horizon);
    std::vector<std::size_t> row_then(options.customers, SIZE_MAX);
    for (std::size_t r = 0; r < then.number.size(); ++r) row_then[then.number[r]] = r;
    std::array<std::uint16_t, 2> trial{};
    for (std::size_t stratum = 0; stratum < 2; ++stratum) {
      trial[stratum] = static_cast<std::uint16_t>(experience.trials.size());
      experience.trials.push_back({fmt::format("{}/{}", plan->summary.id, stratum), profiles.as_of, horizon});
    }
    for (std::size_t row = 0; row < profiles.size(); ++row) {
      const bool approached = d.verdict[row] == model::Verdict::approach || d.verdict[row] == model::Verdict::explore;
      const bool unknown = d.kind[row] == model::Class::unknown;
      const bool control = d.verdict[row] == model::Verdict::hold_out && (d.offer[row] != model::kNoOffer || unknown);
      if (!approached && !control && !(d.verdict[row] == model::Verdict::leave && unknown)) continue;
      const std::size_t r = row_then[m.number[row]];
      double money = 0, first = 0;
      for (std::size_t k = then.histories.begin(r); k < then.histories.end(r); ++k) {
        if (then.histories.day[k] <= base::day_number(profiles.as_of)) continue;
        if (money == 0) first = then.histories.amount[k];
        money += then.histories.amount[k];
      }
      double contribution = margin * money;
      if (approached) {
        const model::Offer& offer = request.offers[d.offer[row]];
        contribution -= offer.contact_cost;
        if (money > 0) contribution -= offer.redeem * (offer.redemption_cost + offer.basket_share * first);
      }
      const decide::Prospect prospect = decide::prospect_of(profiles, row);
      const bool would_be = d.verdict[row] == model::Verdict::approach ||
                            (d.verdict[row] == model::Verdict::hold_out && d.offer[row] != model::kNoOffer) ||
                            (d.verdict[row] == model::Verdict::explore && d.kind[row] == model::Class::persuadable);
      experience.trial.push_back(trial[would_be ? 0 : 1]);
      experience.kind.push_back(approached ? static_cast<std::uint8_t>(request.offers[d.offer[row]].kind) : model::kNotApproached);
      experience.propensity.push_back(d.propensity[row]);
      experience.return_chance.push_back(static_cast<float>(prospect.return_chance));
      experience.traits.push_back(prospect.traits);
      experience.returned.push_back(money > 0 ? 1 : 0);
      experience.contribution.push_back(static_cast<float>(contribution));
      experience.basket.push_back(static_cast<float>(prospect.basket));
      experience.basket_sd.push_back(static_cast<float>(prospect.basket_sd));
      experience.orders_if_back.push_back(static_cast<float>(prospect.orders_if_back));
      experience.expected_year.push_back(static_cast<float>(prospect.expected_year));
    }
  }
  return run;
}

}  // namespace tests
