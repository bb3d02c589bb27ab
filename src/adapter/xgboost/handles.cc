#include "adapter/xgboost/handles.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <xgboost/c_api.h>

namespace adapter::xgboost {
namespace {

constexpr std::size_t kPieceRows = 1 << 16;
constexpr int kFloat32 = 1;  // the library's DataType::kFloat32

/// Hands the rows to the library piece by piece; only picked rows are copied, a piece at a time.
struct Pieces {
  const port::LearningRows& rows;
  void* proxy = nullptr;
  std::size_t next_row = 0;
  bool failed = false;
  std::vector<float> picked = {};  // the piece at hand, where rows are picked

  static void reset(DataIterHandle handle) { static_cast<Pieces*>(handle)->next_row = 0; }

  static int next(DataIterHandle handle) {
    auto& self = *static_cast<Pieces*>(handle);
    const std::size_t all = self.rows.target.size();
    if (self.next_row >= all || self.failed) return 0;
    const std::size_t count = std::min(kPieceRows, all - self.next_row);
    const std::size_t columns = self.rows.x.columns;
    const float* data = self.rows.x.features.data() + self.next_row * columns;
    if (!self.rows.pick.empty()) {
      self.picked.resize(count * columns);
      for (std::size_t i = 0; i < count; ++i) {
        std::ranges::copy(self.rows.x.row(self.rows.pick[self.next_row + i]), self.picked.begin() + static_cast<std::ptrdiff_t>(i * columns));
      }
      data = self.picked.data();
    }
    const std::string array = array_interface(data, count, columns);
    self.failed = XGProxyDMatrixSetDataDense(self.proxy, array.c_str()) != 0 ||
                  XGDMatrixSetDenseInfo(self.proxy, "label", self.rows.target.data() + self.next_row, count, kFloat32) != 0 ||
                  (!self.rows.weight.empty() &&
                   XGDMatrixSetDenseInfo(self.proxy, "weight", self.rows.weight.data() + self.next_row, count, kFloat32) != 0);
    if (self.failed) return 0;
    self.next_row += count;
    return 1;
  }
};

}  // namespace

base::Result<void> checked(int status, const char* what) {
  if (status == 0) return {};
  std::string said = XGBGetLastError();
  if (const std::size_t trace = said.find("Stack trace"); trace != std::string::npos) said.resize(trace);
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
  return base::fail(base::Code::internal, "the tree library could not {}: {}", what, said);
}

void silence() {
  thread_local const bool done = [] {
    XGBSetGlobalConfig(R"({"verbosity": 0})");
    XGBRegisterLogCallback([](const char*) {});
    return true;
  }();
  static_cast<void>(done);
}

std::string array_interface(const float* data, std::size_t rows, std::size_t columns) {
  return fmt::format(R"({{"data": [{}, true], "shape": [{}, {}], "typestr": "<f4", "version": 3}})",
                     reinterpret_cast<std::uintptr_t>(data), rows, columns);
}

Matrix::~Matrix() {
  if (handle_ != nullptr) XGDMatrixFree(handle_);
}
Matrix::Matrix(Matrix&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
Matrix& Matrix::operator=(Matrix&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

base::Result<Matrix> Matrix::binned(const port::LearningRows& rows, const port::LearnerOptions& options, const Matrix* bins_of) {
  silence();
  Matrix proxy, result;
  WB_TRY(checked(XGProxyDMatrixCreate(&proxy.handle_), "start reading rows"));
  Pieces pieces{rows, proxy.handle_};
  const std::string config = fmt::format(R"({{"missing": NaN, "nthread": {}, "max_bin": {}}})", options.threads, options.bins);
  const int status = XGQuantileDMatrixCreateFromCallback(&pieces, proxy.handle_, bins_of == nullptr ? nullptr : bins_of->handle_,
                                                         &Pieces::reset, &Pieces::next, config.c_str(), &result.handle_);
  if (pieces.failed) return std::unexpected(checked(-1, "read the rows").error());
  WB_TRY(checked(status, "sort the rows into bins"));
  return result;
}

base::Result<Matrix> Matrix::dense(const port::FeatureRows& rows) {
  silence();
  Matrix result;
  const std::string array = array_interface(rows.features.data(), rows.rows(), rows.columns);
  WB_TRY(checked(XGDMatrixCreateFromDense(array.c_str(), R"({"missing": NaN, "nthread": 1})", &result.handle_), "read the rows"));
  return result;
}

Booster::~Booster() {
  if (handle_ != nullptr) XGBoosterFree(handle_);
}
Booster::Booster(Booster&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
Booster& Booster::operator=(Booster&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

base::Result<Booster> Booster::create(const Matrix* matrix) {
  silence();
  Booster result;
  DMatrixHandle handle = matrix == nullptr ? nullptr : matrix->get();
  WB_TRY(checked(XGBoosterCreate(&handle, matrix == nullptr ? 0 : 1, &result.handle_), "make a model"));
  return result;
}

base::Result<void> Booster::set(const char* name, const std::string& value) {
  return checked(XGBoosterSetParam(handle_, name, value.c_str()), "take an option");
}

base::Result<std::string> Booster::model_bytes() const {
  bst_ulong size = 0;
  const char* bytes = nullptr;
  WB_TRY(checked(XGBoosterSaveModelToBuffer(handle_, R"({"format": "ubj"})", &size, &bytes), "write the model"));
  return std::string{bytes, size};
}

base::Result<void> Booster::load(std::string_view bytes) {
  return checked(XGBoosterLoadModelFromBuffer(handle_, bytes.data(), bytes.size()), "read a stored model");
}

base::Result<Booster> Booster::first(int rounds) const {
  Booster result;
  WB_TRY(checked(XGBoosterSlice(handle_, 0, rounds, 1, &result.handle_), "cut a model"));
  return result;
}

}  // namespace adapter::xgboost
