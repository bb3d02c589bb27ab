#pragma once

namespace measure {

/// Mean and variance in one pass (Welford 1962).
struct Running {
  double count = 0, mean = 0, squares = 0;

  void add(double value) {
    count += 1;
    const double delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  double variance() const { return count > 1 ? squares / (count - 1) : 0; }
};

}  // namespace measure
