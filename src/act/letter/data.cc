#include "act/letter/data.h"

#include <fmt/core.h>

namespace act::letter {
namespace {

using liquid::Value;

void set_text(Value& object, liquid::Name name, const std::string& text) {
  if (!text.empty()) object.set(name, Value::borrowed(text));
}

Value product(const ProductData& data) {
  Value value = Value::object(7);
  set_text(value, "name", data.name);
  set_text(value, "price", data.price);
  set_text(value, "url", data.url);
  set_text(value, "image", data.image);
  set_text(value, "how_to", data.how_to);
  if (data.rating) value.set("rating", *data.rating);
  if (data.stock) value.set("stock", *data.stock);
  return value;
}

Value products(const std::vector<ProductData>& list) {
  Value value = Value::array(list.size());
  for (const ProductData& item : list) value.push(product(item));
  return value;
}

Value orders(const LetterData& data) {
  Value value = Value::object(3);
  value.set("count", data.orders.count);
  if (data.orders.first_date) value.set("first_date", base::to_string(*data.orders.first_date));
  Value last = Value::object(6);
  if (data.orders.last_date) {
    const auto [season, year] = season_of(*data.orders.last_date, data.southern);
    last.set("date", base::to_string(*data.orders.last_date));
    last.set("season", Value::borrowed(season)).set("year", year);
    last.set("years_ago", season_of(data.today, data.southern).second - year);
  }
  set_text(last, "total", data.orders.last_total);
  last.set("items", products(data.orders.last_items));
  value.set("last", std::move(last));
  return value;
}

}  // namespace

std::pair<std::string_view, int> season_of(base::Day day, bool southern) {
  const std::chrono::year_month_day date{day};
  const unsigned month = static_cast<unsigned>(date.month());
  const int year = static_cast<int>(date.year());
  constexpr std::string_view kSeasons[] = {"winter", "spring", "summer", "autumn"};
  const unsigned quarter = month % 12 / 3;  // December to February is 0
  const bool began_last_year = quarter == 0 && month != 12;
  return {kSeasons[(quarter + (southern ? 2 : 0)) % 4], began_last_year ? year - 1 : year};
}

Value value_of(const LetterData& data) {
  Value value = Value::object(14);
  Value customer = Value::object(4);
  set_text(customer, "first_name", data.customer.first_name);
  set_text(customer, "name", data.customer.name);
  set_text(customer, "language", data.customer.language);
  set_text(customer, "city", data.customer.city);
  value.set("customer", std::move(customer));
  value.set("orders", orders(data));
  value.set("favourites", products(data.favourites));
  value.set("recommendations", products(data.recommendations));
  if (data.offer) {
    Value offer = Value::object(5);
    set_text(offer, "name", data.offer->name);
    set_text(offer, "code", data.offer->code);
    set_text(offer, "ends_at", data.offer->ends_at);
    set_text(offer, "ends_date", data.offer->ends_date);
    set_text(offer, "terms", data.offer->terms);
    value.set("offer", std::move(offer));
  }
  Value event = Value::object(data.event.size() + 1);
  for (const auto& [key, text] : data.event) event.set_copied(key, Value::borrowed(text));
  event.set("items", products(data.event_items));
  value.set("event", std::move(event));
  Value links = Value::object(10);
  set_text(links, "shop", data.links.shop);
  set_text(links, "unsubscribe", data.links.unsubscribe);
  set_text(links, "less_often", data.links.less_often);
  set_text(links, "preferences", data.links.preferences);
  set_text(links, "resubscribe", data.links.resubscribe);
  set_text(links, "survey", data.links.survey);
  set_text(links, "reveal", data.links.reveal);
  set_text(links, "trial", data.links.trial);
  set_text(links, "restore", data.links.restore);
  set_text(links, "app", data.links.app);
  value.set("links", std::move(links));
  Value shop = Value::object(5);
  set_text(shop, "name", data.shop.name);
  set_text(shop, "address", data.shop.address);
  set_text(shop, "url", data.shop.url);
  set_text(shop, "email", data.shop.email);
  set_text(shop, "phone", data.shop.phone);
  value.set("shop", std::move(shop));
  if (data.representative) {
    Value person = Value::object(3);
    set_text(person, "name", data.representative->name);
    set_text(person, "title", data.representative->title);
    set_text(person, "phone", data.representative->phone);
    value.set("representative", std::move(person));
  }
  Value facts = Value::object(data.facts.size());
  for (const auto& [key, text] : data.facts) facts.set_copied(key, Value::borrowed(text));
  value.set("facts", std::move(facts));
  Value stories = Value::array(data.stories.size());
  for (const StoryData& story : data.stories) {
    Value one = Value::object(3);
    set_text(one, "text", story.text);
    set_text(one, "name", story.name);
    set_text(one, "city", story.city);
    stories.push(std::move(one));
  }
  value.set("stories", std::move(stories));
  value.set("season", Value::borrowed(season_of(data.today, data.southern).first));
  value.set("today", base::to_string(data.today));
  return value;
}

std::span<const std::string_view> known_variables() {
  static constexpr std::string_view kKnown[] = {
      "customer.first_name", "customer.name", "customer.language", "customer.city",
      "orders.count", "orders.first_date", "orders.last.date", "orders.last.season", "orders.last.year", "orders.last.years_ago",
      "orders.last.total", "orders.last.items[].name", "orders.last.items[].price", "orders.last.items[].url",
      "orders.last.items[].image", "orders.last.items[].how_to", "orders.last.items[].rating", "orders.last.items[].stock",
      "favourites[].name", "favourites[].price", "favourites[].url", "favourites[].image", "favourites[].rating", "favourites[].stock",
      "favourites[].how_to",
      "recommendations[].name", "recommendations[].price", "recommendations[].url", "recommendations[].image",
      "event.items[].name", "event.items[].price", "event.items[].url", "event.items[].image", "event.items[].rating",
      "event.items[].stock", "event.items[].how_to",
      "recommendations[].rating", "recommendations[].stock", "recommendations[].how_to",
      "offer.name", "offer.code", "offer.ends_at", "offer.ends_date", "offer.terms",
      "links.shop", "links.unsubscribe", "links.less_often", "links.preferences", "links.resubscribe", "links.survey",
      "links.reveal", "links.trial", "links.restore", "links.app",
      "shop.name", "shop.address", "shop.url", "shop.email", "shop.phone",
      "representative.name", "representative.title", "representative.phone",
      "facts[][]", "stories[].text", "stories[].name", "stories[].city", "season", "today",
  };
  return kKnown;
}

}  // namespace act::letter
