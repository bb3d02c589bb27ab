#include "collect/order_block.h"

namespace collect {

using base::Block;
using base::ColumnKind;
using base::Result;
using base::TextData;

LineHash hash_of(const OrderLine& line) {
  LineHash hash;
  hash.add(line.customer);
  hash.add(line.order_id);
  hash.add(static_cast<std::uint64_t>(line.at.millis));
  hash.add(line.sku);
  hash.add(line.product);
  hash.add(line.currency);
  hash.add(static_cast<std::uint64_t>(line.quantity));
  hash.add(static_cast<std::uint64_t>(line.unit_price));
  hash.add(static_cast<std::uint64_t>(line.original));
  hash.add(static_cast<std::uint64_t>(line.discount));
  return hash;
}

OrderBlock::OrderBlock(const RowReader& row, base::BlockSink sink) : row_(row), sink_(std::move(sink)) { start(); }

void OrderBlock::start() {
  const Reading& reading = row_.reading();
  block_ = Block{};
  block_.columns.reserve(24);
  const auto text = [&](const char* name, bool wanted, std::size_t bytes_a_row) -> TextData* {
    if (!wanted) return nullptr;  // an absent column takes its default in the warehouse
    block_.columns.emplace_back(name, ColumnKind::text);
    TextData& data = block_.columns.back().text();
    data.reserve(kBlockRows, kBlockRows * bytes_a_row);
    return &data;
  };
  const auto numbers = [&]<class T>(const char* name, ColumnKind kind, T) {
    block_.columns.emplace_back(name, kind);
    auto& data = block_.columns.back().as<T>();
    data.reserve(kBlockRows);
    return &data;
  };
  customer_ = text("customer_id", true, 8);
  source_ = text("source", true, reading.source.size());
  order_id_ = text("order_id", true, 8);
  line_key_ = text("line_key", true, 23);
  ordered_at_ = numbers("ordered_at", ColumnKind::instant, std::int64_t{});
  local_day_ = numbers("local_day", ColumnKind::day, std::int32_t{});
  kind_ = numbers("kind", ColumnKind::u8, std::uint8_t{});
  sku_ = text("sku", row_.has(Role::sku), 8);
  product_ = text("product", row_.has(Role::product), 28);
  category_ = text("category", row_.has(Role::category), 12);
  quantity_ = numbers("quantity", ColumnKind::amount, std::int64_t{});
  unit_price_ = numbers("unit_price", ColumnKind::amount, std::int64_t{});
  amount_ = numbers("amount", ColumnKind::amount, std::int64_t{});
  discount_ = row_.has(Role::discount) || row_.has(Role::order_discount)
                  ? numbers("discount", ColumnKind::amount, std::int64_t{})
                  : nullptr;
  currency_ = text("currency", !reading.file_currency.empty() || row_.has(Role::currency), 3);
  original_ = numbers("amount_original", ColumnKind::amount, std::int64_t{});
  channel_ = text("channel", row_.has(Role::channel), 8);
  country_ = text("country", row_.has(Role::country), 8);
  coupon_ = text("coupon", row_.has(Role::coupon), 4);
  import_id_ = numbers("import_id", ColumnKind::u32, std::uint32_t{});
  line_ = numbers("line", ColumnKind::u64, std::uint64_t{});
  version_ = numbers("version", ColumnKind::u64, std::uint64_t{});
  rows_ = 0;
}

Result<void> OrderBlock::add(const OrderLine& line, std::uint64_t line_number) {
  const Reading& reading = row_.reading();
  customer_->push_back(line.customer);
  source_->push_back(reading.source);
  order_id_->push_back(line.order_id);
  line_key_->push_back(line.key);
  ordered_at_->push_back(line.at.millis);
  local_day_->push_back(line.at.local_day);
  kind_->push_back(static_cast<std::uint8_t>(line.kind));
  if (sku_ != nullptr) sku_->push_back(line.sku);
  if (product_ != nullptr) product_->push_back(line.product);
  if (category_ != nullptr) category_->push_back(line.category);
  quantity_->push_back(line.quantity);
  unit_price_->push_back(line.unit_price);
  amount_->push_back(line.counted());
  if (discount_ != nullptr) discount_->push_back(line.discount);
  if (currency_ != nullptr) currency_->push_back(line.currency);
  original_->push_back(line.original);
  if (channel_ != nullptr) channel_->push_back(line.channel);
  if (country_ != nullptr) country_->push_back(line.country);
  if (coupon_ != nullptr) coupon_->push_back(line.coupon);
  import_id_->push_back(reading.import_id);
  line_->push_back(line_number);
  version_->push_back(reading.import_id);
  return ++rows_ < kBlockRows ? Result<void>{} : send();
}

Result<void> OrderBlock::finish() { return rows_ > 0 ? send() : Result<void>{}; }

Result<void> OrderBlock::send() {
  WB_TRY(sink_(std::move(block_)));
  start();
  return {};
}

}  // namespace collect
