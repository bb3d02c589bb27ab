// The chance of a return, judged on real data it could not have seen: CDNOW and the online grocery, six cuts each.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "stats/scores.h"
#include "tests/support/places.h"
#include "understand/landmark.h"

namespace {

using understand::Histories;

/// Reads "customer,date[,cds,amount]" after a header; the first two columns are what the models see.
Histories read(const std::string& text) {
  std::map<std::string, std::map<std::int32_t, double>> customers;
  std::istringstream in{text};
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const std::size_t comma = line.find(',');
    const auto day = base::parse_day(line.substr(comma + 1, 10));
    if (day) customers[line.substr(0, comma)][base::day_number(*day)] += 1;
  }
  Histories h;
  h.categories = h.items = h.countries = {""};
  std::int32_t last = 0;
  for (const auto& [id, days] : customers) {
    h.customer_id.push_back(id);
    for (const auto& [day, amount] : days) {
      h.day.push_back(day);
      h.amount.push_back(amount);
      last = std::max(last, day);
    }
    h.ends.push_back(h.day.size());
    h.returned.push_back(0);
    for (auto* column : {&h.first_item, &h.last_item, &h.favourite_item, &h.favourite_category, &h.country}) column->push_back(0);
  }
  h.as_of = base::day_from_number(last);
  return h;
}

std::string unzip(const std::filesystem::path& path) {
  const std::string command = "gzip -dc '" + path.string() + "'";
  FILE* pipe = popen(command.c_str(), "r");
  std::string text, buffer(1 << 16, '\0');
  std::size_t count;
  while ((count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0) text.append(buffer, 0, count);
  pclose(pipe);
  return text;
}

void judge(const char* name, const Histories& h, std::int32_t horizon) {
  const std::int32_t last = base::day_number(h.as_of);
  std::map<std::string, double> brier;
  std::vector<double> chance, label;
  for (int k = 0; k < 6; ++k) {
    const std::int32_t cut = last - horizon - 40 * k;
    const understand::Rhythm rhythm = understand::learn_rhythm(h, cut);
    const auto model = understand::ReturnModel::learn(h, rhythm, cut, horizon);
    const auto chances = model.chances(h, rhythm, cut);
    const auto check = understand::check_out_of_time(h, cut, horizon);
    ASSERT_TRUE(check.done) << name << " cut " << k << " " << check.why_not;
    for (const auto& rival : check.rivals) brier[rival.name] += rival.brier * static_cast<double>(check.customers);
    for (std::size_t i = 0; i < h.size(); ++i) {
      if (chances[i] < 0) continue;
      chance.push_back(chances[i]);
      const auto first = h.day.begin() + static_cast<std::ptrdiff_t>(h.begin(i));
      const auto end = h.day.begin() + static_cast<std::ptrdiff_t>(h.end(i));
      const auto next = std::upper_bound(first, end, cut);
      label.push_back(next != end && *next <= cut + horizon ? 1 : 0);
    }
    std::printf("%s cut %s: observed %.4f", name, base::to_string(check.cut).c_str(), check.observed);
    for (const auto& rival : check.rivals) std::printf("  %s brier %.5f auc %.4f mean %.4f", rival.name.c_str(), rival.brier, rival.auc, rival.predicted);
    std::printf("\n");
  }
  for (const auto& group : stats::reliability(chance, label)) {
    std::printf("%s decile: predicted %.4f observed %.4f (± %.4f)\n", name, group.predicted, group.observed, group.sampling_error);
    EXPECT_TRUE(group.agrees(0.04)) << name << ": predicted " << group.predicted << ", observed " << group.observed;
  }
  EXPECT_LT(brier["winback"], brier["recency"]);
  EXPECT_LT(brier["winback"], brier["btyd"]);
  EXPECT_LT(brier["winback"], brier["base_rate"]);
}

TEST(ReturnChance, CalibratedOnCdnow) {
  WB_NEED_SHARED(path, "data/cdnow/cdnow_master.csv.gz");
  judge("cdnow", read(unzip(path)), 60);
}

TEST(ReturnChance, CalibratedOnGrocery) {
  WB_NEED_SHARED(path, "data/grocery_elog/groceryElog.csv");
  judge("grocery", read(tests::read_file(path)), 60);
}

}  // namespace
