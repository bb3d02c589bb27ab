#include "collect/stream/rows.h"

#include <cmath>

#include <simdjson.h>

#include "base/decimal.h"

namespace collect::stream {
namespace {

using base::Block;
using base::Column;
using base::ColumnKind;
using base::Result;
namespace dom = simdjson::dom;

enum class LineKind : std::uint8_t { sale = 1, cancellation = 2, returned = 3, refund = 4 };

/// Rows of one table: columns in the order they are put.
class Table {
 public:
  struct Field {
    const char* name;
    ColumnKind kind;
  };
  explicit Table(std::span<const Field> fields) : fields_(fields) { start(); }
  void text(std::string_view value) { next().text().push_back(value); }
  template <class T>
  void number(T value) {
    next().template as<T>().push_back(value);
  }
  std::size_t rows() const { return block_.rows(); }
  Block take() {
    Block done = std::move(block_);
    start();
    return done;
  }

 private:
  Column& next() {
    Column& column = block_.columns[at_];
    at_ = (at_ + 1) % block_.columns.size();
    return column;
  }
  void start() {
    block_ = {};
    at_ = 0;
    for (const Field& field : fields_) block_.columns.emplace_back(field.name, field.kind);
  }
  std::span<const Field> fields_;
  Block block_;
  std::size_t at_ = 0;
};

constexpr std::array<Table::Field, 8> kEvents = {{{"customer_id", ColumnKind::text},
                                                  {"occurred_at", ColumnKind::instant},
                                                  {"local_day", ColumnKind::day},
                                                  {"type", ColumnKind::text},
                                                  {"event_id", ColumnKind::text},
                                                  {"sku", ColumnKind::text},
                                                  {"properties", ColumnKind::text},
                                                  {"version", ColumnKind::u64}}};

constexpr std::array<Table::Field, 18> kLines = {{{"customer_id", ColumnKind::text},
                                                  {"source", ColumnKind::text},
                                                  {"order_id", ColumnKind::text},
                                                  {"line_key", ColumnKind::text},
                                                  {"ordered_at", ColumnKind::instant},
                                                  {"local_day", ColumnKind::day},
                                                  {"kind", ColumnKind::u8},
                                                  {"sku", ColumnKind::text},
                                                  {"product", ColumnKind::text},
                                                  {"category", ColumnKind::text},
                                                  {"quantity", ColumnKind::amount},
                                                  {"unit_price", ColumnKind::amount},
                                                  {"amount", ColumnKind::amount},
                                                  {"discount", ColumnKind::amount},
                                                  {"currency", ColumnKind::text},
                                                  {"amount_original", ColumnKind::amount},
                                                  {"coupon", ColumnKind::text},
                                                  {"version", ColumnKind::u64}}};

/// The version of an event that came first wins over the same one coming again: later ones are smaller.
constexpr std::uint64_t kFirstWins = std::uint64_t{1} << 53;

std::string text_of(const dom::object& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    dom::element value;
    if (object[key].get(value)) continue;
    switch (value.type()) {
      case dom::element_type::STRING: return std::string{std::string_view{value}};
      case dom::element_type::INT64: return fmt::format("{}", std::int64_t{value});
      case dom::element_type::UINT64: return fmt::format("{}", std::uint64_t{value});
      default: break;
    }
  }
  return {};
}

/// In millionths.
std::optional<std::int64_t> money_of(const dom::object& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    dom::element value;
    if (object[key].get(value)) continue;
    if (std::string_view text; !value.get_string().get(text)) {
      if (const auto parsed = base::parse_decimal(text, base::DecimalMark::point)) return parsed;
      continue;
    }
    double number = 0;
    if (value.get_double().get(number) || !std::isfinite(number) || std::abs(number) > 1e12) continue;
    return static_cast<std::int64_t>(std::llround(number * static_cast<double>(base::kOne)));
  }
  return std::nullopt;
}

struct Item {
  std::string key, sku, product, category, coupon;
  std::int64_t quantity = base::kOne;
  std::int64_t price = 0;
  std::int64_t amount = 0;
  std::int64_t discount = 0;
};

/// An order-wide discount belongs to the lines by their share of the money; the last one takes what rounding leaves.
void spread(std::vector<Item>& items, std::int64_t discount) {
  std::int64_t total = 0;
  for (const Item& item : items) total += std::max<std::int64_t>(item.amount, 0);
  discount = std::min(discount, total);
  if (discount <= 0) return;
  std::int64_t left = discount;
  for (Item& item : items) {
    const bool last = &item == &items.back();
    const auto share = static_cast<std::int64_t>(std::llround(static_cast<double>(discount) * static_cast<double>(std::max<std::int64_t>(item.amount, 0)) /
                                                              static_cast<double>(total)));
    const std::int64_t part = std::clamp<std::int64_t>(last ? left : std::min(share, left), 0, std::max<std::int64_t>(item.amount, 0));
    item.amount -= part;
    item.discount += part;
    left -= part;
  }
}

std::vector<Item> items_of(const dom::object& order) {
  std::vector<Item> items;
  dom::array products;
  if (order["products"].get_array().get(products)) return items;
  for (const dom::element element : products) {
    dom::object product;
    if (element.get_object().get(product)) continue;
    Item item;
    item.sku = text_of(product, {"sku", "product_id", "productId"});
    item.product = text_of(product, {"name", "product"});
    item.category = text_of(product, {"category"});
    item.coupon = text_of(product, {"coupon"});
    item.key = text_of(product, {"line_id", "lineId"});
    item.quantity = money_of(product, {"quantity"}).value_or(base::kOne);
    item.price = money_of(product, {"price"}).value_or(0);
    item.amount = base::multiply_decimal(item.price, item.quantity).value_or(0);
    if (item.key.empty()) item.key = fmt::format("{}", items.size() + 1);
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

bool is_order(std::string_view type) { return type == "order_completed" || type == "order_refunded" || type == "order_cancelled"; }

struct Rows::State {
  State(base::Zone of, std::string money) : zone(std::move(of)), currency(std::move(money)) {}
  base::Zone zone;
  std::string currency;
  dom::parser parser;
  Table events{kEvents};
  Table lines{kLines};
  std::vector<WholeOrder> whole;
  std::vector<Traits> traits;
};

Rows::Rows(base::Zone zone, std::string currency) : state_(std::make_unique<State>(std::move(zone), std::move(currency))) {}
Rows::~Rows() = default;

std::size_t Rows::events() const { return state_->events.rows(); }
Block Rows::take_events() { return state_->events.take(); }
Block Rows::take_order_lines() { return state_->lines.take(); }
std::vector<WholeOrder> Rows::take_whole_orders() { return std::exchange(state_->whole, {}); }
std::vector<Traits> Rows::take_traits() { return std::exchange(state_->traits, {}); }

Result<void> Rows::add(const Event& event, base::Instant received_at) {
  Table& rows = state_->events;
  rows.text(event.customer_id);
  rows.number(base::millis(event.occurred_at));
  rows.number(base::day_number(state_->zone.local_day(event.occurred_at)));
  rows.text(event.type);
  rows.text(event.message_id);
  rows.text(event.sku);
  rows.text(event.json);
  rows.number(kFirstWins - static_cast<std::uint64_t>(std::max<std::int64_t>(base::millis(received_at), 0)));
  if (event.kind == Kind::identify && !event.customer_id.starts_with(kAnonymous)) {
    state_->traits.push_back({std::string{event.customer_id}, std::string{event.json}, std::string{event.language}});
  }
  if (event.kind == Kind::track && is_order(event.type)) return add_order(event, received_at);
  return {};
}

Result<void> Rows::add_order(const Event& event, base::Instant received_at) {
  dom::object order;
  if (state_->parser.parse(event.json.data(), event.json.size()).get_object().get(order)) {
    return base::fail(base::Code::corrupt, "an order in the spool is no JSON");
  }
  const bool sale = event.type == "order_completed";
  std::string id = text_of(order, {"order_id", "orderId", "checkout_id", "id"});
  if (id.empty()) id = event.message_id;
  std::vector<Item> items = items_of(order);
  const auto total = money_of(order, {"subtotal", "revenue", "total", "value", "amount"});
  if (sale) {
    if (items.empty()) items.push_back({.key = "1", .price = total.value_or(0), .amount = total.value_or(0)});
    bool priced = false;
    for (const Item& item : items) priced = priced || item.amount != 0;
    if (!priced && total) {
      for (Item& item : items) item.amount = *total / static_cast<std::int64_t>(items.size());
    } else if (const auto discount = money_of(order, {"discount"})) {
      spread(items, *discount);
    }
  } else if (items.empty()) {
    if (!total || *total == 0) {
      state_->whole.push_back({std::string{event.customer_id}, id, std::string{event.message_id}, event.type == "order_cancelled", event.occurred_at});
      return {};
    }
    items.push_back({.key = "1", .price = *total, .amount = *total});
  }
  const std::string currency = text_of(order, {"currency"});
  const bool foreign = !currency.empty() && !state_->currency.empty() && currency != state_->currency;
  const std::string coupon = text_of(order, {"coupon"});
  for (const Item& item : items) {
    const std::int64_t amount = sale ? item.amount : -std::abs(item.amount);
    if (foreign) ++other_currency_;
    Table& rows = state_->lines;
    rows.text(event.customer_id);
    rows.text("events");
    rows.text(id);
    // The same order told twice is one order; each refund is one of its own.
    rows.text(sale ? item.key : fmt::format("back:{}:{}", event.message_id, item.key));
    rows.number(base::millis(event.occurred_at));
    rows.number(base::day_number(state_->zone.local_day(event.occurred_at)));
    rows.number(static_cast<std::uint8_t>(sale ? LineKind::sale : event.type == "order_cancelled" ? LineKind::cancellation : LineKind::refund));
    rows.text(item.sku);
    rows.text(item.product);
    rows.text(item.category);
    rows.number(item.quantity);
    rows.number(item.price);
    rows.number(foreign ? std::int64_t{0} : amount);
    rows.number(item.discount);
    rows.text(currency.empty() ? state_->currency : currency);
    rows.number(amount);
    rows.text(item.coupon.empty() ? coupon : item.coupon);
    rows.number(kFirstWins - static_cast<std::uint64_t>(std::max<std::int64_t>(base::millis(received_at), 0)));
  }
  return {};
}

void Rows::undo_line(const WholeOrder& order, std::string_view line_key, std::string_view sku, std::string_view product, std::string_view category,
                     std::int64_t quantity, std::int64_t amount) {
  Table& rows = state_->lines;
  rows.text(order.customer_id);
  rows.text("events");
  rows.text(order.order_id);
  rows.text(fmt::format("back:{}:{}", order.event_id, line_key));
  rows.number(base::millis(order.at));
  rows.number(base::day_number(state_->zone.local_day(order.at)));
  rows.number(static_cast<std::uint8_t>(order.cancelled ? LineKind::cancellation : LineKind::refund));
  rows.text(sku);
  rows.text(product);
  rows.text(category);
  rows.number(quantity);
  rows.number(std::int64_t{0});
  rows.number(-amount);
  rows.number(std::int64_t{0});
  rows.text(state_->currency);
  rows.number(-amount);
  rows.text("");
  rows.number(std::uint64_t{1});
}

OrderWords order_words(const Event& event) {
  dom::parser parser;
  dom::object order;
  OrderWords words;
  if (!parser.parse(event.json.data(), event.json.size()).get_object().get(order)) {
    words.order_id = text_of(order, {"order_id", "orderId", "checkout_id", "id"});
    words.coupon = text_of(order, {"coupon"});
  }
  if (words.order_id.empty()) words.order_id = event.message_id;
  return words;
}

}  // namespace collect::stream
