#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "simulate/catalogue.h"
#include "simulate/season.h"
#include "simulate/world.h"

namespace simulate {

inline constexpr std::size_t kMostStages = 8;

/// Everything about a customer that no shop can see.
struct Person {
  std::uint64_t number = 0;
  std::uint32_t market = 0;
  std::uint32_t acquisition = 0;
  std::uint64_t household = 0;  ///< 0 = lives alone
  double joined = 0;            ///< first order, in days since the world's start
  std::size_t season_level = 0;

  bool gift_buyer = false;
  double rate = 0;                             ///< orders a day of season time while staying
  std::uint32_t stages = 1;                    ///< gamma shape of the gaps
  double leave_first = 0;                      ///< chance of leaving after the first order
  double leave_after = 0;                      ///< … after any later one
  double leave_rate = 0;                       ///< a day, between orders
  std::array<double, kReasons> after_order{};  ///< shares of the reasons of those who leave after an order
  std::array<double, kReasons> over_time{};
  std::array<double, kReasons> back{};  ///< a day of season time, after leaving for this reason

  double price_sensitivity = 0;                     ///< 0 … 1
  bool put_off = false;                             ///< every approach works against the shop
  std::array<double, model::kOfferKinds> effect{};  ///< log-odds while staying; see effect_of
  double opt_out = 0;                               ///< chance at each letter

  double extra_lines = 0;
  std::uint32_t favourite = 0;  ///< category
  std::uint32_t usual = 0;      ///< product
  double returns = 1;           ///< factor on the categories' returns
  bool has_app = false;

  double price = 0;        ///< subscriptions: of a period
  std::uint32_t tariff = 0;
  double pays = 0;         ///< games: chance of a payment in a session
  double payment = 0;      ///< … its median

  Tongue language = Tongue::en;
};

/// What the shop is told of a customer. All addresses are invented: example.com and numbers kept for fiction.
struct Contact {
  std::string name, email, phone, city;
  std::int32_t birthday = 0;  ///< day number, 0 = not told
  double opens = 0, clicks = 0;
  bool machine_opens = false, bounces = false;
};

/// The people of one world and seed, each made from the number alone. Immutable; any thread may use it.
class People {
 public:
  People(const World& world, const Catalogue& catalogue, std::uint64_t seed);

  Person person(std::uint64_t number) const;
  Contact contact(const Person& person) const;

  const Season& season(const Person& person) const {
    return seasons_[person.market * kSeasonLevels + person.season_level];
  }

  /// The true effect on this person of an approach, given the reason they left for (none: still staying).
  double effect_of(const Person& person, model::OfferKind offer, Reason left_for) const;

 private:
  const World& world_;
  const Catalogue& catalogue_;
  std::uint64_t seed_;
  std::vector<Season> seasons_;
  std::vector<Lot> arrival_;  ///< by market: day of the first order
  Lot markets_, acquisition_, regularity_, tariffs_;
};

}  // namespace simulate
