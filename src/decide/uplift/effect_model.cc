#include "decide/uplift/effect_model.h"

#include <cmath>
#include <cstring>
#include <numeric>

#include "stats/quantile.h"

namespace decide::uplift {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::string_view kMark = "winback-uplift-1\n";
constexpr std::size_t kPieceRows = 1 << 14;

/// Numbers and texts one after another.
class Writer {
 public:
  template <class T>
  void put(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view value) {
    put(static_cast<std::uint64_t>(value.size()));
    bytes_ += value;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_{kMark};
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_{bytes} {}
  template <class T>
  bool take(T& value) {
    if (bytes_.size() < sizeof value) return false;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return true;
  }
  bool text(std::string& value) {
    std::uint64_t size = 0;
    if (!take(size) || bytes_.size() < size) return false;
    value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return true;
  }

 private:
  std::string_view bytes_;
};

}  // namespace

Result<EffectModel> EffectModel::fit(port::Learner& learner, const Experiment& e, const Evaluation& evaluation, const Options& o) {
  EffectModel model;
  model.columns_.assign(e.columns.begin(), e.columns.end());
  std::vector<std::uint32_t> all(e.rows());
  std::iota(all.begin(), all.end(), 0U);
  const auto in_arm = [&](std::size_t a) {
    std::vector<std::uint32_t> rows;
    for (const std::uint32_t r : all) {
      if (e.arm[r] == a) rows.push_back(r);
    }
    return rows;
  };
  const auto objective = objective_of(e.outcome);
  for (std::size_t a = 1; a < e.arms.size(); ++a) {
    const ArmFindings& found = evaluation.arms[a - 1];
    const ArmFit& out_of_fold = evaluation.fit.arm[a - 1];
    Arm arm;
    arm.name = e.arms[a];
    arm.differs = found.differs;
    arm.average = found.average.value;
    arm.average_error = found.average.error;
    if (arm.differs) {
      arm.slope = out_of_fold.slope;
      arm.slope_error = out_of_fold.slope_error;
      const auto learn = [&](double share, Base base, port::Objective of, bool effect, Rows rows, auto target_of) -> Result<void> {
        std::vector<float> target;
        target.reserve(rows.size());
        for (const std::uint32_t r : rows) target.push_back(target_of(r));
        WB_ASSIGN(auto mean, Regressor::fit(learner, e.x, rows, target, {base, of, effect, o.threads, o.seed}));
        arm.parts.emplace_back(share, std::move(mean));
        return {};
      };
      const auto& mean = evaluation.fit.mean;
      const auto treated = in_arm(a), controls = in_arm(0);
      const double share = static_cast<double>(treated.size()) / static_cast<double>(treated.size() + controls.size());
      const bool trees = found.chosen == Learner::t_trees || found.chosen == Learner::x_trees || found.chosen == Learner::dr_trees;
      const Base base = trees ? Base::trees : Base::linear;
      switch (found.chosen) {
        case Learner::t_linear:
        case Learner::t_trees:
          WB_TRY(learn(1, base, objective, false, treated, [&](std::uint32_t r) { return e.outcome[r]; }));
          WB_TRY(learn(-1, base, objective, false, controls, [&](std::uint32_t r) { return e.outcome[r]; }));
          break;
        case Learner::x_linear:
        case Learner::x_trees:
          WB_TRY(learn(1 - share, base, port::Objective::amount, true, treated, [&](std::uint32_t r) { return e.outcome[r] - mean[0][r]; }));
          WB_TRY(learn(share, base, port::Objective::amount, true, controls, [&](std::uint32_t r) { return mean[a][r] - e.outcome[r]; }));
          break;
        case Learner::dr_linear:
        case Learner::dr_trees:
          WB_TRY(learn(1, base, port::Objective::amount, true, all, [&](std::uint32_t r) { return out_of_fold.signal[r]; }));
          break;
      }
    }
    model.arms_.push_back(std::move(arm));
    Arm& kept = model.arms_.back();
    if (!kept.differs) continue;
    // Effects are told as differences from the mean raw effect of those it was learned from.
    double sum = 0;
    std::vector<float> raw(kPieceRows);
    for (const auto& [share, mean] : kept.parts) {
      for (std::size_t begin = 0; begin < all.size(); begin += kPieceRows) {
        const auto piece = Rows{all}.subspan(begin, std::min(kPieceRows, all.size() - begin));
        raw.resize(piece.size());
        WB_TRY(mean.predict(e.x, piece, raw));
        for (const float r : raw) sum += share * static_cast<double>(r);
      }
    }
    kept.centre = sum / static_cast<double>(all.size());
  }
  return model;
}

Result<void> EffectModel::effects(const port::FeatureRows& x, std::size_t index, std::span<Effect> out) const {
  if (x.columns != columns_.size() || out.size() != x.rows()) {
    return fail(Code::invalid_input, "effects learned from {} columns are asked for {} rows of {} columns", columns_.size(), out.size(), x.columns);
  }
  const Arm& arm = arms_[index];
  for (Effect& e : out) e = {static_cast<float>(arm.average), static_cast<float>(arm.average_error)};
  if (!arm.differs) return {};
  std::vector<std::uint32_t> rows(std::min(kPieceRows, out.size()));
  std::vector<float> part;
  std::vector<double> raw;
  for (std::size_t begin = 0; begin < out.size(); begin += kPieceRows) {
    rows.resize(std::min(kPieceRows, out.size() - begin));
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(begin));
    part.resize(rows.size());
    raw.assign(rows.size(), -arm.centre);
    for (const auto& [share, mean] : arm.parts) {
      WB_TRY(mean.predict(x, rows, part));
      for (std::size_t i = 0; i < part.size(); ++i) raw[i] += share * static_cast<double>(part[i]);
    }
    for (std::size_t i = 0; i < raw.size(); ++i) {
      out[begin + i] = {static_cast<float>(arm.average + arm.slope * raw[i]), static_cast<float>(std::hypot(arm.average_error, arm.slope_error * raw[i]))};
    }
  }
  return {};
}

Result<std::string> EffectModel::bytes() const {
  Writer out;
  out.put(static_cast<std::uint32_t>(columns_.size()));
  for (const std::string& name : columns_) out.text(name);
  out.put(static_cast<std::uint32_t>(arms_.size()));
  for (const Arm& arm : arms_) {
    out.text(arm.name);
    out.put(static_cast<std::uint8_t>(arm.differs ? 1 : 0));
    for (const double v : {arm.average, arm.average_error, arm.slope, arm.slope_error, arm.centre}) out.put(v);
    out.put(static_cast<std::uint32_t>(arm.parts.size()));
    for (const auto& [share, mean] : arm.parts) {
      out.put(share);
      WB_ASSIGN(const std::string bytes, mean.bytes());
      out.text(bytes);
    }
  }
  return out.take();
}

Result<EffectModel> EffectModel::restore(port::Learner& learner, std::string_view bytes) {
  if (!bytes.starts_with(kMark)) return fail(Code::corrupt, "these {} bytes are no model of effects; make one with `winback uplift fit`", bytes.size());
  const auto damaged = [] { return fail(Code::corrupt, "the model of effects is damaged; make it anew with `winback uplift fit`"); };
  Reader in{bytes.substr(kMark.size())};
  EffectModel model;
  std::uint32_t count = 0;
  if (!in.take(count) || count > bytes.size()) return damaged();
  model.columns_.resize(count);
  for (std::string& name : model.columns_) {
    if (!in.text(name)) return damaged();
  }
  if (!in.take(count) || count > 255) return damaged();
  for (std::uint32_t a = 0; a < count; ++a) {
    Arm& arm = model.arms_.emplace_back();
    std::uint8_t differs = 0;
    std::uint32_t parts = 0;
    if (!in.text(arm.name) || !in.take(differs)) return damaged();
    for (double* v : {&arm.average, &arm.average_error, &arm.slope, &arm.slope_error, &arm.centre}) {
      if (!in.take(*v)) return damaged();
    }
    if (!in.take(parts) || parts > 2) return damaged();
    arm.differs = differs != 0;
    for (std::uint32_t p = 0; p < parts; ++p) {
      double share = 0;
      std::string mean;
      if (!in.take(share) || !in.text(mean)) return damaged();
      WB_ASSIGN(auto regressor, Regressor::restore(learner, mean));
      arm.parts.emplace_back(share, std::move(regressor));
    }
  }
  return model;
}

}  // namespace decide::uplift
