#include "simulate/person.h"

#include <cmath>

namespace simulate {
namespace {

constexpr double kYear = 365;

std::vector<double> weights_of(const std::vector<Market>& markets) {
  std::vector<double> out;
  for (const Market& market : markets) out.push_back(market.weight);
  return out;
}

std::vector<double> weights_of(const std::vector<Acquisition>& ways) {
  std::vector<double> out;
  for (const Acquisition& way : ways) out.push_back(way.weight);
  return out;
}

void normalise(std::array<double, kReasons>& shares) {
  double sum = 0;
  for (const double share : shares) sum += share;
  for (double& share : shares) share /= sum;
}

const std::string& one_of(const std::vector<std::string>& list, base::Rng& rng) { return list[rng.below(list.size())]; }

}  // namespace

std::string_view name_of(Reason reason) {
  static constexpr std::array<std::string_view, kReasons> kNames = {
      "",           "product",     "service",     "delivery",      "price",
      "competitor", "no_occasion", "nothing_new", "over_messaged", "need_ended"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::string_view name_of(Trade trade) {
  static constexpr std::array<std::string_view, kTrades> kNames = {"shop", "subscription", "game", "course"};
  return kNames[static_cast<std::size_t>(trade)];
}

People::People(const World& world, const Catalogue& catalogue, std::uint64_t seed)
    : world_(world),
      catalogue_(catalogue),
      seed_(seed),
      markets_(weights_of(world.markets)),
      acquisition_(weights_of(world.acquisition)),
      regularity_(world.buying.regularity) {
  std::vector<double> tariffs;
  for (const Tariff& tariff : world.subscription.tariffs) tariffs.push_back(tariff.weight);
  if (!tariffs.empty()) tariffs_ = Lot{tariffs};
  for (const Market& market : world.markets) {
    for (std::size_t level = 0; level < kSeasonLevels; ++level) seasons_.emplace_back(world, market.season, level);
    std::vector<double> days;
    for (std::int32_t d = 0; d < world.days; ++d) {
      days.push_back(seasons_[seasons_.size() - 2].factor(d) * std::pow(world.growth, d / kYear));
    }
    arrival_.emplace_back(days);
  }
}

Person People::person(std::uint64_t number) const {
  base::Rng rng = rng_of(seed_, number, Stream::traits);
  Person p;
  p.number = number;
  p.market = static_cast<std::uint32_t>(markets_.draw(rng));
  // Two neighbours in number may be one household; its own source decides, so that both agree.
  base::Rng home = rng_of(seed_, number / 2, Stream::household);
  if (home.chance(world_.household)) {
    p.household = number / 2 + 1;
    p.market = static_cast<std::uint32_t>(markets_.draw(home));
  }
  p.language = world_.markets[p.market].language;
  p.acquisition = static_cast<std::uint32_t>(acquisition_.draw(rng));
  p.joined = static_cast<double>(arrival_[p.market].draw(rng)) + rng.uniform();
  p.price_sensitivity = draw_beta(rng, world_.buying.price_sensitivity);
  p.season_level = p.price_sensitivity < 0.33 ? 0 : p.price_sensitivity < 0.66 ? 1 : 2;
  p.gift_buyer = rng.chance(world_.gift_buyers.share);
  p.rate = std::min(draw_gamma(rng, world_.buying.rate), world_.buying.most) / kYear;
  p.stages = static_cast<std::uint32_t>(regularity_.draw(rng)) + 1;
  p.leave_after = p.gift_buyer ? world_.gift_buyers.leaves : draw_beta(rng, world_.leaving.after_order);
  const double first = std::min(1.0, world_.leaving.first * world_.acquisition[p.acquisition].leaves_first);
  p.leave_first = p.gift_buyer ? p.leave_after : p.leave_after + (1 - p.leave_after) * first;
  p.leave_rate = p.gift_buyer ? 0 : draw_gamma(rng, world_.leaving.per_year) / kYear;
  p.put_off = rng.chance(world_.messages.put_off_share);
  for (std::size_t r = 1; r < kReasons; ++r) {
    const ReasonLaw& law = world_.leaving.reasons[r];
    // Who looks at prices leaves over them; who dislikes letters leaves over those.
    double factor = 1;
    if (static_cast<Reason>(r) == Reason::price) factor = 0.25 + 1.5 * p.price_sensitivity;
    if (static_cast<Reason>(r) == Reason::over_messaged) factor = p.put_off ? 4 : 0.7;
    p.after_order[r] = law.after_order * factor;
    p.over_time[r] = law.over_time * factor;
    p.back[r] = p.gift_buyer ? 0 : law.back_per_year / kYear;
  }
  normalise(p.after_order);
  normalise(p.over_time);
  const Law sensitivity = world_.buying.price_sensitivity;
  const double mean_sensitivity = sensitivity.a / (sensitivity.a + sensitivity.b);
  const double shared = rng.normal();  // some people answer letters, whatever these offer
  for (std::size_t k = 0; k < model::kOfferKinds; ++k) {
    const EffectLaw& law = world_.messages.effects[k];
    const double own = law.sd * (0.7 * shared + std::sqrt(1 - 0.49) * rng.normal());
    p.effect[k] = law.mean + own + law.price * (p.price_sensitivity - mean_sensitivity);
    if (p.put_off) p.effect[k] = world_.messages.put_off_effect + 0.3 * own;
  }
  p.opt_out = std::min(1.0, world_.messages.opt_out * (p.put_off ? world_.messages.put_off_opt_out : 1));
  p.extra_lines = draw_gamma(rng, world_.basket.extra_lines);
  p.favourite = static_cast<std::uint32_t>(catalogue_.draw_category(rng));
  p.usual = catalogue_.draw(p.favourite, rng);
  p.returns = draw_gamma(rng, world_.basket.returner);
  p.has_app = rng.chance(world_.traces.app);
  p.rate *= world_.catalogue.categories[p.favourite].pace;
  if (world_.trade == Trade::subscription) {
    p.tariff = static_cast<std::uint32_t>(tariffs_.draw(rng));
    p.price = world_.subscription.tariffs[p.tariff].price;
    // A period is paid for or it is not; between payments nobody leaves unseen.
    p.stages = 1;
    p.rate = 1 / world_.subscription.period;
    p.leave_rate = 0;
  }
  if (world_.trade == Trade::game && rng.chance(world_.game.payers)) {
    p.pays = draw_beta(rng, world_.game.pays);
    p.payment = world_.game.spend * (rng.chance(world_.game.whales) ? world_.game.whale_factor : 1);
  }
  return p;
}

Contact People::contact(const Person& p) const {
  base::Rng rng = rng_of(seed_, p.number, Stream::contact);
  base::Rng home = rng_of(seed_, p.number / 2, Stream::household);
  const Market& market = world_.markets[p.market];
  Contact c;
  // A household shares its name and town.
  base::Rng& shared = p.household != 0 ? home : rng;
  if (p.household != 0) home.next();
  const std::string family = one_of(market.family_names, shared);
  c.city = one_of(market.cities, shared);
  const std::string& given = one_of(market.given_names, rng);
  c.name = p.language == Tongue::en ? given + " " + family : family + given;
  if (rng.chance(world_.messages.has_email)) {
    static constexpr std::array<std::string_view, 24> kWords = {
        "amber",  "birch",   "clover",  "dune",    "ember", "fern",   "grove",  "harbour",
        "iris",   "juniper", "kestrel", "linden",  "maple", "north",  "olive",  "pebble",
        "quince", "river",   "sorrel",  "thistle", "umber", "violet", "willow", "yarrow"};
    c.email = fmt::format("{}.{}{}@example.{}", kWords[rng.below(kWords.size())], kWords[rng.below(kWords.size())],
                          p.number, rng.chance(0.7) ? "com" : "org");
  }
  if (c.email.empty() || rng.chance(world_.messages.has_phone)) {
    c.phone = market.phone;
    for (std::uint32_t i = 0; i < market.phone_digits; ++i) c.phone += static_cast<char>('0' + rng.below(10));
  }
  if (rng.chance(0.45)) {
    c.birthday = base::day_number(base::Day{std::chrono::year{1950} / 1 / 1}) +
                 static_cast<std::int32_t>(365.25 * (5 + 48 * draw_beta(rng, {2.2, 2.0})));
  }
  c.opens = draw_beta(rng, world_.messages.opens);
  c.clicks = draw_beta(rng, world_.messages.clicks);
  c.machine_opens = rng.chance(world_.messages.machine_opens);
  c.bounces = rng.chance(world_.messages.bounces);
  return c;
}

double People::effect_of(const Person& p, model::OfferKind offer, Reason left_for) const {
  const double effect = p.effect[static_cast<std::size_t>(offer)];
  if (left_for == Reason::none || effect <= 0) return effect;
  return effect * world_.leaving.reasons[static_cast<std::size_t>(left_for)].answers;
}

}  // namespace simulate
