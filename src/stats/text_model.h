#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"

namespace stats {

/// How a text classifier is learned.
struct TextOptions {
  std::uint32_t least_texts = 1;  ///< a term must occur in so many texts
  bool damped = true;             ///< 1 + ln(count) in place of the count
  double strength = 1;            ///< C: how much the texts weigh against the ridge of ½‖w‖²
  bool balanced = false;          ///< each class weighs the same, whatever its number of texts
  std::uint32_t folds = 5;        ///< of the cross-fitting for calibration; below 2: none
  double precision = 0.8;         ///< wanted among the texts that get a verdict
  std::uint64_t seed = 1;         ///< of the folds
};

/// Texts to learn from: the terms of each, as base::words gives them, and its class.
struct LabelledTexts {
  std::vector<std::vector<std::string>> terms;
  std::vector<std::uint32_t> label;  ///< 0 … classes − 1
  std::vector<double> weight;        ///< > 0, or empty for all 1
  std::vector<std::uint32_t> group;  ///< texts of one group never part in folds; empty: each its own
  std::uint32_t classes = 0;

  void add(std::vector<std::string> words, std::uint32_t class_of_it, double weight_of_it = 1);
  std::size_t size() const { return label.size(); }
};

/// What the model would do with texts it has not seen, by cross-fitting.
struct TextCheck {
  std::size_t texts = 0;
  double accuracy = 0;        ///< of the most probable class, all texts
  double macro_f1 = 0;        ///< mean over the classes that occur
  double log_loss = 0;        ///< after calibration
  double answered = 0;        ///< share with a verdict
  double precision = 0;       ///< of those verdicts
  std::vector<std::uint32_t> predicted;  ///< most probable class of each text
};

/// TF-IDF terms with multinomial logistic regression. Weights are w(t,d) = tf · (1 + ln((1 + n)/(1 + df))), scaled to
/// length 1 (Salton & Buckley 1988; the smoothed idf of scikit-learn); the model is softmax(W x + b) with a ridge on W,
/// fitted by L-BFGS. Probabilities are softmax(z/T) with T from cross-fitted texts (temperature scaling; Guo et al.
/// 2017). Immutable once learned; any thread may use it. The same texts and options give the same model.
class TextModel {
 public:
  /// Fails with `invalid_input` when there are no texts, fewer than two classes with texts, or unequal lengths.
  static base::Result<TextModel> learn(const LabelledTexts& texts, const TextOptions& options);

  /// Probability of each class, summing to 1. A text without known terms gets the classes' shares.
  std::vector<double> probabilities(std::span<const std::string> terms) const;

  /// Below this probability of the likeliest class nothing is said.
  double threshold() const { return threshold_; }
  double temperature() const { return temperature_; }
  const TextCheck& check() const { return check_; }  ///< empty without folds
  std::uint32_t classes() const { return classes_; }
  std::size_t vocabulary() const { return idf_.size(); }

  /// Share of the text's terms the model knows, 0 … 1: how much it has to go by.
  double known(std::span<const std::string> terms) const;

 private:
  struct Entries;
  Entries weigh(std::span<const std::string> terms) const;
  void fit(const LabelledTexts& texts, const std::vector<std::size_t>& rows, const TextOptions& options);
  std::vector<double> scores(std::span<const std::string> terms) const;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> terms_;
  std::vector<double> idf_;
  std::vector<double> beta_;  ///< term by term, `classes_` numbers each, then the intercepts
  std::uint32_t classes_ = 0;
  bool damped_ = true;
  double temperature_ = 1;
  double threshold_ = 0;
  TextCheck check_;
};

/// Mean F1 over the classes that occur in `truth`.
double macro_f1(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> predicted, std::uint32_t classes);

}  // namespace stats
