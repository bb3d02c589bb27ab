#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "act/letter/language.h"
#include "base/time.h"
#include "liquid/value.h"

namespace act::letter {

/// A product as a letter shows it: prices are text already, in the reader's format.
struct ProductData {
  std::string name;
  std::string price;
  std::string url;
  std::string image;
  std::optional<double> rating;        ///< of 5
  std::optional<std::int64_t> stock;   ///< live, at the moment of sending; left out for minors
  std::string how_to;                  ///< a sentence of use, written by the shop
};

struct StoryData {
  std::string text;
  std::string name;
  std::string city;
};

/// Everything a letter may speak of (docs/letters.md). What is empty or absent is absent in the letter too: "if" tells,
/// and a letter that shows it unasked is refused.
struct LetterData {
  struct Customer {
    std::string first_name, name, language, city;
  } customer;
  struct Orders {
    std::int64_t count = 0;
    std::optional<base::Day> first_date, last_date;
    std::string last_total;
    std::vector<ProductData> last_items;
  } orders;
  std::vector<ProductData> favourites;
  std::vector<ProductData> recommendations;
  struct Offer {
    std::string name, code, terms;
    std::string ends_at;    ///< in words, by the reader's clock
    std::string ends_date;  ///< 2026-12-06
  };
  std::optional<Offer> offer;
  std::vector<std::pair<std::string, std::string>> event;  ///< what the entering event said, by name; amounts are text already
  std::vector<ProductData> event_items;                    ///< its products
  struct Links {
    std::string shop, unsubscribe, less_often, preferences, resubscribe, survey, reveal, trial, restore, app;
  } links;
  struct Shop {
    std::string name, address, url, email, phone;
  } shop;
  struct Representative {
    std::string name, title, phone;
  };
  std::optional<Representative> representative;
  std::vector<std::pair<std::string, std::string>> facts;  ///< those in force, by key
  std::vector<StoryData> stories;
  base::Day today;       ///< the reader's
  bool southern = false; ///< seasons of the southern half of the earth
};

/// The data for the templates. Borrows every text of `data`, which must stay as it is while the value lives.
liquid::Value value_of(const LetterData& data);

/// "spring", "summer", "autumn", "winter" of a day, and the year the season began in.
std::pair<std::string_view, int> season_of(base::Day day, bool southern);

/// Every variable there is, as `liquid::variables` writes them: "customer.first_name", "recommendations[].price".
std::span<const std::string_view> known_variables();

/// An invented customer of an invented shop, for previews and for trying letters out.
LetterData sample_data(Language language);

}  // namespace act::letter
