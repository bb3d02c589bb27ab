#include "understand/recommend/lists.h"

#include <algorithm>

#include "gen/sql_warehouse.h"

namespace understand::recommend {

using base::Block;
using base::Code;
using base::ColumnKind;
using base::fail;
using base::Result;

namespace {

constexpr double kLeastRating = 3.5;
constexpr std::int32_t kNoLongerSold = 365;

/// One customer's lines as baskets; what the customer last sent back is set apart.
struct Folded {
  std::vector<std::int32_t> days;
  std::vector<std::uint32_t> sizes;
  std::vector<Item> items, sent_back;

  HistoryView view() const { return {days, sizes, items}; }

  void fold(std::vector<Line>& lines) {
    days.clear();
    sizes.clear();
    items.clear();
    sent_back.clear();
    // What went back on the day it was bought did go back: sales come first.
    std::ranges::sort(lines, [](const Line& a, const Line& b) {
      if (a.item != b.item) return a.item < b.item;
      return a.day != b.day ? a.day < b.day : a.bought > b.bought;
    });
    for (std::size_t k = 0; k < lines.size(); ++k) {
      const bool latest = k + 1 == lines.size() || lines[k + 1].item != lines[k].item;
      if (latest && !lines[k].bought) sent_back.push_back(lines[k].item);
    }
    std::ranges::sort(lines, [](const Line& a, const Line& b) { return a.day != b.day ? a.day < b.day : a.item < b.item; });
    for (const Line& line : lines) {
      if (!line.bought) continue;
      if (days.empty() || days.back() != line.day) {
        days.push_back(line.day);
        sizes.push_back(0);
      } else if (items.back() == line.item) {
        continue;
      }
      items.push_back(line.item);
      ++sizes.back();
    }
  }
};

Result<void> each_customer_lines(const Scope& scope, std::uint64_t one_in, base::Day as_of, const Lists& lists, port::Warehouse& warehouse,
                                 const std::function<Result<void>(std::string_view, std::vector<Line>&)>& sink) {
  std::string current;
  std::vector<Line> lines;
  const auto close = [&]() -> Result<void> {
    if (lines.empty()) return {};
    WB_TRY(sink(current, lines));
    lines.clear();
    return {};
  };
  const auto& sql = gen::warehouse::recommend_lines;
  const port::Statement statement{sql.name, sql.text,
                                  {{"as_of", base::to_string(as_of)}, {"one_in", std::to_string(one_in)}, {"customer", scope.customer}, {"plan", scope.plan}}};
  WB_TRY(warehouse.select(statement, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* customer, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
    WB_ASSIGN(const auto* item, block.need("item", ColumnKind::text));
    WB_ASSIGN(const auto* bought, block.need("bought", ColumnKind::u8));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      if (customer->text()[row] != current) {
        WB_TRY(close());
        current = customer->text()[row];
      }
      const Item place = lists.find(item->text()[row]);
      if (place == lists.products().size()) continue;  // sent back without ever having been sold
      lines.push_back({day->as<std::int32_t>()[row], place, bought->as<std::uint8_t>()[row] != 0});
    }
    return {};
  }));
  return close();
}

}  // namespace

Item Lists::find(std::string_view sku) const {
  const auto found = places_.find(sku);
  return found == places_.end() ? static_cast<Item>(products_.size()) : found->second;
}

Result<Lists> Lists::learn(port::Warehouse& warehouse, base::Day as_of, std::size_t sample_lines) {
  Lists made;
  made.as_of_ = as_of;
  Shelf shelf;
  std::unordered_map<std::string, std::uint32_t> categories{{"", 0}};
  const std::string until = base::to_string(as_of);
  const auto& items = gen::warehouse::recommend_items;
  WB_TRY(warehouse.select({items.name, items.text, {{"as_of", until}}}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* sku, block.need("sku", ColumnKind::text));
    WB_ASSIGN(const auto* name, block.need("name", ColumnKind::text));
    WB_ASSIGN(const auto* category, block.need("category", ColumnKind::text));
    WB_ASSIGN(const auto* last_sold, block.need("last_sold", ColumnKind::i32));
    WB_ASSIGN(const auto* stock, block.need("stock", ColumnKind::f64));
    WB_ASSIGN(const auto* rating, block.need("rating", ColumnKind::f64));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      made.places_.emplace(sku->text()[row], static_cast<Item>(made.products_.size()));
      made.products_.push_back({std::string{sku->text()[row]}, std::string{name->text()[row]}, std::string{category->text()[row]}});
      const Product& product = made.products_.back();
      const double rated = rating->as<double>()[row];
      const bool hidden = stock->as<double>()[row] == 0 || (rated > 0 && rated < kLeastRating) || product.name.empty() ||
                          last_sold->as<std::int32_t>()[row] < base::day_number(as_of) - kNoLongerSold;
      shelf.hidden.push_back(hidden ? 1 : 0);
      shelf.category.push_back(categories.try_emplace(product.category, static_cast<std::uint32_t>(categories.size())).first->second);
    }
    return {};
  }));
  if (made.products_.empty()) return fail(Code::not_found, "nothing was bought up to {}: import orders with a product column first", until);
  if (categories.size() == 1) shelf.category.clear();
  std::uint64_t lines = 0;
  const auto& count = gen::warehouse::count_recommend_lines;
  WB_TRY(warehouse.select({count.name, count.text, {{"as_of", until}}}, [&](Block&& block) -> Result<void> {
    if (block.rows() == 0) return {};
    WB_ASSIGN(const auto* n, block.need("lines", ColumnKind::u64));
    lines = n->as<std::uint64_t>()[0];
    return {};
  }));
  const std::uint64_t one_in = std::max<std::uint64_t>(1, (lines + sample_lines - 1) / std::max<std::size_t>(1, sample_lines));
  Baskets baskets;
  Folded folded;
  WB_TRY(each_customer_lines({}, one_in, as_of, made, warehouse, [&](std::string_view, std::vector<Line>& its) -> Result<void> {
    folded.fold(its);
    if (!folded.days.empty()) baskets.add(folded.view());
    return {};
  }));
  made.recommender_ = Recommender::learn(baskets, std::move(shelf), base::day_number(as_of));
  return made;
}

void Lists::list(std::vector<Line>& lines, std::size_t most, Recommender::Scratch& scratch, std::vector<Recommendation>& out) const {
  thread_local Folded folded;
  folded.fold(lines);
  recommender_.recommend(folded.view(), folded.sent_back, most, scratch, out);
}

Result<void> Lists::each(const Scope& scope, std::size_t most, port::Warehouse& warehouse, const Sink& sink) const {
  Recommender::Scratch scratch;
  std::vector<Recommendation> out;
  return each_customer_lines(scope, 1, as_of_, *this, warehouse, [&](std::string_view customer, std::vector<Line>& lines) -> Result<void> {
    list(lines, most, scratch, out);
    return sink(customer, out);
  });
}

}  // namespace understand::recommend
