#include "model/experience.h"

#include <algorithm>
#include <cmath>

namespace model {

Traits traits_of(double silent_days, double purchases, double average_basket, double price_sensitivity) {
  return {static_cast<float>(std::log1p(std::max(0.0, silent_days))), static_cast<float>(std::log(std::max(1.0, purchases))),
          static_cast<float>(std::log1p(std::max(0.0, average_basket))), static_cast<float>(std::clamp(price_sensitivity, 0.0, 1.0))};
}

}  // namespace model
