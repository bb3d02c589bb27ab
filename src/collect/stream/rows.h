#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/block.h"
#include "base/error.h"
#include "base/time.h"
#include "collect/stream/event.h"

namespace collect::stream {

/// An order that was cancelled or refunded whole: what it held must be looked up.
struct WholeOrder {
  std::string customer_id;
  std::string order_id;
  std::string event_id;
  bool cancelled = false;  ///< else refunded
  base::Instant at;
};

/// What an identify says of a customer.
struct Traits {
  std::string customer_id;
  std::string json;  ///< as in Event::json
  std::string language;
};

/// Events as rows of the warehouse's tables `events` and `order_lines`.
class Rows {
 public:
  /// Days are the shop's; money in another currency than the shop's counts as 0 and is kept as it was written.
  Rows(base::Zone zone, std::string currency);
  ~Rows();

  base::Result<void> add(const Event& event, base::Instant received_at);

  base::Block take_events();
  base::Block take_order_lines();
  std::vector<WholeOrder> take_whole_orders();
  std::vector<Traits> take_traits();

  /// Adds a line that undoes `amount` (millionths, positive) of an order.
  void undo_line(const WholeOrder& order, std::string_view line_key, std::string_view sku, std::string_view product,
                 std::string_view category, std::int64_t quantity, std::int64_t amount);

  std::size_t events() const;
  std::size_t other_currency() const { return other_currency_; }  ///< order lines

 private:
  struct State;
  base::Result<void> add_order(const Event& event, base::Instant received_at);
  std::unique_ptr<State> state_;
  std::size_t other_currency_ = 0;
};

/// Whether events of this type are about an order: order_completed, order_refunded, order_cancelled.
bool is_order(std::string_view type);

/// The coupon of an order_completed; "" where there is none.
struct OrderWords {
  std::string order_id;
  std::string coupon;
};
OrderWords order_words(const Event& event);

}  // namespace collect::stream
