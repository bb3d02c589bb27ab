#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/offer.h"

namespace simulate {

/// Why a customer left. `none` = has not left.
enum class Reason : std::uint8_t {
  none,
  product,
  service,
  delivery,
  price,
  competitor,
  no_occasion,
  nothing_new,
  over_messaged,
  need_ended,
};
inline constexpr std::size_t kReasons = 10;
std::string_view name_of(Reason reason);

/// What customers do there: order, pay for periods, play, or learn.
enum class Trade : std::uint8_t { shop, subscription, game, course };
inline constexpr std::size_t kTrades = 4;
std::string_view name_of(Trade trade);

/// A plan of a subscription.
struct Tariff {
  std::string name;
  double price = 0;  ///< a period
  double weight = 1;
};

/// A gamma or beta law by its shape parameters, as named where it is used.
struct Law {
  double a = 1;
  double b = 1;
};

/// Texts in one of the three languages the shop is written to in.
enum class Tongue : std::uint8_t { en, zh_cn, zh_tw };
inline constexpr std::size_t kTongues = 3;

/// Where customers live.
struct Market {
  std::string country;
  Tongue language = Tongue::en;
  std::string zone = "UTC";
  std::string season;  ///< which peaks it knows, beside those of "all"
  double weight = 1;
  std::vector<std::string> cities, given_names, family_names;
  std::string phone;  ///< how its invented numbers begin
  std::uint32_t phone_digits = 6;
};

/// A way new customers come.
struct Acquisition {
  std::string name;
  double weight = 1;
  double cost = 0;          ///< money for each new customer
  double leaves_first = 1;  ///< factor on the chance of leaving after the first order
};

struct Category {
  std::string name, name_zh_cn, name_zh_tw;
  double weight = 1;
  std::uint32_t products = 10;
  double price = 20;    ///< median
  double spread = 0.4;  ///< sd of log price
  double cost = 0.5;    ///< share of the price
  double returns = 0.03;
  double pace = 1;      ///< factor on the rate of orders of those whose favourite it is
  std::vector<std::string> nouns;
};

/// Days of every year with more (or less) buying than usual.
struct Peak {
  std::string name;
  std::string season = "all";
  std::int32_t from = 101, to = 101;  ///< month · 100 + day, both inclusive; may run over the new year
  double lift = 1;                    ///< factor on buying, for a customer of middling price sensitivity
  double discount = 0;                ///< share off …
  double discounted = 0;              ///< … on this share of lines
};

/// What one reason for leaving does.
struct ReasonLaw {
  double after_order = 0;    ///< weight among those who leave after an order
  double over_time = 0;      ///< weight among those who leave between orders
  double back_per_year = 0;  ///< rate at which such leavers come back unaided
  double answers = 1;        ///< factor on an offer's positive effect on them
  double tells = 0;          ///< chance that they say why
};

/// The true effect of one kind of offer: change of the log-odds of returning within its response time.
struct EffectLaw {
  double mean = 0;
  double sd = 0;
  double price = 0;  ///< added times (price sensitivity − its mean)
};

/// A win-back campaign of the past, with a lot drawn for each customer.
struct Campaign {
  std::string name;
  base::Day day;
  model::OfferKind offer = model::OfferKind::reminder;
  double discount = 0;  ///< share of the basket taken off the order it brings
  std::int32_t silent_from = 90, silent_to = 365;
  double treated = 0.8;
  std::int32_t response_days = 30;
  double cost = 0;  ///< money for each message
  /// By customer's number what a policy decided: a model::OfferKind, or kNotAssigned. Empty: the rules above and a lot.
  std::vector<std::uint8_t> assigned;
};
inline constexpr std::uint8_t kNotAssigned = 255;

/// A shop and the people around it, read from a YAML in the form of presets/world.yaml.
struct World {
  base::Day start;
  std::int32_t days = 0;
  std::string currency;
  Trade trade = Trade::shop;

  /// Periods paid for; a failed payment or a pause puts the next one off, and is not leaving.
  struct {
    double period = 30;
    std::vector<Tariff> tariffs;
    double fails = 0, recovers = 8;   ///< chance at each payment; mean days until it is paid
    double pauses = 0;                ///< chance at each payment
    double pause_from = 20, pause_to = 60;  ///< days
  } subscription;

  /// Every order of the law of buying is a session.
  struct {
    Law hours;                ///< gamma: of a session
    double payers = 0;        ///< share of players who ever pay
    Law pays;                 ///< beta: chance of a payment in a session, of those
    double spend = 10, spread = 0.5;  ///< median payment, sd of its logarithm
    double whales = 0, whale_factor = 1;  ///< share of payers, factor on their payments
    double finds = 0;         ///< chance of an item of value in a session
    double item = 0;          ///< median value of one
    double sold = 0;          ///< share of accounts that were sold
    /// What an account is worth: shares of its spend and items, and of an hour; sd of the logarithm of what is paid.
    double worth_spend = 0, worth_items = 0, worth_hour = 0, worth_noise = 0;
  } game;

  /// Every order of the law of buying is a day of study, one unit.
  struct {
    std::uint32_t units = 1;
    std::vector<double> stuck_at;  ///< hard units
    double stuck = 0;              ///< chance of leaving at a hard unit, not done
    double fee = 0;                ///< for each block of units
    std::uint32_t block = 10;
  } course;

  double growth = 1;  ///< new customers of a year ÷ those of the year before
  std::vector<Market> markets;
  std::vector<Acquisition> acquisition;
  double household = 0;  ///< share of customers who live with another

  struct {
    Law rate;                        ///< gamma: shape, mean in orders a year while staying
    double most = 40;                ///< orders a year, no customer more
    std::vector<double> regularity;  ///< weights of gaps with gamma shape 1, 2, 3, …
    Law price_sensitivity;           ///< beta
  } buying;

  struct {
    double first = 0;  ///< chance of leaving after the first order, beyond the later one
    Law after_order;   ///< beta: chance of leaving after any order
    Law per_year;      ///< gamma: shape, mean rate of leaving between orders
    std::array<ReasonLaw, kReasons> reasons;
  } leaving;

  struct {
    double share = 0;   ///< of all customers
    double leaves = 0;  ///< after each order
    double window = 7;  ///< days around the occasion, half
  } gift_buyers;

  struct {
    std::array<double, 7> weekly{};    ///< Monday first, relative
    std::array<double, 12> monthly{};  ///< January first, relative
    std::vector<Peak> peaks;
    double promotion_discount = 0, promotion_share = 0;  ///< on any day
  } season;

  struct {
    std::vector<Category> categories;
    std::vector<std::string> styles;
    double popularity = 1;  ///< Zipf exponent of products within a category
    Law stock;              ///< gamma: shape, mean
    double sold_out = 0;    ///< share of products without stock
    Law rating;             ///< beta, stretched over 1 … 5
  } catalogue;

  struct {
    Law extra_lines;               ///< gamma: shape, mean of the lines beyond the first
    std::vector<double> quantity;  ///< weights of 1, 2, 3, …
    double favourite = 0;          ///< share of lines from the favourite category
    double usual = 0;              ///< share of lines that are the usual product
    double cancelled = 0;          ///< share of later orders
    Law returner;                  ///< gamma: shape, mean 1: personal factor on the categories' returns
  } basket;

  struct {
    double newsletter_days = 30;
    double has_email = 1, has_phone = 0.5;
    Law opens, clicks;         ///< beta; clicks given an open
    double machine_opens = 0;  ///< share of customers whose mail program opens everything
    double bounces = 0;        ///< share of addresses that are dead
    double opt_out = 0;        ///< a letter
    double opt_in_again = 0;
    double put_off_share = 0;
    double put_off_effect = 0;   ///< log-odds of any approach to them
    double put_off_opt_out = 1;  ///< factor
    std::array<EffectLaw, model::kOfferKinds> effects;
    std::vector<Campaign> campaigns;
  } messages;

  struct {
    double visits_per_year = 0;  ///< while staying
    double after_leaving = 0;    ///< factor
    double before_order = 0;     ///< chance of a visit and a cart on record before an order
    double abandoned_per_year = 0;
    double app = 0;         ///< share with the app
    double uninstalls = 0;  ///< of leavers with the app
  } traces;

  struct {
    double tickets = 0;    ///< share of orders
    double left_open = 0;  ///< of tickets, for good
    double nps = 0, reviews = 0;
    double announces_end = 0;  ///< share of natural ends that are announced
  } feedback;

  double other_spend_per_day = 0;
};

}  // namespace simulate
