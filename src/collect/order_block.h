#pragma once

#include "base/block.h"
#include "collect/line_kind.h"
#include "collect/reading.h"

namespace collect {

/// One line of an order, read and judged. The texts belong to whoever made it.
struct OrderLine {
  Moment at;
  std::string_view customer, order_id, key, sku, product, category, channel, country, coupon;
  std::string_view currency;
  StatusMeaning status = StatusMeaning::stands;
  LineKind kind = LineKind::sale;
  std::int64_t quantity = base::kOne;
  std::int64_t unit_price = 0;
  std::int64_t discount = 0;
  std::int64_t original = 0;  ///< in the file's currency
  std::int64_t value = 0;     ///< in the workspace's, whatever the status
  bool by_status = false;     ///< the status undid it: it counts as 0

  /// What the line adds to the shop's money, in the workspace's currency.
  std::int64_t counted() const { return by_status ? 0 : value; }
};

/// The whole meaning of a line but its status, which changes between two exports of one order.
LineHash hash_of(const OrderLine& line);

/// Gathers lines into blocks of the table order_lines; columns the file does not have are left out and take their
/// defaults in the warehouse. `row` must outlive it.
class OrderBlock {
 public:
  OrderBlock(const RowReader& row, base::BlockSink sink);

  /// Sends a block when it is full.
  base::Result<void> add(const OrderLine& line, std::uint64_t line_number);

  /// Sends what is left.
  base::Result<void> finish();

 private:
  void start();
  base::Result<void> send();

  const RowReader& row_;
  base::BlockSink sink_;
  base::Block block_;
  std::size_t rows_ = 0;
  // columns of block_; null where the file has none
  base::TextData *customer_, *source_, *order_id_, *line_key_, *sku_, *product_, *category_, *currency_, *channel_,
      *country_, *coupon_;
  std::vector<std::int64_t>*ordered_at_, *quantity_, *unit_price_, *amount_, *discount_, *original_;
  std::vector<std::int32_t>* local_day_;
  std::vector<std::uint8_t>* kind_;
  std::vector<std::uint32_t>* import_id_;
  std::vector<std::uint64_t>*line_, *version_;
};

}  // namespace collect
