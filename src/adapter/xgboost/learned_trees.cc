#include "adapter/xgboost/learned_trees.h"

#include <cmath>
#include <cstring>
#include <mutex>

#include <xgboost/c_api.h>

#include "adapter/xgboost/handles.h"
#include "base/hash.h"

namespace adapter::xgboost {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::string_view kMark = "winback-trees-1\n";
constexpr std::size_t kPieceRows = 1 << 16;      // of predictions: the library's answers stay small
constexpr std::size_t kExplainedRows = 1 << 13;  // of contributions, which copy their rows

std::string head_bytes(const Head& head) {
  std::string bytes(kMark);
  const auto put = [&bytes](const auto& value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
  put(static_cast<std::uint32_t>(head.objective));
  put(head.columns);
  put(head.rounds);
  put(head.threads);
  put(head.constant);
  return bytes;
}

/// The constant on the margin's scale. A chance of 0 or 1 has no finite log-odds; what a float can still tell from it stands in.
double margin_of(const Head& head) {
  if (head.objective == port::Objective::amount) return head.constant;
  const double p = std::min(std::max(head.constant, 1e-7), 1 - 1e-7);
  return std::log(p / (1 - p));
}

class Trees final : public port::Learned {
 public:
  Trees(const Head& head, std::string trees, Booster booster) : head_{head}, trees_{std::move(trees)}, booster_{std::move(booster)} {}

  Result<void> predict(const port::FeatureRows& rows, std::span<float> out) const override {
    WB_TRY(fits(rows, out.size(), rows.rows()));
    if (head_.rounds == 0) {
      std::fill(out.begin(), out.end(), static_cast<float>(head_.constant));
      return {};
    }
    silence();
    for (std::size_t begin = 0; begin < rows.rows(); begin += kPieceRows) {
      const std::size_t count = std::min(kPieceRows, rows.rows() - begin);
      const std::string array = array_interface(rows.features.data() + begin * rows.columns, count, rows.columns);
      const bst_ulong* shape = nullptr;
      bst_ulong dimensions = 0;
      const float* values = nullptr;
      WB_TRY(checked(XGBoosterPredictFromDense(
                         booster_.get(), array.c_str(),
                         R"({"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false, "missing": NaN, "cache_id": 0})",
                         nullptr, &shape, &dimensions, &values),
                     "predict"));
      std::copy_n(values, count, out.begin() + static_cast<std::ptrdiff_t>(begin));
    }
    return {};
  }

  Result<void> contributions(const port::FeatureRows& rows, std::span<float> out) const override {
    const std::size_t width = head_.columns + 1U;
    WB_TRY(fits(rows, out.size(), rows.rows() * width));
    if (head_.rounds == 0) {
      std::fill(out.begin(), out.end(), 0.0F);
      for (std::size_t i = 0; i < rows.rows(); ++i) out[i * width + width - 1] = static_cast<float>(margin_of(head_));
      return {};
    }
    const std::lock_guard lock{explaining_};  // this way of predicting writes the library's cache
    for (std::size_t begin = 0; begin < rows.rows(); begin += kExplainedRows) {
      const std::size_t count = std::min(kExplainedRows, rows.rows() - begin);
      WB_ASSIGN(const Matrix piece, Matrix::dense({rows.features.subspan(begin * rows.columns, count * rows.columns), rows.columns}));
      const bst_ulong* shape = nullptr;
      bst_ulong dimensions = 0;
      const float* values = nullptr;
      WB_TRY(checked(XGBoosterPredictFromDMatrix(
                         booster_.get(), piece.get(),
                         R"({"type": 2, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false})",
                         &shape, &dimensions, &values),
                     "explain a prediction"));
      std::copy_n(values, count * width, out.begin() + static_cast<std::ptrdiff_t>(begin * width));
    }
    return {};
  }

  std::size_t columns() const override { return head_.columns; }
  std::uint32_t rounds() const override { return head_.rounds; }

  Result<std::string> bytes() const override {
    std::string whole = head_bytes(head_) + trees_;
    const base::Digest digest = base::sha256(whole);
    whole.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    return whole;
  }

 private:
  Result<void> fits(const port::FeatureRows& rows, std::size_t given, std::size_t wanted) const {
    if (rows.columns != head_.columns || rows.features.size() % head_.columns != 0) {
      return fail(Code::invalid_input, "the model was learned from {} columns and is asked with {} of {} numbers", head_.columns,
                  rows.columns, rows.features.size());
    }
    if (given != wanted) return fail(Code::invalid_input, "{} answers do not fit into {} places", wanted, given);
    return {};
  }

  Head head_;
  std::string trees_;
  Booster booster_;
  mutable std::mutex explaining_;
};

}  // namespace

Result<std::unique_ptr<port::Learned>> make_learned(const Head& head, std::string_view trees) {
  Booster booster;
  if (head.rounds > 0) {
    WB_ASSIGN(booster, Booster::create(nullptr));
    WB_TRY(booster.load(trees));
    WB_TRY(booster.set("nthread", fmt::format("{}", head.threads)));
    WB_TRY(booster.set("verbosity", "0"));
  }
  return std::make_unique<Trees>(head, std::string{trees}, std::move(booster));
}

Result<std::unique_ptr<port::Learned>> restore_learned(std::string_view bytes) {
  Head head;
  const std::size_t begin = head_bytes(head).size();
  constexpr std::size_t kDigest = sizeof(base::Digest);
  if (!bytes.starts_with(kMark)) return fail(Code::corrupt, "these {} bytes are no stored model of trees", bytes.size());
  if (bytes.size() < begin + kDigest) return fail(Code::corrupt, "the stored model of trees is cut short at {} bytes; learn it anew", bytes.size());
  const base::Digest digest = base::sha256(bytes.substr(0, bytes.size() - kDigest));
  if (std::memcmp(digest.data(), bytes.data() + bytes.size() - kDigest, kDigest) != 0) {
    return fail(Code::corrupt, "the stored model of trees was changed after it was written; learn it anew");
  }
  const char* from = bytes.data() + kMark.size();
  const auto take = [&from](auto& value) {
    std::memcpy(&value, from, sizeof value);
    from += sizeof value;
  };
  std::uint32_t objective = 0;
  take(objective);
  take(head.columns);
  take(head.rounds);
  take(head.threads);
  take(head.constant);
  head.objective = objective == 0 ? port::Objective::chance : port::Objective::amount;
  return make_learned(head, bytes.substr(begin, bytes.size() - begin - kDigest));
}

}  // namespace adapter::xgboost
