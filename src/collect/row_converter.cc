#include "collect/row_converter.h"

namespace collect {

base::Result<void> RowConverter::add(const RowBatch& batch) {
  for (const BadRow& bad : batch.bad) WB_TRY(parts_.rejects.add(bad));
  for (std::size_t i = 0; i < batch.rows(); ++i) {
    cells_ = batch.row(i);
    row_.set(cells_);
    line_ = batch.lines[i];
    WB_ASSIGN(const bool good, take());
    if (!good) {
      if (order_broken) return base::fail(base::Code::internal, "the file is not in the order it was read for");
      row_.fault.line = line_;
      WB_TRY(parts_.rejects.add(row_.fault));
    }
  }
  return {};
}

}  // namespace collect
