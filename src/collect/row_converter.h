#pragma once

#include "collect/reading.h"

namespace collect {

/// What the conversion of every kind of file shares: row after row is read by the rules of its Reading, and one that
/// cannot be used goes to the rejects whole.
class RowConverter : public Converter {
 public:
  explicit RowConverter(ConverterParts parts)
      : parts_(std::move(parts)), reading_(parts_.reading), row_(reading_), finder_(reading_, parts_.contacts) {}

  base::Result<void> add(const RowBatch& batch) override;

 protected:
  /// Converts the row in `row_`. False: it is rejected and row_.fault says why (or order_broken is set).
  virtual base::Result<bool> take() = 0;

  ConverterParts parts_;
  const Reading& reading_;
  RowReader row_;
  CustomerFinder finder_;
  const std::string_view* cells_ = nullptr;  ///< of the row
  std::uint64_t line_ = 0;                   ///< of the row, in the file
};

}  // namespace collect
