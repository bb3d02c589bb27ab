#include "app/customer_facts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "act/journey/facts.h"
#include "gen/sql_warehouse.h"
#include "model/profile.h"
#include "understand/churn/features.h"
#include "understand/history.h"
#include "understand/reasons/reasons.h"

namespace app {

using base::Block;
using base::ColumnKind;
using base::Result;
using nlohmann::ordered_json;

namespace {

/// Above this many ids, a statement's parameter would be longer than is kind.
constexpr std::size_t kNamedAtMost = 200;
constexpr std::size_t kRecommendations = 4;
constexpr std::size_t kConsidered = 20;  // some of a list may have sold out since it was learned

/// What customers rate lower is not recommended.
constexpr double kLeastRating = 3.5;

constexpr std::array kNumbers = {"spend",  "spend_12m", "purchases",     "silent",           "basket",         "gap",
                                 "r", "f", "m", "return_chance", "value_percentile", "returned_share", "unseen"};
constexpr std::array kTexts = {"segment", "stage", "country", "category", "item", "reason"};

/// A ClickHouse literal of texts for an Array(String) parameter.
std::string array_literal(const std::vector<std::string>& texts) {
  std::string literal = "[";
  for (const std::string& text : texts) {
    if (literal.size() > 1) literal += ',';
    literal += '\'';
    for (const char c : text) {
      if (c == '\'' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '\'';
  }
  return literal + "]";
}

/// Names are data, and may hold any bytes; JSON wants UTF-8.
std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

/// One customer's list from lines such as "15340+85123A": what of it letters can show now.
class Advice {
 public:
  explicit Advice(const Products& products) : products_{products} {}

  std::vector<std::string> list(const std::vector<std::string_view>& doings) {
    const auto& lists = *products_.lists();
    lines_.clear();
    for (const std::string_view doing : doings) {
      std::int32_t day = 0;
      const auto [end, error] = std::from_chars(doing.data(), doing.data() + doing.size(), day);
      const auto used = static_cast<std::size_t>(end - doing.data());
      if (error != std::errc{} || used >= doing.size()) continue;
      const auto item = lists.find(doing.substr(used + 1));
      if (item < lists.products().size()) lines_.push_back({day, item, doing[used] == '+'});
    }
    lists.list(lines_, kConsidered, scratch_, found_);
    std::vector<std::string> skus;
    for (const auto& one : found_) {
      const Product* product = products_.find(lists.products()[one.item].sku);
      if (product != nullptr && product->stock != 0 && skus.size() < kRecommendations) skus.push_back(product->sku);
    }
    return skus;
  }

 private:
  const Products& products_;
  std::vector<understand::recommend::Line> lines_;
  understand::recommend::Recommender::Scratch scratch_;
  std::vector<understand::recommend::Recommendation> found_;
};

}  // namespace

std::shared_ptr<const understand::recommend::Lists> learn_lists(port::Warehouse& warehouse) {
  const auto extent = understand::order_extent(warehouse);
  if (!extent || extent->lines == 0) return nullptr;
  auto lists = understand::recommend::Lists::learn(warehouse, extent->last_day);
  if (!lists) return nullptr;
  return std::make_shared<const understand::recommend::Lists>(std::move(*lists));
}

Result<Products> Products::load(port::Warehouse& warehouse) {
  std::vector<Product> products;
  WB_TRY(warehouse.select({gen::warehouse::sold_products.name, gen::warehouse::sold_products.text}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* sku, block.need("sku", ColumnKind::text));
    WB_ASSIGN(const auto* name, block.need("product", ColumnKind::text));
    WB_ASSIGN(const auto* category, block.need("category", ColumnKind::text));
    WB_ASSIGN(const auto* price, block.need("price", ColumnKind::f64));
    WB_ASSIGN(const auto* stock, block.need("stock", ColumnKind::f64));
    WB_ASSIGN(const auto* rating, block.need("rating", ColumnKind::f64));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      products.push_back({std::string{sku->text()[i]}, std::string{name->text()[i]}, std::string{category->text()[i]},
                               price->as<double>()[i], stock->as<double>()[i], rating->as<double>()[i]});
    }
    return {};
  }));
  return of(std::move(products));
}

Products Products::of(std::vector<Product> products) {
  Products made;
  made.all_ = std::move(products);
  for (std::size_t i = 0; i < made.all_.size(); ++i) made.by_sku_.emplace(made.all_[i].sku, i);
  return made;
}

const Product* Products::find(std::string_view sku) const {
  const auto found = by_sku_.find(std::string{sku});
  return found == by_sku_.end() ? nullptr : &all_[found->second];
}

std::vector<std::string> Products::recommend(std::string_view category, const std::vector<std::string_view>& bought,
                                             std::size_t most) const {
  std::vector<std::string> chosen;
  for (const bool of_category : {true, false}) {
    for (const Product& product : all_) {
      if (chosen.size() == most) return chosen;
      if (product.stock == 0 || (product.rating > 0 && product.rating < kLeastRating) || (product.category == category) != of_category || product.name.empty()) continue;
      if (std::ranges::find(bought, product.sku) != bought.end()) continue;
      chosen.push_back(product.sku);
    }
  }
  return chosen;
}

base::Fact CustomerFacts::fact(std::string_view name) const {
  if (name == "orders") return purchases;
  for (const auto& [known, value] : numbers) {
    if (known == name) return value;
  }
  for (const auto& [known, value] : texts) {
    if (known == name) return std::string_view{value};
  }
  return {};
}

void CustomerFacts::add_event(std::string_view properties) {
  const auto said = ordered_json::parse(properties, nullptr, false);
  ordered_json whole = ordered_json::parse(json, nullptr, false);
  if (!said.is_object() || !whole.is_object()) return;
  ordered_json& event = whole["event"] = ordered_json::object();
  for (const auto& [key, value] : said.items()) {
    if (key.starts_with('$') || key.size() > 64 || event.size() >= 50) continue;
    if (value.is_string() ? value.get_ref<const std::string&>().size() <= 2000 : value.is_number() || value.is_boolean()) event[key] = value;
    if (key == "products" && value.is_array() && value.size() <= 50) event[key] = value;
  }
  for (const char* key : {"value", "price", "amount", "count"}) {
    if (!event.contains(key)) continue;
    double number = 0;
    if (event[key].is_number()) {
      number = event[key].get<double>();
    } else if (event[key].is_string()) {
      const auto& text = event[key].get_ref<const std::string&>();
      if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{}) continue;
    } else {
      continue;
    }
    numbers.emplace_back("event_value", number);
    whole["fields"]["event_value"] = number;
    break;
  }
  for (const char* key : {"kind", "type", "category"}) {
    if (!event.contains(key) || !event[key].is_string()) continue;
    texts.emplace_back("event_kind", event[key].get<std::string>());
    whole["fields"]["event_kind"] = event[key];
    break;
  }
  json = dump(whole);
}

CustomerFacts stranger(std::string_view id) {
  CustomerFacts facts;
  facts.customer_id = id;
  ordered_json json{{"fields", ordered_json::object()}};
  for (const char* number : {"spend", "spend_12m", "purchases"}) {
    facts.numbers.emplace_back(number, 0.0);
    json["fields"][number] = 0.0;
  }
  facts.json = json.dump();
  return facts;
}

Result<void> each_customer(const std::vector<std::string>& ids, const Products& products, port::Warehouse& warehouse,
                           const std::function<Result<void>(CustomerFacts&&)>& sink) {
  const bool named = !ids.empty() && ids.size() <= kNamedAtMost;
  std::unordered_set<std::string_view> wanted;
  if (!named) wanted.insert(ids.begin(), ids.end());
  const port::Statement statement{gen::warehouse::customer_facts.name, gen::warehouse::customer_facts.text,
                                  {{"passive", understand::churn::kPassive},
                                   {"ids", array_literal(named ? ids : std::vector<std::string>{})},
                                   {"lists", products.lists() != nullptr ? "1" : "0"},
                                   {"as_of", products.lists() != nullptr ? base::to_string(products.lists()->as_of()) : "1970-01-01"}}};
  WB_TRY(understand::reasons::ensure_tables(warehouse));
  Advice advice{products};
  return warehouse.select(statement, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    std::array<const std::vector<double>*, kNumbers.size()> numbers{};
    for (std::size_t n = 0; n < kNumbers.size(); ++n) {
      WB_ASSIGN(const auto* column, block.need(kNumbers[n], ColumnKind::f64));
      numbers[n] = &column->as<double>();
    }
    std::array<const base::TextData*, kTexts.size()> texts{};
    for (std::size_t t = 0; t < kTexts.size(); ++t) {
      WB_ASSIGN(const auto* column, block.need(kTexts[t], ColumnKind::text));
      texts[t] = &column->text();
    }
    WB_ASSIGN(const auto* first_day, block.need("first_day", ColumnKind::day));
    WB_ASSIGN(const auto* last_day, block.need("last_day", ColumnKind::day));
    WB_ASSIGN(const auto* city, block.need("city", ColumnKind::text));
    WB_ASSIGN(const auto* birth_year, block.need("birth_year", ColumnKind::i32));
    WB_ASSIGN(const auto* birthday, block.need("birthday", ColumnKind::i32));
    WB_ASSIGN(const auto* attributes, block.need("attributes", ColumnKind::text));
    WB_ASSIGN(const auto* last_items, block.need("last_items", ColumnKind::text_list));
    WB_ASSIGN(const auto* last_total, block.need("last_total", ColumnKind::f64));
    WB_ASSIGN(const auto* favourites, block.need("favourites", ColumnKind::text_list));
    WB_ASSIGN(const auto* skus, block.need("skus", ColumnKind::text_list));
    WB_ASSIGN(const auto* silence_ended, block.need("silence_ended", ColumnKind::f64));
    WB_ASSIGN(const auto* doings, block.need("doings", ColumnKind::text_list));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      if (!wanted.empty() && !wanted.contains(id->text()[i])) continue;
      CustomerFacts facts;
      facts.customer_id = id->text()[i];
      facts.birth_year = birth_year->as<std::int32_t>()[i];
      facts.birthday = birthday->as<std::int32_t>()[i];
      facts.first_day = base::day_from_number(first_day->as<std::int32_t>()[i]);
      facts.last_day = base::day_from_number(last_day->as<std::int32_t>()[i]);
      facts.attributes = attributes->text()[i];
      ordered_json json;
      for (std::size_t n = 0; n < kNumbers.size(); ++n) {
        if (std::isnan((*numbers[n])[i])) continue;  // not known
        facts.numbers.emplace_back(kNumbers[n], (*numbers[n])[i]);
        json["fields"][kNumbers[n]] = (*numbers[n])[i];
      }
      for (std::size_t t = 0; t < kTexts.size(); ++t) {
        facts.texts.emplace_back(kTexts[t], (*texts[t])[i]);
        json["fields"][kTexts[t]] = std::string{(*texts[t])[i]};
      }
      facts.purchases = facts.numbers[2].second;
      facts.silence_ended = silence_ended->as<double>()[i];
      facts.country = (*texts[2])[i];
      const auto list = [i](const base::Column& column) {
        const auto& data = column.text_list();
        std::vector<std::string_view> items;
        for (std::size_t k = data.begin_of(i); k < data.end_of(i); ++k) items.push_back(data.items[k]);
        return items;
      };
      const auto bought = list(*skus);
      json["city"] = std::string{city->text()[i]};
      json["first_day"] = base::day_number(facts.first_day);
      json["last_day"] = base::day_number(facts.last_day);
      json["last_total"] = last_total->as<double>()[i];
      json["last_items"] = list(*last_items);
      json["favourites"] = list(*favourites);
      auto recommended = products.lists() != nullptr ? advice.list(list(*doings)) : std::vector<std::string>{};
      if (recommended.empty()) recommended = products.recommend((*texts[3])[i], bought, kRecommendations);
      json["recommend"] = recommended;
      facts.json = dump(json);
      WB_TRY(sink(std::move(facts)));
    }
    return {};
  });
}

Result<base::Condition> parse_customer_condition(std::string_view text) {
  return base::Condition::parse(text, act::journey::fact_names(), model::named_condition);
}

}  // namespace app
