#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "port/learner.h"

namespace adapter::xgboost {

/// A call's failure as an Error; `what` is a short verb phrase, "grow a tree".
base::Result<void> checked(int status, const char* what);

/// Keeps the library's own lines off the terminal; its setting is one of each thread.
void silence();

/// "[n, m]" float32 numbers in memory as the library wants them described.
std::string array_interface(const float* data, std::size_t rows, std::size_t columns);

/// An owned DMatrix.
class Matrix {
 public:
  Matrix() = default;
  ~Matrix();
  Matrix(Matrix&& other) noexcept;
  Matrix& operator=(Matrix&& other) noexcept;

  /// The rows in histogram bins (a byte or two a number), read in pieces, with targets and weights. `bins_of` lends its
  /// bins to validation rows.
  static base::Result<Matrix> binned(const port::LearningRows& rows, const port::LearnerOptions& options, const Matrix* bins_of);

  /// A copy of the numbers as they are.
  static base::Result<Matrix> dense(const port::FeatureRows& rows);

  void* get() const { return handle_; }

 private:
  void* handle_ = nullptr;
};

/// An owned Booster.
class Booster {
 public:
  Booster() = default;
  ~Booster();
  Booster(Booster&& other) noexcept;
  Booster& operator=(Booster&& other) noexcept;

  /// `matrix` may be null.
  static base::Result<Booster> create(const Matrix* matrix);
  base::Result<void> set(const char* name, const std::string& value);
  base::Result<std::string> model_bytes() const;
  base::Result<void> load(std::string_view bytes);
  base::Result<Booster> first(int rounds) const;

  void* get() const { return handle_; }

 private:
  void* handle_ = nullptr;
};

}  // namespace adapter::xgboost
