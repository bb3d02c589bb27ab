#include "understand/history.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "gen/sql_warehouse.h"
#include "understand/business/by_person.h"

namespace understand {
namespace {

using base::Block;
using base::ColumnKind;
using base::Result;

constexpr std::uint8_t kSale = 1;

/// Gives each text a small number; 0 is the empty text.
class Dictionary {
 public:
  Dictionary() { texts_.emplace_back(); }

  std::uint32_t operator()(std::string_view text) {
    if (text.empty()) return 0;
    if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(texts_.size());
    texts_.emplace_back(text);
    numbers_.emplace(std::string{text}, number);
    return number;
  }

  std::vector<std::string> take() { return std::move(texts_); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::vector<std::string> texts_;
};

struct Line {
  std::int32_t day;
  std::int64_t amount;  // millionths
  std::int64_t quantity;
  std::uint32_t item;
  std::uint32_t category;
  bool discounted;
  std::int64_t kept;  // of the amount, after what went back
};

/// Takes what went back off the sales it belongs to: the same item, latest sale on or before that day first; else one line
/// of just that amount (a credit booked by hand). What has no sale to belong to (bought before the data begin, or a booking
/// of its own) changes nothing. Returns the money taken off.
std::int64_t take_back(std::vector<Line>& sales, std::vector<Line>& backs) {
  const auto by_item_and_day = [](const Line& a, const Line& b) { return a.item != b.item ? a.item < b.item : a.day < b.day; };
  std::stable_sort(sales.begin(), sales.end(), by_item_and_day);
  std::stable_sort(backs.begin(), backs.end(), by_item_and_day);
  std::int64_t taken = 0;
  for (const Line& back : backs) {
    std::int64_t open = -back.amount;
    auto sale = std::upper_bound(sales.begin(), sales.end(), back, by_item_and_day);
    while (open > 0 && sale != sales.begin() && (sale - 1)->item == back.item) {
      --sale;
      const std::int64_t part = std::min(open, std::max<std::int64_t>(0, sale->kept));
      sale->kept -= part;
      open -= part;
      taken += part;
    }
    if (open != -back.amount) continue;  // it found its item
    const auto credited = std::find_if(sales.begin(), sales.end(), [&](const Line& line) { return line.kept == open && line.day <= back.day; });
    if (credited == sales.end()) continue;
    credited->kept = 0;
    taken += open;
  }
  return taken;
}

/// Most bought by quantity; of equal ones the one with more money, then the smaller number: the same on every run.
std::uint32_t favourite(std::vector<Line>& lines, std::uint32_t Line::* key) {
  std::sort(lines.begin(), lines.end(), [&](const Line& a, const Line& b) { return a.*key < b.*key; });
  std::uint32_t best = 0;
  std::int64_t best_quantity = 0, best_amount = 0;
  for (std::size_t i = 0; i < lines.size();) {
    std::int64_t quantity = 0, amount = 0;
    std::size_t j = i;
    for (; j < lines.size() && lines[j].*key == lines[i].*key; ++j) {
      quantity += lines[j].quantity;
      amount += lines[j].amount;
    }
    const bool better = quantity > best_quantity || (quantity == best_quantity && amount > best_amount);
    if (lines[i].*key != 0 && (best == 0 || better)) {
      best = lines[i].*key;
      best_quantity = quantity;
      best_amount = amount;
    }
    i = j;
  }
  return best;
}

class Builder {
 public:
  explicit Builder(base::Day as_of) { result_.as_of = as_of; }

  Result<void> add(const Block& block) {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
    WB_ASSIGN(const auto* kind, block.need("kind", ColumnKind::u8));
    WB_ASSIGN(const auto* amount, block.need("amount", ColumnKind::amount));
    WB_ASSIGN(const auto* quantity, block.need("quantity", ColumnKind::amount));
    WB_ASSIGN(const auto* item, block.need("item", ColumnKind::text));
    WB_ASSIGN(const auto* category, block.need("category", ColumnKind::text));
    WB_ASSIGN(const auto* country, block.need("country", ColumnKind::text));
    WB_ASSIGN(const auto* discounted, block.need("discounted", ColumnKind::u8));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::string_view customer = id->text()[row];
      if (customer != current_ || !open_) {
        close();
        current_ = customer;
        open_ = true;
      }
      const std::int64_t money = amount->as<std::int64_t>()[row];
      if (kind->as<std::uint8_t>()[row] == kSale) {
        lines_.push_back({day->as<std::int32_t>()[row], money, quantity->as<std::int64_t>()[row],
                          items_(item->text()[row]), categories_(category->text()[row]),
                          discounted->as<std::uint8_t>()[row] != 0, money});
        country_ = countries_(country->text()[row]);
      } else if (money < 0) {
        backs_.push_back({day->as<std::int32_t>()[row], money, 0, items_(item->text()[row]), 0, false, 0});
      }
    }
    return {};
  }

  Histories finish() {
    close();
    result_.items = items_.take();
    result_.categories = categories_.take();
    result_.countries = countries_.take();
    return std::move(result_);
  }

 private:
  void close() {
    if (!lines_.empty()) fold();
    lines_.clear();
    backs_.clear();
    country_ = 0;
  }

  /// One customer's lines become purchase days.
  void fold() {
    const std::int64_t returned = take_back(lines_, backs_);
    result_.customer_id.push_back(current_);
    result_.favourite_item.push_back(favourite(lines_, &Line::item));
    result_.favourite_category.push_back(favourite(lines_, &Line::category));
    std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) {
      return a.day != b.day ? a.day < b.day : a.amount > b.amount;  // the dearest line names the day's purchase
    });
    const std::size_t first = result_.day.size();
    // A day of which everything went back is no purchase, unless the customer has no other.
    for (const bool all_days : {false, true}) {
      for (std::size_t i = 0; i < lines_.size();) {
        std::int64_t bought = 0, kept = 0;
        bool discounted = false;
        std::size_t j = i;
        for (; j < lines_.size() && lines_[j].day == lines_[i].day; ++j) {
          bought += lines_[j].amount;
          kept += lines_[j].kept;
          discounted = discounted || lines_[j].discounted;
        }
        if (all_days || bought <= 0 || kept * 200 > bought) {
          if (result_.day.size() == first) result_.first_item.push_back(lines_[i].item);
          result_.day.push_back(lines_[i].day);
          result_.amount.push_back(static_cast<double>(kept) * 1e-6);
          result_.discounted.push_back(discounted ? 1 : 0);
          result_.category.push_back(lines_[i].category);
          last_item_ = lines_[i].item;
        }
        i = j;
      }
      if (result_.day.size() > first) break;
    }
    result_.last_item.push_back(last_item_);
    result_.ends.push_back(result_.day.size());
    result_.returned.push_back(static_cast<double>(returned) * 1e-6);
    result_.country.push_back(country_);
  }

  Histories result_;
  Dictionary items_, categories_, countries_;
  std::string current_;
  bool open_ = false;
  std::vector<Line> lines_, backs_;
  std::uint32_t last_item_ = 0;
  std::uint32_t country_ = 0;
};

}  // namespace

Result<Extent> order_extent(port::Warehouse& warehouse) {
  Extent extent;
  WB_TRY(warehouse.select({gen::warehouse::latest_order_day.name, gen::warehouse::latest_order_day.text},
                          [&](Block&& block) -> Result<void> {
                            if (block.rows() == 0) return {};
                            WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
                            WB_ASSIGN(const auto* lines, block.need("lines", ColumnKind::u64));
                            WB_ASSIGN(const auto* without, block.need("without_customer", ColumnKind::u64));
                            extent = {base::day_from_number(day->as<std::int32_t>()[0]), lines->as<std::uint64_t>()[0],
                                      without->as<std::uint64_t>()[0]};
                            return {};
                          }));
  return extent;
}

Result<Histories> load_histories(port::Warehouse& warehouse, base::Day as_of) {
  Builder builder{as_of};
  WB_TRY(business::select_by_person({gen::warehouse::lines_by_customer.name, gen::warehouse::lines_by_customer.text,
                                     {{"as_of", base::to_string(as_of)}}},
                                    warehouse, [&](Block&& block) { return builder.add(block); }));
  return builder.finish();
}

}  // namespace understand
