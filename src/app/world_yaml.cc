#include "app/world_yaml.h"

#include <yaml-cpp/yaml.h>

#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "app/yaml.h"
#include "gen/files.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using simulate::Law;
using simulate::World;

namespace {

/// One map of the file, field by field. The first mistake is kept and later fields are then left alone; what was never
/// asked for is a mistake too.
class Map {
 public:
  Map(YAML::Node node, std::string_view where, std::optional<base::Error>& problem)
      : node_(std::move(node)), where_(where), problem_(problem) {
    if (!problem_ && !node_.IsMap()) say(node_, "expected fields such as `name: value` here");
  }
  Map(const Map&) = delete;
  Map& operator=(const Map&) = delete;
  ~Map() {
    if (problem_ || !node_.IsMap()) return;
    for (const auto& entry : node_) {
      const std::string key = entry.first.Scalar();
      if (known_.contains(key)) continue;
      std::string names;
      for (const std::string& name : known_) names += (names.empty() ? "" : ", ") + name;
      say(entry.first, fmt::format("'{}' is not known here; known are {}", key, names));
      return;
    }
  }

  void number(const char* key, double& target, double low, double high) {
    if (const auto value = find(key)) read_number(*value, key, target, low, high);
  }
  void share(const char* key, double& target) { number(key, target, 0, 1); }
  template <class Whole>
  void whole(const char* key, Whole& target, double low, double high) {
    double value = static_cast<double>(target);
    number(key, value, low, high);
    if (problem_) return;
    if (value != std::floor(value)) return say(node_[key], fmt::format("{} must be a whole number", key));
    target = static_cast<Whole>(value);
  }
  void text(const char* key, std::string& target) {
    const auto value = find(key);
    if (!value) return;
    if (!value->IsScalar() || value->Scalar().empty()) return say(*value, fmt::format("{} must be a text", key));
    target = value->Scalar();
  }
  void texts(const char* key, std::vector<std::string>& target) {
    const auto value = list(key);
    if (!value) return;
    target.clear();
    for (const auto& item : *value) {
      if (!item.IsScalar() || item.Scalar().empty()) return say(item, fmt::format("{} is a list of texts", key));
      target.push_back(item.Scalar());
    }
  }
  void numbers(const char* key, std::span<double> target, double low, double high) {
    const auto value = list(key);
    if (!value) return;
    if (value->size() != target.size()) return say(*value, fmt::format("{} must have {} numbers", key, target.size()));
    for (std::size_t i = 0; i < target.size(); ++i) read_number((*value)[i], key, target[i], low, high);
  }
  void weights(const char* key, std::vector<double>& target, std::size_t most) {
    const auto value = list(key);
    if (!value) return;
    if (value->size() > most) return say(*value, fmt::format("{} must have at most {} numbers", key, most));
    target.assign(value->size(), 0);
    double sum = 0;
    for (std::size_t i = 0; i < target.size(); ++i) {
      read_number((*value)[i], key, target[i], 0, 1e9);
      sum += target[i];
    }
    if (!(sum > 0)) say(*value, fmt::format("{} must not all be 0", key));
  }
  void day(const char* key, base::Day& target) {
    const auto value = find(key);
    if (!value) return;
    const auto parsed = base::parse_day(value->IsScalar() ? value->Scalar() : "");
    if (!parsed) return say(*value, fmt::format("{} must be a day such as 2025-04-08", key));
    target = *parsed;
  }
  /// 11-24 as 1124
  void month_day(const char* key, std::int32_t& target) {
    const auto value = find(key);
    if (!value) return;
    const auto parsed = base::parse_day("2024-" + (value->IsScalar() ? value->Scalar() : ""));
    if (!parsed) return say(*value, fmt::format("{} must be a month and a day such as 11-24", key));
    const std::chrono::year_month_day date{*parsed};
    target = static_cast<std::int32_t>(static_cast<unsigned>(date.month()) * 100 + static_cast<unsigned>(date.day()));
  }
  void gamma(const char* key, Law& target) { law(key, target, "shape", "mean", 0); }
  void beta(const char* key, Law& target) { law(key, target, "a", "b", 1e-6); }
  template <class Read>
  void map(const char* key, const Read& read) {
    const auto value = find(key);
    if (!value) return;
    Map inner{*value, where_, problem_};
    read(inner);
  }
  /// Every entry's name is judged by `read`, which returns whether it knows it.
  template <class Read>
  void entries(const char* key, const char* what, const Read& read) {
    const auto value = find(key);
    if (!value) return;
    if (!value->IsMap()) return say(*value, fmt::format("{} is a list of names with fields", key));
    for (const auto& entry : *value) {
      if (problem_) return;
      Map inner{entry.second, where_, problem_};
      if (!read(entry.first.Scalar(), inner))
        return say(entry.first, fmt::format("'{}' is no {}", entry.first.Scalar(), what));
    }
  }
  template <class Item, class Read>
  void items(const char* key, std::vector<Item>& target, const Read& read, bool may_be_empty = false) {
    const auto value = list(key, may_be_empty);
    if (!value) return;
    target.clear();
    for (const auto& node : *value) {
      if (problem_) return;
      Item item;
      Map inner{node, where_, problem_};
      read(inner, item);
      target.push_back(std::move(item));
    }
  }
  void need(const char* key) {
    if (!problem_ && node_.IsMap() && !node_[key]) say(node_, fmt::format("{} is missing here", key));
  }
  /// A mistake that only several fields together make, at the line of one of them.
  void refuse(const char* key, const std::string& what) { say(node_[key] ? node_[key] : node_, what); }

 private:
  std::optional<YAML::Node> find(const char* key) {
    known_.insert(key);
    if (problem_ || !node_.IsMap() || !node_[key]) return std::nullopt;
    return node_[key];
  }
  std::optional<YAML::Node> list(const char* key, bool may_be_empty = false) {
    auto value = find(key);
    if (value && (!value->IsSequence() || (value->size() == 0 && !may_be_empty))) {
      say(*value, fmt::format("{} must be a list{}", key, may_be_empty ? "" : " with at least one entry"));
      return std::nullopt;
    }
    return value;
  }
  void read_number(const YAML::Node& value, const char* key, double& target, double low, double high) {
    const double read = value.IsScalar() ? value.as<double>(std::nan("")) : std::nan("");
    if (!(read >= low && read <= high))
      return say(value, fmt::format("{} must be a number from {} to {}", key, low, high));
    target = read;
  }
  void law(const char* key, Law& target, const char* first, const char* second, double least) {
    map(key, [&](Map& fields) {
      fields.number(first, target.a, 1e-6, 1e6);
      fields.number(second, target.b, least, 1e6);
    });
  }
  void say(const YAML::Node& node, std::string_view what) {
    if (!problem_) problem_ = yaml_error(node, where_, what).error();
  }

  YAML::Node node_;
  std::string_view where_;
  std::optional<base::Error>& problem_;
  std::set<std::string> known_;
};

void read_market(Map& map, simulate::Market& market) {
  for (const char* key : {"country", "language", "season", "cities", "given_names", "family_names", "phone"})
    map.need(key);
  map.text("country", market.country);
  std::string language;
  map.text("language", language);
  if (language == "zh-CN") {
    market.language = simulate::Tongue::zh_cn;
  } else if (language == "zh-TW") {
    market.language = simulate::Tongue::zh_tw;
  } else if (language != "en") {
    map.refuse("language", fmt::format("language must be en, zh-CN or zh-TW, not '{}'", language));
  }
  map.text("zone", market.zone);
  if (const auto zone = base::Zone::open(market.zone); !zone) map.refuse("zone", zone.error().message);
  map.text("season", market.season);
  map.number("weight", market.weight, 1e-9, 1e9);
  map.texts("cities", market.cities);
  map.texts("given_names", market.given_names);
  map.texts("family_names", market.family_names);
  map.text("phone", market.phone);
  map.whole("phone_digits", market.phone_digits, 1, 12);
}

void read_category(Map& map, simulate::Category& category) {
  for (const char* key : {"name", "nouns"}) map.need(key);
  map.text("name", category.name);
  category.name_zh_cn = category.name_zh_tw = category.name;
  map.text("name_zh_cn", category.name_zh_cn);
  map.text("name_zh_tw", category.name_zh_tw);
  map.number("weight", category.weight, 1e-9, 1e9);
  map.whole("products", category.products, 1, 100'000);
  map.number("price", category.price, 0.01, 1e7);
  map.number("spread", category.spread, 0, 3);
  map.share("cost", category.cost);
  map.share("returns", category.returns);
  map.number("pace", category.pace, 0.001, 1000);
  map.texts("nouns", category.nouns);
}

void read_peak(Map& map, simulate::Peak& peak) {
  for (const char* key : {"name", "from", "to"}) map.need(key);
  map.text("name", peak.name);
  map.text("season", peak.season);
  map.month_day("from", peak.from);
  map.month_day("to", peak.to);
  map.number("lift", peak.lift, 0.01, 100);
  map.share("discount", peak.discount);
  map.share("share", peak.discounted);
}

void read_campaign(Map& map, simulate::Campaign& campaign) {
  for (const char* key : {"name", "day", "offer"}) map.need(key);
  map.text("name", campaign.name);
  map.day("day", campaign.day);
  std::string offer;
  map.text("offer", offer);
  if (const auto kind = model::parse_offer_kind(offer)) {
    campaign.offer = *kind;
  } else {
    map.refuse("offer", fmt::format("'{}' is no kind of offer (reminder, percent, free_shipping, …)", offer));
  }
  map.share("discount", campaign.discount);
  std::array<double, 2> silent = {static_cast<double>(campaign.silent_from), static_cast<double>(campaign.silent_to)};
  map.numbers("silent", silent, 0, 36'500);
  campaign.silent_from = static_cast<std::int32_t>(silent[0]);
  campaign.silent_to = static_cast<std::int32_t>(silent[1]);
  map.share("treated", campaign.treated);
  map.whole("response_days", campaign.response_days, 1, 120);
  map.number("cost", campaign.cost, 0, 1e6);
}

void read_leaving(Map& map, World& world) {
  auto& leaving = world.leaving;
  map.share("first", leaving.first);
  map.beta("after_order", leaving.after_order);
  map.gamma("per_year", leaving.per_year);
  map.entries("reasons", "reason for leaving", [&](const std::string& name, Map& fields) {
    for (std::size_t r = 1; r < simulate::kReasons; ++r) {
      if (simulate::name_of(static_cast<simulate::Reason>(r)) != name) continue;
      simulate::ReasonLaw& law = leaving.reasons[r];
      fields.number("after_order", law.after_order, 0, 1e6);
      fields.number("over_time", law.over_time, 0, 1e6);
      fields.number("back_per_year", law.back_per_year, 0, 50);
      fields.number("answers", law.answers, 0, 10);
      fields.share("tells", law.tells);
      return true;
    }
    return false;
  });
  double after = 0, over = 0;
  for (const simulate::ReasonLaw& law : leaving.reasons) {
    after += law.after_order;
    over += law.over_time;
  }
  if (!(after > 0) || !(over > 0))
    map.refuse("reasons", "some reason must have a weight after_order, and some over_time");
}

void read_messages(Map& map, World& world) {
  auto& messages = world.messages;
  map.number("newsletter_days", messages.newsletter_days, 0, 3650);
  map.share("has_email", messages.has_email);
  map.share("has_phone", messages.has_phone);
  map.beta("opens", messages.opens);
  map.beta("clicks", messages.clicks);
  map.share("machine_opens", messages.machine_opens);
  map.share("bounces", messages.bounces);
  map.share("opt_out", messages.opt_out);
  map.share("opt_in_again", messages.opt_in_again);
  map.map("put_off", [&](Map& fields) {
    fields.share("share", messages.put_off_share);
    fields.number("effect", messages.put_off_effect, -10, 0);
    fields.number("opt_out", messages.put_off_opt_out, 0, 1000);
  });
  map.entries("effects", "kind of offer", [&](const std::string& name, Map& fields) {
    const auto kind = model::parse_offer_kind(name);
    if (!kind) return false;
    simulate::EffectLaw& law = messages.effects[static_cast<std::size_t>(*kind)];
    fields.number("mean", law.mean, -10, 10);
    fields.number("sd", law.sd, 0, 10);
    fields.number("price", law.price, -10, 10);
    return true;
  });
  map.items("campaigns", messages.campaigns, read_campaign, true);
  std::stable_sort(messages.campaigns.begin(), messages.campaigns.end(),
                   [](const auto& a, const auto& b) { return a.day < b.day; });
}

bool within(const simulate::Campaign& campaign, const World& world) {
  const auto from = (campaign.day - world.start).count();
  return from >= 0 && from + campaign.response_days < world.days;
}

/// What start, days and campaigns say together; empty when nothing is wrong.
std::string mistake_of_campaigns(const World& world) {
  for (std::size_t i = 0; i < world.messages.campaigns.size(); ++i) {
    const simulate::Campaign& campaign = world.messages.campaigns[i];
    if (!within(campaign, world)) {
      return fmt::format("campaign '{}' and its response_days must lie within the world's days", campaign.name);
    }
    if (campaign.silent_to < campaign.silent_from) {
      return fmt::format("campaign '{}': silent must be [from, to] with from below to", campaign.name);
    }
    if (i == 0) continue;
    const simulate::Campaign& before = world.messages.campaigns[i - 1];
    if (campaign.day <= before.day + std::chrono::days{before.response_days}) {
      return fmt::format("campaign '{}' begins within the response_days of the one before; their effects would mix",
                         campaign.name);
    }
  }
  return {};
}

/// What customers do where they do not order.
void read_trade(Map& map, World& world) {
  std::string trade{simulate::name_of(world.trade)};
  map.text("trade", trade);
  bool known = false;
  for (std::size_t t = 0; t < simulate::kTrades; ++t) {
    if (simulate::name_of(static_cast<simulate::Trade>(t)) != trade) continue;
    world.trade = static_cast<simulate::Trade>(t);
    known = true;
  }
  if (!known) map.refuse("trade", fmt::format("'{}' is no trade (shop, subscription, game, course)", trade));
  map.map("subscription", [&](Map& fields) {
    auto& s = world.subscription;
    fields.number("period", s.period, 1, 400);
    fields.items("tariffs", s.tariffs, [](Map& item, simulate::Tariff& tariff) {
      for (const char* key : {"name", "price"}) item.need(key);
      item.text("name", tariff.name);
      item.number("price", tariff.price, 0.01, 1e7);
      item.number("weight", tariff.weight, 1e-9, 1e9);
    });
    fields.number("fails", s.fails, 0, 0.5);
    fields.number("recovers", s.recovers, 0.1, 100);
    fields.number("pauses", s.pauses, 0, 0.5);
    std::array<double, 2> days = {s.pause_from, s.pause_to};
    fields.numbers("pause_days", days, 1, 400);
    s.pause_from = std::min(days[0], days[1]);
    s.pause_to = std::max(days[0], days[1]);
  });
  if (world.trade == simulate::Trade::subscription && world.subscription.tariffs.empty()) {
    map.refuse("trade", "a subscription needs subscription: {tariffs: [{name: …, price: …}]}");
  }
  map.map("game", [&](Map& fields) {
    auto& g = world.game;
    fields.gamma("hours", g.hours);
    fields.share("payers", g.payers);
    fields.beta("pays", g.pays);
    fields.number("spend", g.spend, 0.01, 1e6);
    fields.number("spread", g.spread, 0, 3);
    fields.share("whales", g.whales);
    fields.number("whale_factor", g.whale_factor, 1, 1000);
    fields.share("finds", g.finds);
    fields.number("item", g.item, 0, 1e6);
    fields.share("sold", g.sold);
    fields.share("worth_spend", g.worth_spend);
    fields.share("worth_items", g.worth_items);
    fields.number("worth_hour", g.worth_hour, 0, 1e6);
    fields.number("worth_noise", g.worth_noise, 0, 3);
  });
  map.map("course", [&](Map& fields) {
    auto& c = world.course;
    fields.whole("units", c.units, 1, 1000);
    fields.weights("stuck_at", c.stuck_at, 100);
    fields.share("stuck", c.stuck);
    fields.number("fee", c.fee, 0, 1e7);
    fields.whole("block", c.block, 1, 1000);
  });
}

void read_root(Map& map, World& world) {
  map.day("start", world.start);
  map.whole("days", world.days, 30, 7300);
  map.text("currency", world.currency);
  read_trade(map, world);
  map.number("growth", world.growth, 0.01, 100);
  map.share("household", world.household);
  map.map("buying", [&](Map& fields) {
    fields.gamma("rate", world.buying.rate);
    fields.number("most", world.buying.most, 0.01, 1000);
    fields.weights("regularity", world.buying.regularity, 8);
    fields.beta("price_sensitivity", world.buying.price_sensitivity);
  });
  map.map("leaving", [&](Map& fields) { read_leaving(fields, world); });
  map.map("gift_buyers", [&](Map& fields) {
    fields.share("share", world.gift_buyers.share);
    fields.share("leaves", world.gift_buyers.leaves);
    fields.number("window", world.gift_buyers.window, 1, 60);
  });
  map.map("season", [&](Map& fields) {
    fields.numbers("weekly", world.season.weekly, 0.01, 100);
    fields.numbers("monthly", world.season.monthly, 0.01, 100);
    fields.items("peaks", world.season.peaks, read_peak, true);
    fields.map("promotion", [&](Map& inner) {
      inner.share("discount", world.season.promotion_discount);
      inner.share("share", world.season.promotion_share);
    });
  });
  map.items("markets", world.markets, read_market);
  map.items("acquisition", world.acquisition, [](Map& fields, simulate::Acquisition& way) {
    fields.need("name");
    fields.text("name", way.name);
    fields.number("weight", way.weight, 1e-9, 1e9);
    fields.number("cost", way.cost, 0, 1e6);
    fields.number("leaves_first", way.leaves_first, 0, 100);
  });
  map.number("other_spend_per_day", world.other_spend_per_day, 0, 1e9);
  map.map("catalogue", [&](Map& fields) {
    fields.texts("styles", world.catalogue.styles);
    fields.number("popularity", world.catalogue.popularity, 0, 5);
    fields.gamma("stock", world.catalogue.stock);
    fields.share("sold_out", world.catalogue.sold_out);
    fields.beta("rating", world.catalogue.rating);
    fields.items("categories", world.catalogue.categories, read_category);
  });
  map.map("basket", [&](Map& fields) {
    fields.gamma("extra_lines", world.basket.extra_lines);
    fields.weights("quantity", world.basket.quantity, 100);
    fields.share("favourite", world.basket.favourite);
    fields.share("usual", world.basket.usual);
    fields.share("cancelled", world.basket.cancelled);
    fields.gamma("returner", world.basket.returner);
  });
  map.map("messages", [&](Map& fields) { read_messages(fields, world); });
  map.map("traces", [&](Map& fields) {
    fields.number("visits_per_year", world.traces.visits_per_year, 0, 10'000);
    fields.number("after_leaving", world.traces.after_leaving, 0, 10);
    fields.share("before_order", world.traces.before_order);
    fields.number("abandoned_per_year", world.traces.abandoned_per_year, 0, 10'000);
    fields.share("app", world.traces.app);
    fields.share("uninstalls", world.traces.uninstalls);
  });
  map.map("feedback", [&](Map& fields) {
    fields.share("tickets", world.feedback.tickets);
    fields.share("left_open", world.feedback.left_open);
    fields.share("nps", world.feedback.nps);
    fields.share("reviews", world.feedback.reviews);
    fields.share("announces_end", world.feedback.announces_end);
  });
}

}  // namespace

Result<void> read_world(std::string_view text, std::string_view where, World& world) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  std::optional<base::Error> problem;
  {
    Map map{root, where, problem};
    read_root(map, world);
  }
  if (problem) return std::unexpected(*problem);
  if (const YAML::Node messages = root["messages"]; messages && messages["campaigns"]) {
    if (const std::string mistake = mistake_of_campaigns(world); !mistake.empty()) {
      return yaml_error(messages["campaigns"], where, mistake);
    }
  } else {
    // A world of other days, without campaigns of its own, keeps those of the others that lie within it.
    std::erase_if(world.messages.campaigns,
                  [&](const simulate::Campaign& campaign) { return !within(campaign, world); });
  }
  return {};
}

Result<World> load_world(const std::filesystem::path& file) {
  World world;
  WB_TRY(read_world(gen::file_text("presets/world.yaml"), "presets/world.yaml", world));
  if (file.empty()) return world;
  // A shipped world by its name.
  const std::string shipped = fmt::format("presets/worlds/{}.yaml", file.string());
  if (const std::string_view text = gen::file_text(shipped); !text.empty()) {
    WB_TRY(read_world(text, shipped, world));
    return world;
  }
  std::ifstream in{file};
  if (!in) return fail(Code::not_found, "the world {} cannot be read; is the path right?", file.string());
  std::ostringstream text;
  text << in.rdbuf();
  WB_TRY(read_world(text.str(), file.filename().string(), world));
  return world;
}

}  // namespace app
