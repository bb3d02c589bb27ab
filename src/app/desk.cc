#include "app/desk.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "act/deliver/manners.h"
#include "act/journey/check.h"
#include "app/journey_yaml.h"
#include "app/presets.h"
#include "app/saved_plan.h"
#include "text/language.h"

namespace app {

using act::letter::Language;
using act::letter::LetterData;
using base::Instant;
using base::Result;
using nlohmann::json;

namespace {

/// Letters and numbers that cannot be mistaken for each other.
constexpr std::string_view kCodeLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

std::string code_from(const base::Digest& digest) {
  std::string code;
  for (std::size_t i = 0; i < 10; ++i) code += kCodeLetters[digest[i] % kCodeLetters.size()];
  return code;
}

/// Only to compare offers with each other.
constexpr double kUsualBasket = 100;

text::Language text_language(Language language) { return static_cast<text::Language>(language); }

/// Properties of events that are money.
bool is_amount(std::string_view key) {
  return key == "price" || key == "amount" || key == "total" || key == "value" || key.ends_with("_price") || key.ends_with("_amount") || key.ends_with("_total");
}

/// A product an event names: what the shop sells now goes before what the event said of it.
template <class Show>
act::letter::ProductData event_item(const json& one, const Products& products, const Show& show, const std::string& shop_url) {
  const auto text = [&one](const char* key) { return one.contains(key) && one[key].is_string() ? one[key].template get<std::string>() : std::string{}; };
  Product said{.sku = text("sku"), .name = text("name"), .category = {}};
  if (said.sku.empty()) said.sku = text("product_id");
  if (one.contains("price") && one["price"].is_number()) said.price = one["price"].template get<double>();
  const Product* known = products.find(said.sku);
  act::letter::ProductData shown = show(known != nullptr ? *known : said);
  if (known == nullptr && said.price <= 0) shown.price.clear();
  // Addresses of the shop's own only: an event is data, and a letter is ours.
  if (const std::string url = text("url"); !shop_url.empty() && url.starts_with(shop_url + "/")) shown.url = url;
  return shown;
}

double minor_units(double amount) { return std::round(amount * 100); }

}  // namespace

struct Desk::KnownFacts {
  std::int64_t enrolment_id = 0;
  json document;
};

Desk::Desk(port::ActStore& store, DeskConfig config)
    : store_(store),
      config_(std::move(config)),
      links_(config_.act.public_url,
             [&store](std::string_view purpose, std::string_view bytes) { return store.sign(purpose, bytes); }),
      shop_zone_(base::Zone::open(config_.settings.zone).value_or(base::Zone::utc())) {}

const model::Journey* Desk::journey(std::string_view campaign, std::uint32_t version) {
  auto& known = journeys_[{std::string{campaign}, version}];
  if (known != nullptr) return known.get();
  const auto stored = store_.campaigns().version(campaign, version);
  if (!stored || !*stored) return nullptr;
  auto read = read_journey((*stored)->source, fmt::format("{} version {}", campaign, version));
  if (!read) return nullptr;
  known = std::make_unique<model::Journey>(std::move(*read));
  return known.get();
}

void Desk::remember_facts(std::int64_t enrolment_id, std::string_view document) {
  last_facts_ = std::make_shared<KnownFacts>();
  last_facts_->enrolment_id = enrolment_id;
  last_facts_->document = json::parse(document, nullptr, false);
}

base::FactLookup Desk::facts(const model::Enrolment& enrolment) {
  if (last_facts_ == nullptr || last_facts_->enrolment_id != enrolment.id) {
    remember_facts(enrolment.id, store_.enrolments().facts(enrolment.id).value_or("{}"));
  }
  return [known = last_facts_](std::string_view name) -> base::Fact {
    if (!known->document.is_object()) return {};
    const auto fields = known->document.find("fields");
    if (fields == known->document.end()) return {};
    const auto field = fields->find(name == "orders" ? "purchases" : std::string{name});
    if (field == fields->end()) return {};
    if (field->is_number()) return field->get<double>();
    if (field->is_string()) return std::string_view{field->get_ref<const std::string&>()};
    return {};
  };
}

Result<void> Desk::read_offers(std::string_view campaign) {
  std::vector<model::Offer> offers;
  WB_ASSIGN(const auto found, store_.campaigns().find(campaign));
  if (found && !found->plan_id.empty()) {
    WB_ASSIGN(SavedPlan saved, load_plan(store_, found->plan_id));
    offers = std::move(saved.offers);
  }
  WB_ASSIGN(auto presets, all_preset_offers());
  for (model::Offer& preset : presets) {
    if (std::ranges::none_of(offers, [&](const auto& o) { return o.id == preset.id; })) offers.push_back(std::move(preset));
  }
  offers_[std::string{campaign}] = std::move(offers);
  return {};
}

const model::Offer* Desk::offer(std::string_view id, std::string_view campaign) {
  auto known = offers_.find(campaign);
  if (known == offers_.end()) {
    if (!read_offers(campaign)) return nullptr;
    known = offers_.find(campaign);
  }
  const auto found = std::ranges::find(known->second, id, &model::Offer::id);
  return found == known->second.end() ? nullptr : &*found;
}

/// "The last offer" was true when it was written: no better one for so long.
bool Desk::rests_after_last(const model::Offer& better, std::string_view customer, Instant now) {
  const auto messages = store_.counts().of_customer(customer);
  if (!messages) return true;  // what cannot be known is not risked
  for (const model::Message& message : *messages) {
    const bool went = message.state == model::MessageState::accepted || message.state == model::MessageState::unknown ||
                      message.state == model::MessageState::unconfirmed || message.state == model::MessageState::ghost;
    if (!went || now - message.attempted_at.value_or(message.settled_at.value_or(now)) >= act::journey::kLastOfferRest) continue;
    const model::Journey* written = journey(message.campaign_id, message.version);
    if (written == nullptr) continue;
    const auto step = std::ranges::find(written->steps, message.step, &model::Step::id);
    const auto* letter = step == written->steps.end() ? nullptr : std::get_if<model::MessageStep>(&step->what);
    if (letter == nullptr || !letter->says_last) continue;
    const auto then = store_.enrolments().find(message.enrolment_id);
    const model::Offer* last = then && *then ? offer((*then)->offer_id, message.campaign_id) : nullptr;
    const auto worth = [](const model::Offer& o) { return o.redemption_cost + o.basket_share * kUsualBasket; };
    if (last == nullptr || worth(better) > worth(*last) + 1e-9) return true;
  }
  return false;
}

std::optional<act::deliver::CodeTerms> Desk::terms(std::string_view id, const model::Enrolment& enrolment, Instant now) {
  const model::Offer* chosen = offer(id, enrolment.campaign_id);
  if (chosen == nullptr || !chosen->gives_money()) return std::nullopt;
  if (rests_after_last(*chosen, enrolment.customer_id, now)) return std::nullopt;
  const auto person = store_.people().find(enrolment.customer_id);
  const base::Zone& clock = zone(person && *person ? **person : model::Person{});
  act::deliver::CodeTerms terms;
  terms.code = code_from(store_.sign("code", fmt::format("{}\n{}", enrolment.id, id)));
  if (chosen->expires_days > 0) {
    // The printed end is the enforced one: 23:59 of the last day on the customer's own clock.
    const base::Day last = clock.local_day(now) + std::chrono::days{chosen->expires_days};
    terms.ends_at = clock.to_utc(std::chrono::local_days{last.time_since_epoch()} + std::chrono::minutes{23 * 60 + 59});
  }
  double basket = 0;
  const base::FactLookup known = facts(enrolment);
  if (const base::Fact fact = known("basket"); std::holds_alternative<double>(fact)) basket = std::get<double>(fact);
  terms.liability = static_cast<std::int64_t>(minor_units(chosen->redemption_cost + chosen->basket_share * basket));
  return terms;
}

act::deliver::LetterTraits Desk::traits(std::string_view id) {
  const act::letter::Letter* found = config_.letters.find(id);
  if (found == nullptr) return {};
  const bool is_short = std::ranges::all_of(found->variants, [](const auto& variant) { return variant.brief.has_value(); });
  return {.uses_offer = found->uses_offer, .gives_money = found->gives_money, .is_short = is_short};
}

const base::Zone& Desk::zone(const model::Person& person) {
  if (person.zone.empty()) return shop_zone_;
  const auto known = zones_.find(person.zone);
  if (known != zones_.end()) return known->second;
  return zones_.emplace(person.zone, base::Zone::open(person.zone).value_or(shop_zone_)).first->second;
}

Result<LetterData> Desk::data_for(const act::deliver::Job& job, Instant now) {
  const Language shop_language = static_cast<Language>(config_.settings.language.value_or(text::Language::en));
  const Language language = act::letter::parse_language(job.contact.language).value_or(shop_language);
  const auto l = static_cast<std::size_t>(language);
  const base::Zone& clock = zone(job.person);
  const std::string& currency = config_.settings.currency;
  LetterData data;
  data.customer = {.first_name = job.contact.name, .name = job.contact.name, .language = std::string{act::letter::tag_of(language)}};
  if (language == Language::en) data.customer.first_name = job.contact.name.substr(0, job.contact.name.find(' '));

  facts(job.enrolment);
  const json& document = last_facts_->document;
  const bool minor = act::deliver::is_minor(job.person, clock, config_.manners, now);
  const bool anonymous = job.person.not_personalised || !document.is_object();
  const std::string& shop_url = config_.act.shop.url;
  const auto show = [&](const Product& product) {
    act::letter::ProductData shown;
    shown.name = product.name;
    shown.price = text::money(text_language(language), currency, product.price, 2);
    shown.url = shop_url;
    if (product.rating > 0) shown.rating = product.rating;
    if (product.stock >= 0 && !minor) shown.stock = static_cast<std::int64_t>(product.stock);
    return shown;
  };
  if (!anonymous) {
    data.customer.city = document.value("city", "");
    data.orders.count = static_cast<std::int64_t>(document.value("/fields/purchases"_json_pointer, 0.0));
    if (document.contains("first_day")) data.orders.first_date = base::day_from_number(document["first_day"].get<std::int32_t>());
    if (document.contains("last_day")) data.orders.last_date = base::day_from_number(document["last_day"].get<std::int32_t>());
    data.orders.last_total = text::money(text_language(language), currency, document.value("last_total", 0.0), 2);
    for (const auto& name : document.value("last_items", json::array())) {
      act::letter::ProductData item;
      item.name = name.get<std::string>();
      item.url = shop_url;
      data.orders.last_items.push_back(std::move(item));
    }
    for (const auto& name : document.value("favourites", json::array())) {
      act::letter::ProductData item;
      item.name = name.get<std::string>();
      item.url = shop_url;
      data.favourites.push_back(std::move(item));
    }
    for (const auto& sku : document.value("recommend", json::array())) {
      const Product* product = products_.find(sku.get_ref<const std::string&>());
      if (product != nullptr && product->stock != 0) data.recommendations.push_back(show(*product));
    }
  } else {
    // Without a profile: what everyone is shown.
    for (const std::string& sku : products_.recommend({}, {}, 4)) data.recommendations.push_back(show(*products_.find(sku)));
  }

  if (const auto event = document.is_object() ? document.find("event") : document.end(); document.is_object() && event != document.end() && event->is_object()) {
    for (const auto& [key, value] : event->items()) {
      if (key == "products" && value.is_array()) {
        for (const auto& one : value) {
          if (one.is_object()) data.event_items.push_back(event_item(one, products_, show, shop_url));
        }
      } else if (value.is_number()) {
        data.event.emplace_back(key, is_amount(key) ? text::money(text_language(language), currency, value.get<double>(), 2) : fmt::format("{}", value.get<double>()));
      } else if (value.is_string()) {
        data.event.emplace_back(key, value.get<std::string>());
      }
    }
  }
  if (!job.enrolment.code.empty() && !minor) {
    if (const model::Offer* given = offer(job.enrolment.offer_id, job.enrolment.campaign_id); given != nullptr) {
      LetterData::Offer shown{.name = given->name[l].empty() ? given->name[0] : given->name[l], .code = job.enrolment.code};
      if (job.enrolment.code_ends) {
        shown.ends_at = moment_text(language, *job.enrolment.code_ends, clock);
        shown.ends_date = base::to_string(clock.local_day(*job.enrolment.code_ends));
      }
      data.offer = std::move(shown);
    }
  }
  data.today = clock.local_day(now);
  speak_for_shop(data, language, data.today);
  static const std::vector<std::string_view> kSouthern = {"Australia", "New Zealand", "Argentina", "Chile", "South Africa", "Brazil"};
  data.southern = std::ranges::find(kSouthern, job.person.country) != kSouthern.end();

  data.links.shop = shop_url;
  data.links.unsubscribe = links_.unsubscribe(job.message.id);
  data.links.preferences = links_.preferences(job.message.id);
  data.links.less_often = data.links.preferences + "#less-often";
  data.links.resubscribe = links_.resubscribe(job.message.id);
  data.links.trial = links_.trial(job.message.id);
  data.links.restore = links_.restore(job.message.id);
  if (data.offer) data.links.reveal = links_.reveal(job.message.id);
  if (config_.act.deep_links.any()) data.links.app = links_.app(job.message.id);
  return data;
}

/// Some of those who were not asked lately are; printing a letter again gives the same invitation.
std::string Desk::survey_link(const act::deliver::Job& job, const act::letter::Letter& letter, Instant now) {
  const model::Message& message = job.message;
  if (message.id == 0 || config_.act.public_url.empty()) return {};
  const std::string& survey = letter.survey.empty() ? config_.act.survey.usual : letter.survey;
  const auto last = store_.surveys().last_of(message.customer_id);
  if (!last) return {};
  const bool same = *last && (*last)->message_id == message.id && (*last)->survey == survey;
  if (!same) {
    if (*last && now - (*last)->invited_at < config_.act.survey.rest) return {};
    const base::Digest drawn = store_.sign("survey", fmt::format("{}\n{}", message.customer_id, message.id));
    if ((static_cast<double>(drawn[0]) * 256 + static_cast<double>(drawn[1])) / 65536 >= config_.act.survey.share) return {};
  }
  const auto invited = store_.surveys().invite({.survey = survey, .customer_id = message.customer_id, .message_id = message.id, .channel = message.channel, .invited_at = now});
  return invited ? links_.survey(invited->id) : std::string{};
}

void Desk::speak_for_shop(LetterData& data, Language language, base::Day today) const {
  const auto l = static_cast<std::size_t>(language);
  const ShopIdentity& shop = config_.act.shop;
  data.shop = {.name = shop.name[l].empty() ? shop.name[0] : shop.name[l], .address = shop.address, .url = shop.url, .email = shop.email, .phone = shop.phone};
  const Representative& person = config_.act.representative;
  data.representative.reset();
  if (!person.name.empty()) data.representative = LetterData::Representative{person.name, person.title, person.phone};
  data.facts.clear();
  for (const Claim& claim : config_.claims) {
    if (!claim.expires || *claim.expires >= today) data.facts.emplace_back(claim.key, claim.text);
  }
}

namespace {

/// The law asks for it in every text that sells; where the writer said it already it stands once.
void say_how_to_stop(model::Content& content) {
  const bool chinese = content.language.starts_with("zh");
  const bool said = content.text.find("STOP") != std::string::npos || content.text.find("退订") != std::string::npos || content.text.find("退訂") != std::string::npos ||
                    content.text.find("拒收") != std::string::npos;
  if (!said) content.text += chinese ? (content.language == "zh-TW" ? " 拒收請回覆R" : " 拒收请回复R") : " Reply STOP to opt out";
}

}  // namespace

Result<act::deliver::Print> Desk::print(const act::deliver::Job& job, Instant now) {
  act::deliver::Print print;
  print.reference = links_.reference(job.message.id);
  if (job.message.channel == "webhook") {
    const json body = {{"type", "journey.step"},
                       {"campaign", job.message.campaign_id},
                       {"step", job.message.step},
                       {"customer_id", job.message.customer_id},
                       {"entered_at", base::to_string(job.enrolment.entered_at)}};
    print.content.text = body.dump(-1, ' ', false, json::error_handler_t::replace);
    return print;
  }
  const act::letter::Letter* found = config_.letters.find(job.message.letter);
  if (found == nullptr) return base::fail(base::Code::not_found, "there is no letter '{}'", job.message.letter);
  WB_ASSIGN(LetterData data, data_for(job, now));
  if (found->asks) data.links.survey = survey_link(job, *found, now);
  print.unsubscribe_url = job.message.purpose == model::Purpose::marketing ? data.links.unsubscribe : std::string{};
  const std::string open_url = links_.open(job.message.id);
  const act::letter::Occasion occasion{
      .reader = act::letter::parse_language(data.customer.language).value_or(Language::en),
      .shop = static_cast<Language>(config_.settings.language.value_or(text::Language::en)),
      .now = now,
      .zone = &zone(job.person),
      .link =
          [&](std::string_view url) {
            auto known = link_ids_.find(std::string{url});
            if (known == link_ids_.end()) {
              const auto id = store_.responses().link_id(url);
              if (!id) return std::string{url};
              known = link_ids_.emplace(std::string{url}, *id).first;
            }
            return links_.click(job.message.id, known->second);
          },
      .open_url = open_url,
      .channel = job.message.channel};
  const liquid::Value value = act::letter::value_of(data);
  WB_ASSIGN(print.content, act::letter::render(config_.letters, *found, value, occasion));
  if (job.message.channel == "sms" && job.message.purpose == model::Purpose::marketing) say_how_to_stop(print.content);
  return print;
}

std::string moment_text(Language language, Instant at, const base::Zone& zone) {
  const auto local = at + std::chrono::milliseconds{zone.offset_millis(at)};
  const auto minute = (std::chrono::floor<std::chrono::minutes>(local) - std::chrono::floor<std::chrono::days>(local)).count();
  const std::string day = text::date(text_language(language), zone.local_day(at));
  return fmt::format("{}{} {:02}:{:02}", day, language == Language::en ? "," : "", minute / 60, minute % 60);
}

}  // namespace app
