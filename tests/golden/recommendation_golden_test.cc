// Next baskets of Ta-Feng grocery against what frequency reaches (reference/recommendation_tafeng.json: Li et al., "A Next
// Basket Recommendation Reality Check", definitions of its evaluation/metrics.py).
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>

#include <gtest/gtest.h>

#include "collect/table.h"
#include "tests/support/places.h"
#include "understand/recommend/recommender.h"

namespace {

using namespace understand::recommend;

std::vector<std::vector<std::uint32_t>> numbers_of(const std::filesystem::path& file) {
  std::vector<std::vector<std::uint32_t>> rows;
  auto table = collect::Table::open(file.string(), {}, nullptr);
  EXPECT_TRUE(table) << table.error().message;
  if (!table) return rows;
  const auto done = table->read([&](const collect::RowBatch& batch) -> base::Result<bool> {
    for (std::size_t r = 0; r < batch.rows(); ++r) {
      auto& row = rows.emplace_back();
      for (std::size_t c = 0; c < batch.width; ++c) row.push_back(static_cast<std::uint32_t>(std::strtoul(std::string{batch.row(r)[c]}.c_str(), nullptr, 10)));
    }
    return true;
  });
  EXPECT_TRUE(done);
  return rows;
}

struct Figures {
  double recall = 0, ndcg = 0, phr = 0;
};

/// The figures of lists cut at k, over customers.
struct Tally {
  std::size_t k = 10;
  Figures sum;
  double users = 0;

  void add(const std::vector<Recommendation>& list, const std::vector<Item>& truth) {
    double hits = 0, dcg = 0, ideal = 0;
    for (std::size_t p = 0; p < std::min(k, list.size()); ++p) {
      if (std::ranges::find(truth, list[p].item) == truth.end()) continue;
      hits += 1;
      dcg += 1 / std::log2(static_cast<double>(p) + 2);
    }
    for (std::size_t p = 0; p < std::min(k, truth.size()); ++p) ideal += 1 / std::log2(static_cast<double>(p) + 2);
    sum.recall += hits / static_cast<double>(truth.size());
    sum.ndcg += dcg / ideal;
    sum.phr += hits > 0 ? 1 : 0;
    users += 1;
  }
  Figures mean() const { return {sum.recall / users, sum.ndcg / users, sum.phr / users}; }
};

TEST(Recommendation, BeatsTheBestFrequencyListOnTaFeng) {
  WB_NEED_SHARED(history_file, "data/tafeng_baskets/tafeng_history.csv.gz");
  WB_NEED_SHARED(future_file, "data/tafeng_baskets/tafeng_future_dev.csv.gz");
  const auto history = numbers_of(history_file);
  ASSERT_EQ(history.size(), 480'611U);
  Item items = 0;
  std::map<std::uint32_t, std::map<std::uint32_t, std::vector<Item>>> by_user;
  for (const auto& row : history) {
    by_user[row[0]][row[1]].push_back(row[2]);
    items = std::max(items, row[2] + 1);
  }
  // The file has no days: every customer's last basket is taken to lie a week back, the one before two weeks.
  Baskets baskets;
  std::map<std::uint32_t, std::size_t> place;
  for (const auto& [user, his] : by_user) {
    std::vector<std::int32_t> days;
    std::vector<std::uint32_t> sizes;
    std::vector<Item> all;
    for (const auto& [number, basket] : his) {
      days.push_back(-7 * static_cast<std::int32_t>(his.size() - days.size()));
      sizes.push_back(static_cast<std::uint32_t>(basket.size()));
      all.insert(all.end(), basket.begin(), basket.end());
    }
    place[user] = baskets.customers();
    baskets.add({days, sizes, all});
  }
  std::map<std::uint32_t, std::vector<Item>> future;
  for (const auto& row : numbers_of(future_file)) {
    future[row[0]].push_back(row[1]);
    items = std::max(items, row[1] + 1);
  }
  ASSERT_EQ(future.size(), 6953U);

  const auto start = std::chrono::steady_clock::now();
  const Recommender recommender = Recommender::learn(baskets, {std::vector<std::uint8_t>(items, 0), {}}, 0);
  const double learned = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ASSERT_TRUE(recommender.learned());
  Tally at10{10}, at20{20};
  Recommender::Scratch scratch;
  std::vector<Recommendation> list;
  for (const auto& [user, truth] : future) {
    recommender.recommend(baskets[place.at(user)], {}, 20, scratch, list);
    at10.add(list, truth);
    at20.add(list, truth);
  }
  const Figures f10 = at10.mean(), f20 = at20.mean();
  std::printf("learned in %.1f s; recall@10 %.4f ndcg@10 %.4f phr@10 %.4f; recall@20 %.4f ndcg@20 %.4f phr@20 %.4f\n", learned, f10.recall, f10.ndcg,
              f10.phr, f20.recall, f20.ndcg, f20.phr);
  std::printf("weights:");
  for (const double w : recommender.weights()) std::printf(" %.2f", w);
  std::printf("\ncheck of %zu: %.3f (%.3f-%.3f), habit %.3f, sales %.3f\n", recommender.check().customers, recommender.check().hits,
              recommender.check().interval.low, recommender.check().interval.high, recommender.check().hits_by_habit, recommender.check().hits_by_sales);
  // GP-TopFreq, the best of the reference.
  EXPECT_GE(f10.recall, 0.13562787747680022);
  EXPECT_GE(f10.ndcg, 0.12607476322957972);
  EXPECT_GE(f10.phr, 0.42370199913706313);
  EXPECT_GE(f20.recall, 0.18295632824459282);
  EXPECT_GE(f20.ndcg, 0.13913886335083958);
  EXPECT_GE(f20.phr, 0.5203509276571264);
  // Far above would be a reason to look for the future in the past.
  EXPECT_LT(f20.recall, 1.35 * 0.18295632824459282);
}

}  // namespace
