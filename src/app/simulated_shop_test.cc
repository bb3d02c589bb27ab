// The default world: that the same seed gives the same bytes, that the shop is as its YAML says, and that the truth it
// keeps is the truth.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <sstream>

#include "app/world_yaml.h"
#include "simulate/shop.h"
#include "stats/chunks.h"

namespace app {
namespace {

using simulate::Shop;
using simulate::Story;
using simulate::Tables;
using simulate::World;

World default_world() {
  auto world = load_world({});
  EXPECT_TRUE(world) << world.error().message;
  return *world;
}

std::unique_ptr<Shop> open(World world, std::uint64_t seed) {
  auto shop = Shop::open(std::move(world), seed);
  EXPECT_TRUE(shop);
  return std::move(*shop);
}

std::string all_of(const Tables& t) {
  return t.orders + t.customers + t.events + t.messages + t.feedback + t.topics + t.campaigns;
}

TEST(SimulatedShop, SameSeedSameBytesWhateverTheThreads) {
  constexpr std::size_t kCustomers = 3 * stats::kChunkRows / 2;
  const auto shop = open(default_world(), 7);
  const auto again = open(default_world(), 7);
  const auto other = open(default_world(), 8);
  const auto run = [&](const Shop& from, unsigned threads) {
    std::vector<Tables> parts(stats::chunk_count(kCustomers), Tables{from.world()});
    stats::for_chunks(kCustomers, {threads}, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      from.add(begin, end, parts[chunk]);
    });
    std::string bytes;
    for (Tables& part : parts) bytes += all_of(part);
    return bytes;
  };
  const std::string bytes = run(*shop, 1);
  EXPECT_TRUE(bytes == run(*again, 3));
  EXPECT_FALSE(bytes == run(*other, 1));
  EXPECT_EQ(shop->products_csv(), again->products_csv());
  // A customer is the same in a shop of any size.
  Tables one{shop->world()}, some{shop->world()};
  shop->add(10, 11, one);
  shop->add(0, 12, some);
  EXPECT_NE(some.orders.find(one.orders), std::string::npos);
  EXPECT_NE(some.events.find(one.events), std::string::npos);
}

TEST(SimulatedShop, IsAsItsWorldSays) {
  const World world = default_world();
  const auto shop = open(world, 3);
  constexpr std::uint64_t kCustomers = 20'000;
  double britons = 0, gift = 0, put_off = 0, once = 0, left_at_once = 0, later = 0, left_later = 0, orders = 0,
         cancelled = 0;
  double opted_out = 0, letters_people = 0, left = 0;
  for (std::uint64_t i = 0; i < kCustomers; ++i) {
    const Story s = shop->story(i);
    britons += s.person.market == 0 ? 1 : 0;
    gift += s.person.gift_buyer ? 1 : 0;
    put_off += s.person.put_off ? 1 : 0;
    const auto& bought = s.life.purchases;
    ASSERT_FALSE(bought.empty());
    EXPECT_FALSE(bought.front().cancelled);
    EXPECT_GE(bought.front().at, 0);
    EXPECT_LT(bought.back().at, world.days);
    for (std::size_t k = 1; k < bought.size(); ++k) {
      EXPECT_GT(bought[k].at, bought[k - 1].at);
      ++orders;
      cancelled += bought[k].cancelled ? 1 : 0;
    }
    once += bought.size() == 1 ? 1 : 0;
    left += s.life.end.away ? 1 : 0;
    if (s.person.gift_buyer) continue;
    std::set<double> left_at;
    for (const auto& absence : s.life.absences) left_at.insert(absence.from);
    left_at_once += left_at.contains(bought.front().at) ? 1 : 0;
    for (std::size_t k = 1; k < bought.size(); ++k) {
      ++later;
      left_later += left_at.contains(bought[k].at) ? 1 : 0;
    }
    letters_people += s.contact.email.empty() ? 0 : 1;
    opted_out += s.consent.opted_out < simulate::kNever ? 1 : 0;
  }
  const double n = kCustomers;
  const auto near = [&](double count, double of, double share) {
    EXPECT_NEAR(count / of, share, 4 * std::sqrt(share * (1 - share) / of));
  };
  near(britons, n, 0.45);
  near(gift, n, world.gift_buyers.share);
  near(put_off, n, world.messages.put_off_share);
  near(cancelled, orders, world.basket.cancelled);
  // After any order beta(1, 11); after the first beyond that, by the way the customer came.
  double weight = 0, factor = 0;
  for (const auto& way : world.acquisition) {
    weight += way.weight;
    factor += way.weight * way.leaves_first;
  }
  const double after = world.leaving.after_order.a / (world.leaving.after_order.a + world.leaving.after_order.b);
  near(left_at_once, n - gift, after + (1 - after) * world.leaving.first * factor / weight);
  // Later orders are made by those who leave less, so their share lies below the mean of the law.
  EXPECT_LT(left_later / later, after);
  EXPECT_GT(left_later / later, after / 3);
  // The shop the win-back plan is shown on.
  EXPECT_GT(once / n, 0.35);
  EXPECT_LT(once / n, 0.45);
  EXPECT_GT(left / n, 0.35);
  EXPECT_LT(left / n, 0.65);
  EXPECT_GT(opted_out / letters_people, 0.02);
  EXPECT_LT(opted_out / letters_people, 0.15);
}

TEST(SimulatedShop, MoneyIsAsTheTruthExpects) {
  const World world = default_world();
  const auto shop = open(world, 4);
  // Net money of orders that stand, against list prices, quantities, discounts of the day and returns of the category.
  double found = 0, expected = 0, squares = 0, count = 0;
  for (std::uint64_t i = 0; i < 12'000; ++i) {
    const Story s = shop->story(i);
    const auto& season = shop->people().season(s.person);
    const double basket = expected_basket(world, shop->catalogue(), s.person);
    for (const simulate::Order& order : fill_baskets(world, shop->catalogue(), shop->people(), s.person, s.life, 4)) {
      if (order.purchase->cancelled || order.purchase->campaign >= 0) continue;
      double money = 0;
      for (const simulate::Line& line : order.lines) {
        const auto& product = shop->catalogue().products()[line.product];
        if (line.returned == simulate::kNever)
          money += static_cast<double>(product.price * line.quantity - line.discount) / 100;
      }
      const double mean = basket * (1 - season.discount(static_cast<std::int32_t>(order.purchase->at)));
      found += money;
      expected += mean;
      squares += (money - mean) * (money - mean);
      ++count;
    }
  }
  EXPECT_NEAR(found, expected, 4 * std::sqrt(squares));
  EXPECT_GT(found / count, 50);
  EXPECT_LT(found / count, 75);
}

TEST(SimulatedShop, TheFutureComesAsTheTruthExpects) {
  // The world that goes on is another draw of the same people only up to arrival days, so lives are played on instead.
  const World world = default_world();
  const auto shop = open(world, 5);
  base::Rng rng{11};
  constexpr int kRuns = 60;
  double expected = 0, played = 0, squares = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Story s = shop->story(i);
    if (s.person.gift_buyer) continue;
    const auto& season = shop->people().season(s.person);
    const double exact =
        outlook(s.person, season, s.life.end, world.days, world.basket.cancelled, 7, simulate::kHorizons)[1].orders;
    expected += exact;
    for (int run = 0; run < kRuns; ++run) {
      simulate::Next next;
      if (s.life.end.away) {
        const double rate = s.person.back[static_cast<std::size_t>(s.life.end.reason)];
        if (rate > 0) next.at = season.after(world.days, rng.exponential(rate));
      } else {
        int tries = 0;
        do next = draw_next(s.person, season, s.life.end.since, 0, rng);
        while ((next.at <= world.days || (next.absence && next.absence->from <= world.days)) && ++tries < 1'000'000);
      }
      double orders = 0;
      while (next.at < world.days + 90) {
        orders += rng.chance(world.basket.cancelled) ? 0 : 1;
        next = draw_next(s.person, season, next.at, s.person.leave_after, rng);
      }
      played += orders / kRuns;
      squares += (orders - exact) * (orders - exact) / kRuns / kRuns;
    }
  }
  EXPECT_NEAR(played, expected, 4 * std::sqrt(squares));
  EXPECT_GT(expected, 200);
}

TEST(SimulatedShop, CampaignsDoWhatTheirTruthSays) {
  World world = default_world();
  // Customers still in rhythm too, so that high chances are met as well as low ones.
  for (simulate::Campaign& campaign : world.messages.campaigns) campaign.silent_from = 3;
  const auto shop = open(world, 6);
  struct Group {
    double count = 0, returned = 0, without = 0, with = 0, variance = 0;
  };
  Group arms[2], likely, driven_away;
  double brought = 0, put_off = 0;
  for (std::uint64_t i = 0; i < 25'000; ++i) {
    const Story s = shop->story(i);
    for (const simulate::Touch& touch : s.life.touches) {
      const auto& campaign = world.messages.campaigns[touch.campaign];
      const bool returned =
          std::any_of(s.life.purchases.begin(), s.life.purchases.end(), [&](const simulate::Purchase& p) {
            return p.at > touch.at && p.at <= touch.at + campaign.response_days;
          });
      const double chance = touch.treated ? touch.chance_with : touch.chance_without;
      const auto add = [&](Group& group) {
        ++group.count;
        group.returned += returned ? 1 : 0;
        group.without += touch.chance_without;
        group.with += touch.chance_with;
        group.variance += chance * (1 - chance);
      };
      add(arms[touch.treated ? 1 : 0]);
      if (touch.treated && touch.chance_without > 0.4) add(likely);
      if (touch.treated && s.person.put_off) add(driven_away);
      EXPECT_TRUE(touch.treated || (!touch.brought && !touch.put_off));
      brought += touch.brought ? 1 : 0;
      put_off += touch.put_off ? 1 : 0;
    }
  }
  EXPECT_GT(arms[0].count, 8000);
  EXPECT_NEAR(arms[1].count / (arms[0].count + arms[1].count), 0.7, 0.015);
  EXPECT_NEAR(arms[0].returned, arms[0].without, 4 * std::sqrt(arms[0].variance));
  for (const Group& group : {arms[1], likely, driven_away}) {
    EXPECT_NEAR(group.returned, group.with, 4 * std::sqrt(group.variance));
    // What it measures is far larger than what it lets pass.
    EXPECT_GT(std::abs(group.with - group.without), 8 * std::sqrt(group.variance));
  }
  EXPECT_GT(arms[1].with, arms[1].without);
  EXPECT_LT(driven_away.with, driven_away.without);
  EXPECT_GT(brought, 2 * put_off);
}

TEST(SimulatedShop, NothingIsWrittenAfterTheEndOrToThoseWhoRefused) {
  const World world = default_world();
  const auto shop = open(world, 9);
  Tables t{world};
  shop->add(0, 3000, t);
  const std::string end = base::to_string(world.start + std::chrono::days{world.days - 1});
  const auto each_row = [](const std::string& text, const auto& take) {
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
      std::vector<std::string> cells(1);
      bool quoted = false;
      for (const char c : line) {
        if (c == '"') {
          quoted = !quoted;
        } else if (c == ',' && !quoted) {
          cells.emplace_back();
        } else {
          cells.back() += c;
        }
      }
      take(cells);
    }
  };
  std::map<std::string, std::pair<std::string, std::string>> refused;  // out, in again
  std::size_t events = 0;
  each_row(t.events, [&](const auto& cells) {
    ASSERT_EQ(cells.size(), 8U);
    EXPECT_LE(cells[1].substr(0, 10), end);
    ++events;
    if (cells[2] == "opt_out") refused[cells[0]].first = cells[1];
    if (cells[2] == "opt_in") refused[cells[0]].second = cells[1];
  });
  EXPECT_GT(events, 3000U * 8);
  EXPECT_LT(events, 3000U * 40);
  each_row(t.orders, [&](const auto& cells) {
    ASSERT_EQ(cells.size(), 15U);
    EXPECT_LE(cells[3].substr(0, 10), end);
  });
  std::size_t after_refusal = 0, letters = 0;
  each_row(t.messages, [&](const auto& cells) {
    ASSERT_EQ(cells.size(), 13U);
    ++letters;
    const auto found = refused.find(cells[1]);
    if (found == refused.end() || cells[9] == "held_out") return;
    const auto& [out, in] = found->second;
    if (cells[2] > out && (in.empty() || cells[2] < in)) ++after_refusal;
  });
  EXPECT_GT(refused.size(), 50U);
  EXPECT_GT(letters, 20'000U);
  EXPECT_EQ(after_refusal, 0U);
  std::set<std::string> texts;
  std::size_t feedback = 0;
  each_row(t.feedback, [&](const auto& cells) {
    ASSERT_EQ(cells.size(), 9U);
    texts.insert(cells[8]);
    ++feedback;
  });
  EXPECT_GT(feedback, 2000U);
  EXPECT_GT(texts.size(), feedback * 8 / 10);
}

struct Mistake {
  const char* text;
  const char* line;
  const char* part;
};

TEST(WorldYaml, MistakesAreRefusedWithTheirLine) {
  const Mistake mistakes[] = {
      {"days: 100\nhosehold: 0.1\n", "line 2", "'hosehold' is not known"},
      {"household: 1.5\n", "line 1", "household must be a number from 0 to 1"},
      {"basket:\n  cancelled: often\n", "line 2", "cancelled must be a number"},
      {"days: 100.5\n", "line 1", "whole number"},
      {"start: yesterday\n", "line 1", "start must be a day"},
      {"season:\n  weekly: [1, 1]\n", "line 2", "weekly must have 7 numbers"},
      {"buying:\n  regularity: [0, 0]\n", "line 2", "must not all be 0"},
      {"leaving:\n  reasons:\n    boredom: {tells: 0.1}\n", "line 3", "'boredom' is no reason"},
      {"messages:\n  effects:\n    bribe: {mean: 1}\n", "line 3", "'bribe' is no kind of offer"},
      {"messages:\n  campaigns:\n    - {name: a, day: 2025-03-01}\n", "line 3", "offer is missing"},
      {"messages:\n  campaigns:\n    - {name: a, day: 2025-03-01, offer: gift}\n    - {name: b, day: 2025-03-20, "
       "offer: gift}\n",
       "line 3", "campaign 'b' begins within the response_days"},
      {"messages:\n  campaigns:\n    - {name: late, day: 2026-06-20, offer: gift}\n", "line 3",
       "'late' and its response_days must lie within"},
      {"markets: []\n", "line 1", "at least one entry"},
      {"acquisition:\n  - search\n", "line 2", "expected fields"},
      {"markets:\n  - {country: X, language: en, zone: Mars/Base, season: west, cities: [a], given_names: [b], "
       "family_names: [c], phone: \"1\"}\n",
       "line 2", "Mars/Base"},
      {"days: [", "line 1", "not YAML"},
  };
  for (const Mistake& mistake : mistakes) {
    World world = default_world();
    const auto result = read_world(mistake.text, "my.yaml", world);
    ASSERT_FALSE(result) << mistake.text;
    EXPECT_EQ(result.error().code, base::Code::invalid_input);
    EXPECT_NE(result.error().message.find(std::string{"my.yaml, "} + mistake.line), std::string::npos)
        << result.error().message;
    EXPECT_NE(result.error().message.find(mistake.part), std::string::npos) << result.error().message;
  }
}

TEST(WorldYaml, WhatIsLeftOutStaysAndListsReplace) {
  World world = default_world();
  ASSERT_TRUE(read_world("days: 200\nmessages:\n  campaigns: []\nleaving:\n  reasons:\n    price: {tells: 0.9}\n",
                         "my.yaml", world));
  EXPECT_EQ(world.days, 200);
  EXPECT_EQ(world.currency, "GBP");
  EXPECT_TRUE(world.messages.campaigns.empty());
  EXPECT_EQ(world.leaving.reasons[static_cast<std::size_t>(simulate::Reason::price)].tells, 0.9);
  EXPECT_GT(world.leaving.reasons[static_cast<std::size_t>(simulate::Reason::price)].over_time, 0);
  EXPECT_EQ(world.markets.size(), 4U);
  World shorter = default_world();
  ASSERT_TRUE(read_world("days: 400\n", "my.yaml", shorter));
  EXPECT_EQ(shorter.messages.campaigns.size(), 1U);
}

}  // namespace
}  // namespace app
