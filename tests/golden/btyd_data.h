#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "stats/gamma_gamma.h"
#include "stats/summary.h"

namespace golden {

/// A transaction log as the papers' examples hold them.
struct Purchase {
  std::string customer;
  int day = 0;  ///< days since 1970-01-01
  double amount = 0;
};

std::vector<Purchase> read_cdnow_sample(const std::filesystem::path& file);
std::vector<Purchase> read_cdnow_master(const std::filesystem::path& file);
std::vector<Purchase> read_grocery(const std::filesystem::path& file);

/// Every row of a table of numbers under a heading line.
std::vector<std::vector<double>> read_numbers(const std::filesystem::path& file);

int day_number(int year, int month, int day);

/// Customer by customer, in the order of their ids: calibration histories, purchases in the holdout, mean repeat spend.
/// Purchases of one day are one. Times are days / `unit` (7 = weeks).
struct Split {
  stats::Histories histories;
  std::vector<double> held_out;
  std::vector<double> mean_spend;  ///< 0 where x = 0
};
Split split_at(std::vector<Purchase> purchases, int last_calibration_day, int last_day, double unit = 7);

/// Customers with a repeat purchase and a positive mean, as the gamma-gamma model wants them.
stats::Spending spending_of(const Split& split);

}  // namespace golden
