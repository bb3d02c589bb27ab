#include "stats/text_model.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "stats/lbfgs.h"

namespace stats {

using base::Code;
using base::fail;
using base::Result;

namespace {

void softmax(std::span<double> z, double temperature) {
  const double top = *std::ranges::max_element(z);
  double sum = 0;
  for (double& one : z) sum += one = std::exp((one - top) / temperature);
  for (double& one : z) one /= sum;
}

std::size_t argmax(std::span<const double> values) {
  return static_cast<std::size_t>(std::ranges::max_element(values) - values.begin());
}

/// Rows of weighted terms, one behind the other.
struct SparseRows {
  std::vector<std::size_t> ends;
  std::vector<std::uint32_t> term;
  std::vector<float> value;
  std::size_t begin_of(std::size_t row) const { return row == 0 ? 0 : ends[row - 1]; }
};

/// Mean negative log-likelihood of calibrated scores.
double loss_at(const std::vector<double>& scores, std::span<const std::uint32_t> label, std::span<const double> weight, std::size_t classes, double temperature) {
  double loss = 0, total = 0;
  std::vector<double> z(classes);
  for (std::size_t i = 0; i < label.size(); ++i) {
    std::copy_n(scores.begin() + static_cast<std::ptrdiff_t>(i * classes), classes, z.begin());
    softmax(z, temperature);
    loss -= weight[i] * std::log(std::max(z[label[i]], 1e-300));
    total += weight[i];
  }
  return loss / total;
}

/// The temperature of least loss, by golden section on its logarithm.
double best_temperature(const std::vector<double>& scores, std::span<const std::uint32_t> label, std::span<const double> weight, std::size_t classes) {
  constexpr double kGolden = 0.6180339887498949;
  double low = std::log(0.05), high = std::log(20.0);
  const auto loss = [&](double at) { return loss_at(scores, label, weight, classes, std::exp(at)); };
  double a = high - kGolden * (high - low), b = low + kGolden * (high - low);
  double at_a = loss(a), at_b = loss(b);
  for (int i = 0; i < 40; ++i) {
    if (at_a < at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - kGolden * (high - low);
      at_a = loss(a);
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + kGolden * (high - low);
      at_b = loss(b);
    }
  }
  return std::exp((low + high) / 2);
}

/// The lowest confidence from which on verdicts are as often right as wanted.
double threshold_for(std::vector<std::pair<double, bool>>& verdicts, double wanted) {
  std::ranges::sort(verdicts, [](const auto& x, const auto& y) { return x.first > y.first; });
  double right = 0, best = 1;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    right += verdicts[i].second ? 1 : 0;
    const bool last_of_its_score = i + 1 == verdicts.size() || verdicts[i + 1].first < verdicts[i].first;
    if (last_of_its_score && i + 1 >= 10 && right / static_cast<double>(i + 1) >= wanted) best = verdicts[i].first;
  }
  return best;
}

/// Each text's fold: groups stay together, classes are spread evenly.
std::vector<std::uint32_t> folds_of(const LabelledTexts& texts, std::uint32_t folds, std::uint64_t seed) {
  std::vector<std::size_t> order(texts.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto group = [&](std::size_t i) { return texts.group.empty() ? static_cast<std::uint32_t>(i) : texts.group[i]; };
  std::vector<std::uint64_t> key(texts.size());
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = base::mix(seed ^ base::mix(group(i)));
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return std::tuple{texts.label[a], key[a], group(a), a} < std::tuple{texts.label[b], key[b], group(b), b};
  });
  std::vector<std::uint32_t> fold(texts.size());
  std::unordered_map<std::uint32_t, std::uint32_t> given;
  std::uint32_t next = 0;
  for (const std::size_t i : order) {
    const auto [entry, fresh] = given.try_emplace(group(i), next);
    if (fresh) next = (next + 1) % folds;
    fold[i] = entry->second;
  }
  return fold;
}

}  // namespace

void LabelledTexts::add(std::vector<std::string> words, std::uint32_t class_of_it, double weight_of_it) {
  terms.push_back(std::move(words));
  label.push_back(class_of_it);
  weight.resize(label.size() - 1, 1);
  weight.push_back(weight_of_it);
  classes = std::max(classes, class_of_it + 1);
}

struct TextModel::Entries {
  std::vector<std::pair<std::uint32_t, double>> of;
};

TextModel::Entries TextModel::weigh(std::span<const std::string> terms) const {
  Entries row;
  std::vector<std::uint32_t> ids;
  for (const std::string& term : terms) {
    if (const auto found = terms_.find(term); found != terms_.end()) ids.push_back(found->second);
  }
  std::ranges::sort(ids);
  double squares = 0;
  for (std::size_t i = 0; i < ids.size();) {
    std::size_t end = i;
    while (end < ids.size() && ids[end] == ids[i]) ++end;
    const double count = static_cast<double>(end - i);
    const double value = (damped_ ? 1 + std::log(count) : count) * idf_[ids[i]];
    row.of.emplace_back(ids[i], value);
    squares += value * value;
    i = end;
  }
  const double length = std::sqrt(squares);
  for (auto& [id, value] : row.of) value /= length;
  return row;
}

void TextModel::fit(const LabelledTexts& texts, const std::vector<std::size_t>& rows, const TextOptions& options) {
  classes_ = texts.classes;
  damped_ = options.damped;
  terms_.clear();
  std::vector<std::uint32_t> texts_with, seen_in;
  std::vector<const std::string*> names;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (const std::string& term : texts.terms[rows[r]]) {
      const auto [entry, fresh] = terms_.try_emplace(term, static_cast<std::uint32_t>(texts_with.size()));
      if (fresh) {
        texts_with.push_back(0);
        seen_in.push_back(UINT32_MAX);
        names.push_back(&entry->first);
      }
      if (seen_in[entry->second] == r) continue;
      seen_in[entry->second] = static_cast<std::uint32_t>(r);
      ++texts_with[entry->second];
    }
  }
  idf_.clear();
  std::vector<std::string> rare;
  for (std::size_t t = 0; t < texts_with.size(); ++t) {
    if (texts_with[t] < options.least_texts) {
      rare.push_back(*names[t]);
      continue;
    }
    terms_.find(*names[t])->second = static_cast<std::uint32_t>(idf_.size());
    idf_.push_back(1 + std::log((1 + static_cast<double>(rows.size())) / (1 + static_cast<double>(texts_with[t]))));
  }
  for (const std::string& term : rare) terms_.erase(term);

  SparseRows x;
  std::vector<double> weight;
  std::vector<double> of_class(classes_, 0);
  for (const std::size_t row : rows) {
    for (const auto& [id, value] : weigh(texts.terms[row]).of) {
      x.term.push_back(id);
      x.value.push_back(static_cast<float>(value));
    }
    x.ends.push_back(x.term.size());
    weight.push_back(texts.weight.empty() ? 1 : texts.weight[row]);
    of_class[texts.label[row]] += weight.back();
  }
  if (options.balanced) {
    double total = 0, used = 0;
    for (const double one : of_class) {
      total += one;
      used += one > 0 ? 1 : 0;
    }
    for (std::size_t r = 0; r < rows.size(); ++r) weight[r] *= total / (used * of_class[texts.label[rows[r]]]);
  }

  const std::size_t k = classes_;
  const std::size_t bias = idf_.size() * k;
  std::vector<double> z(k);
  const SlopedFunction loss = [&](std::span<const double> beta, std::span<double> gradient) {
    double value = 0;
    for (std::size_t i = 0; i < bias; ++i) {
      value += beta[i] * beta[i] / 2;
      gradient[i] = beta[i];
    }
    std::fill(gradient.begin() + static_cast<std::ptrdiff_t>(bias), gradient.end(), 0.0);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t c = 0; c < k; ++c) z[c] = beta[bias + c];
      const std::size_t begin = x.begin_of(r), end = x.ends[r];
      for (std::size_t e = begin; e < end; ++e) {
        const double* const of_term = beta.data() + x.term[e] * k;
        const double v = static_cast<double>(x.value[e]);
        for (std::size_t c = 0; c < k; ++c) z[c] += v * of_term[c];
      }
      softmax(z, 1);
      const double scale = options.strength * weight[r];
      const std::uint32_t truth = texts.label[rows[r]];
      value -= scale * std::log(std::max(z[truth], 1e-300));
      z[truth] -= 1;
      for (std::size_t c = 0; c < k; ++c) gradient[bias + c] += z[c] *= scale;
      for (std::size_t e = begin; e < end; ++e) {
        double* const of_term = gradient.data() + x.term[e] * k;
        const double v = static_cast<double>(x.value[e]);
        for (std::size_t c = 0; c < k; ++c) of_term[c] += v * z[c];
      }
    }
    return value;
  };
  beta_ = minimise(loss, std::vector<double>(bias + k, 0.0), 1e-5, 150).point;
}

std::vector<double> TextModel::scores(std::span<const std::string> terms) const {
  const std::size_t k = classes_;
  std::vector<double> z(k);
  for (std::size_t c = 0; c < k; ++c) z[c] = beta_[idf_.size() * k + c];
  for (const auto& [id, value] : weigh(terms).of) {
    for (std::size_t c = 0; c < k; ++c) z[c] += value * beta_[id * k + c];
  }
  return z;
}

Result<TextModel> TextModel::learn(const LabelledTexts& texts, const TextOptions& options) {
  const std::size_t n = texts.size();
  if (n == 0 || texts.terms.size() != n) return fail(Code::invalid_input, "a text classifier needs texts with a label each; got {} texts and {} labels", texts.terms.size(), n);
  if ((!texts.weight.empty() && texts.weight.size() != n) || (!texts.group.empty() && texts.group.size() != n)) {
    return fail(Code::invalid_input, "a text classifier needs a weight and a group for each of its {} texts, or none", n);
  }
  for (const double weight : texts.weight) {
    if (!(weight > 0) || !std::isfinite(weight)) return fail(Code::invalid_input, "the weight of a text must be above 0");
  }
  std::vector<std::size_t> of_class(texts.classes, 0);
  for (const std::uint32_t label : texts.label) {
    if (label >= texts.classes) return fail(Code::invalid_input, "a text has label {}, but there are {} classes", label, texts.classes);
    ++of_class[label];
  }
  if (std::ranges::count_if(of_class, [](std::size_t texts_of_it) { return texts_of_it > 0; }) < 2) {
    return fail(Code::invalid_input, "a text classifier needs texts of two classes or more");
  }
  if (!(options.strength > 0) || !std::isfinite(options.strength)) return fail(Code::invalid_input, "the strength of a text classifier must be above 0");

  TextModel model;
  std::vector<std::size_t> rows(n);
  for (std::size_t i = 0; i < n; ++i) rows[i] = i;
  const std::vector<double> weight = texts.weight.empty() ? std::vector<double>(n, 1) : texts.weight;
  if (options.folds >= 2 && n >= options.folds) {
    const std::vector<std::uint32_t> fold = folds_of(texts, options.folds, options.seed);
    std::vector<double> held_out(n * texts.classes);
    for (std::uint32_t f = 0; f < options.folds; ++f) {
      std::vector<std::size_t> inside;
      for (std::size_t i = 0; i < n; ++i) {
        if (fold[i] != f) inside.push_back(i);
      }
      if (inside.empty()) continue;
      model.fit(texts, inside, options);
      for (std::size_t i = 0; i < n; ++i) {
        if (fold[i] != f) continue;
        const std::vector<double> z = model.scores(texts.terms[i]);
        std::ranges::copy(z, held_out.begin() + static_cast<std::ptrdiff_t>(i * texts.classes));
      }
    }
    model.temperature_ = best_temperature(held_out, texts.label, weight, texts.classes);
    TextCheck& check = model.check_;
    check.texts = n;
    check.log_loss = loss_at(held_out, texts.label, weight, texts.classes, model.temperature_);
    std::vector<std::pair<double, bool>> verdicts;
    std::vector<double> z(texts.classes);
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(held_out.begin() + static_cast<std::ptrdiff_t>(i * texts.classes), texts.classes, z.begin());
      softmax(z, model.temperature_);
      const std::size_t top = argmax(z);
      check.predicted.push_back(static_cast<std::uint32_t>(top));
      check.accuracy += top == texts.label[i] ? 1.0 / static_cast<double>(n) : 0;
      verdicts.emplace_back(z[top], top == texts.label[i]);
    }
    check.macro_f1 = macro_f1(texts.label, check.predicted, texts.classes);
    model.threshold_ = threshold_for(verdicts, options.precision);
    std::size_t answered = 0, right = 0;
    for (const auto& [confidence, correct] : verdicts) {
      if (confidence < model.threshold_) continue;
      ++answered;
      right += correct ? 1 : 0;
    }
    check.answered = static_cast<double>(answered) / static_cast<double>(n);
    check.precision = answered > 0 ? static_cast<double>(right) / static_cast<double>(answered) : 0;
  }
  model.fit(texts, rows, options);
  return model;
}

std::vector<double> TextModel::probabilities(std::span<const std::string> terms) const {
  std::vector<double> z = scores(terms);
  softmax(z, temperature_);
  return z;
}

double TextModel::known(std::span<const std::string> terms) const {
  if (terms.empty()) return 0;
  std::size_t found = 0;
  for (const std::string& term : terms) found += terms_.contains(term) ? 1 : 0;
  return static_cast<double>(found) / static_cast<double>(terms.size());
}

double macro_f1(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> predicted, std::uint32_t classes) {
  std::vector<double> both(classes, 0), of_truth(classes, 0), of_verdict(classes, 0);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ++of_truth[truth[i]];
    ++of_verdict[predicted[i]];
    if (truth[i] == predicted[i]) ++both[truth[i]];
  }
  double sum = 0, used = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    if (of_truth[c] == 0) continue;
    ++used;
    sum += 2 * both[c] / (of_truth[c] + of_verdict[c]);
  }
  return used > 0 ? sum / used : 0;
}

}  // namespace stats
