#include "tests/golden/btyd_data.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>
#include <zlib.h>

namespace golden {
namespace {

int iso_day(const std::string& date) {
  return day_number(std::stoi(date.substr(0, 4)), std::stoi(date.substr(5, 2)), std::stoi(date.substr(8, 2)));
}

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in{line};
  for (std::string field; std::getline(in, field, ',');) out.push_back(field);
  return out;
}

}  // namespace

int day_number(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return static_cast<int>(std::chrono::sys_days{date}.time_since_epoch().count());
}

std::vector<Purchase> read_cdnow_sample(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::vector<Purchase> out;
  std::string master, sample, date;
  double cds = 0, dollars = 0;
  while (in >> master >> sample >> date >> cds >> dollars) {
    out.push_back({sample, day_number(std::stoi(date.substr(0, 4)), std::stoi(date.substr(4, 2)), std::stoi(date.substr(6, 2))),
                   dollars});
  }
  EXPECT_EQ(out.size(), 6919U);
  return out;
}

std::vector<Purchase> read_cdnow_master(const std::filesystem::path& file) {
  gzFile in = gzopen(file.c_str(), "rb");
  EXPECT_NE(in, nullptr);
  std::vector<Purchase> out;
  char line[256];
  gzgets(in, line, sizeof line);
  while (gzgets(in, line, sizeof line) != nullptr) {
    const std::vector<std::string> f = fields(line);
    out.push_back({f.at(0), iso_day(f.at(1)), std::stod(f.at(3))});
  }
  gzclose(in);
  EXPECT_EQ(out.size(), 69659U);
  return out;
}

std::vector<Purchase> read_grocery(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::vector<Purchase> out;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const std::vector<std::string> f = fields(line);
    out.push_back({f.at(0), iso_day(f.at(1)), 0});
  }
  EXPECT_EQ(out.size(), 10483U);
  return out;
}

std::vector<std::vector<double>> read_numbers(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::vector<std::vector<double>> out;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<double>& row = out.emplace_back();
    for (const std::string& field : fields(line)) row.push_back(std::stod(field));
  }
  return out;
}

Split split_at(std::vector<Purchase> purchases, int last_calibration_day, int last_day, double unit) {
  std::map<std::string, std::map<int, double>> by_customer;  // day -> amount of that day
  for (const Purchase& p : purchases) by_customer[p.customer][p.day] += p.amount;
  Split out;
  for (const auto& [customer, days] : by_customer) {
    const int first = days.begin()->first;
    if (first > last_calibration_day) continue;
    double x = 0, held_out = 0, spend = 0, log_gaps = 0;
    int last = first;
    for (const auto& [day, amount] : days) {
      if (day == first || day > last_day) continue;
      if (day > last_calibration_day) {
        ++held_out;
      } else {
        ++x;
        spend += amount;
        log_gaps += std::log((day - last) / unit);
        last = day;
      }
    }
    out.histories.add_with_gaps({x, (last - first) / unit, (last_calibration_day - first) / unit, log_gaps});
    out.held_out.push_back(held_out);
    out.mean_spend.push_back(x > 0 ? spend / x : 0);
  }
  return out;
}

stats::Spending spending_of(const Split& split) {
  stats::Spending out;
  for (std::size_t i = 0; i < split.mean_spend.size(); ++i) {
    if (split.histories.x[i] < 1 || split.mean_spend[i] <= 0) continue;
    out.x.push_back(split.histories.x[i]);
    out.mean.push_back(split.mean_spend[i]);
  }
  return out;
}

}  // namespace golden
