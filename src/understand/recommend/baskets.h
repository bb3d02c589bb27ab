#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace understand::recommend {

/// A product's place in the list of products.
using Item = std::uint32_t;

/// One customer's baskets, oldest first; an item stands once in a basket. Borrowed.
struct HistoryView {
  std::span<const std::int32_t> days;   ///< of each basket
  std::span<const std::uint32_t> sizes;  ///< items of each basket
  std::span<const Item> items;           ///< basket after basket

  std::size_t baskets() const { return days.size(); }
  /// Everything but the last basket; there must be one.
  HistoryView before_last() const {
    return {days.first(days.size() - 1), sizes.first(sizes.size() - 1), items.first(items.size() - sizes.back())};
  }
  std::span<const Item> last() const { return items.last(sizes.back()); }
};

/// Many customers' baskets in one piece of memory.
class Baskets {
 public:
  void add(const HistoryView& history) {
    days_.insert(days_.end(), history.days.begin(), history.days.end());
    sizes_.insert(sizes_.end(), history.sizes.begin(), history.sizes.end());
    items_.insert(items_.end(), history.items.begin(), history.items.end());
    basket_ends_.push_back(days_.size());
    item_ends_.push_back(items_.size());
  }
  std::size_t customers() const { return basket_ends_.size(); }
  HistoryView operator[](std::size_t i) const {
    const std::size_t b = i == 0 ? 0 : basket_ends_[i - 1], k = i == 0 ? 0 : item_ends_[i - 1];
    return {std::span{days_}.subspan(b, basket_ends_[i] - b), std::span{sizes_}.subspan(b, basket_ends_[i] - b),
            std::span{items_}.subspan(k, item_ends_[i] - k)};
  }

 private:
  std::vector<std::size_t> basket_ends_, item_ends_;
  std::vector<std::int32_t> days_;
  std::vector<std::uint32_t> sizes_;
  std::vector<Item> items_;
};

}  // namespace understand::recommend
