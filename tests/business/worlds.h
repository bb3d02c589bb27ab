#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulate/shop.h"
#include "understand/analyze.h"

namespace tests {

/// A shipped world's customers, as the warehouse would hand them over.
struct SmallWorld {
  std::unique_ptr<simulate::Shop> shop;
  simulate::Tables tables;
  understand::business::Events events;
  understand::Histories orders;
  std::map<std::string, std::size_t> truth_row;  ///< by customer id

  double truth(const std::string& customer, const char* column) const;
  std::string truth_text(const std::string& customer, const char* column) const;
};
SmallWorld make_world(const std::string& name, std::uint64_t customers, std::uint64_t seed);

/// The events up to a day.
understand::business::Events until(const understand::business::Events& events, base::Day day);

/// The business's settings as shipped.
model::Business business_of(const std::string& name);

/// Weighted mean distance of predicted and true chances over twenty groups by prediction, and their means.
struct Calibration {
  double distance = 0, predicted = 0, observed = 0;
  std::size_t customers = 0;
};
Calibration calibration(std::vector<std::pair<double, double>> predicted_and_true);

}  // namespace tests
