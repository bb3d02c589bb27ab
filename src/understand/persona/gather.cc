#include "understand/persona/gather.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "gen/sql_warehouse.h"

namespace understand::persona {

using base::Block;
using base::ColumnKind;
using base::Result;

namespace {

constexpr std::size_t kMostValues = 200;    // of a column, or it names rather than marks
constexpr std::size_t kMostColumns = 40;

/// Fills tags by their names, customer by customer.
class Filling {
 public:
  explicit Filling(std::size_t customers) : customers_(customers) {}

  void set(const std::string& name, std::size_t customer, std::string_view value) {
    if (value.empty()) return;
    auto known = places_.find(name);
    if (known == places_.end()) {
      if (places_.size() >= kMostColumns) return;
      known = places_.emplace(name, tags_.size()).first;
      tags_.push_back({name, {""}, std::vector<std::uint32_t>(customers_, 0)});
      numbers_.emplace_back();
    }
    Tag& tag = tags_[known->second];
    if (tag.values.size() > kMostValues + 1) return;
    const auto [place, fresh] = numbers_[known->second].try_emplace(std::string{value}, static_cast<std::uint32_t>(tag.values.size()));
    if (fresh) tag.values.emplace_back(value);
    tag.value[customer] = place->second;
  }

  std::vector<Tag> take() {
    std::erase_if(tags_, [](const Tag& tag) { return tag.values.size() > kMostValues + 1; });
    return std::move(tags_);
  }

 private:
  std::size_t customers_;
  std::vector<Tag> tags_;
  std::vector<std::unordered_map<std::string, std::uint32_t>> numbers_;
  std::map<std::string, std::size_t> places_;
};

std::string age_band(std::int32_t age) {
  if (age < 0 || age > 110) return "";
  if (age < 18) return "under 18";
  constexpr std::int32_t kEdges[] = {18, 25, 35, 45, 55, 65};
  for (std::size_t k = 0; k + 1 < std::size(kEdges); ++k) {
    if (age < kEdges[k + 1]) return fmt::format("{}-{}", kEdges[k], kEdges[k + 1] - 1);
  }
  return "65+";
}

}  // namespace

Result<std::vector<Tag>> gather_tags(const model::Profiles& profiles, const CityTiers& tiers, port::Warehouse& warehouse) {
  Filling filling{profiles.size()};
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    filling.set("country", i, profiles.countries[profiles.country[i]]);
    filling.set("category", i, profiles.categories[profiles.favourite_category[i]]);
  }
  std::size_t at = 0;  // both are ordered by customer id
  const auto& sql = gen::warehouse::customer_tags;
  WB_TRY(warehouse.select({sql.name, sql.text, {{"as_of", base::to_string(profiles.as_of)}}}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* first_category, block.need("first_category", ColumnKind::text));
    WB_ASSIGN(const auto* first_channel, block.need("first_channel", ColumnKind::text));
    WB_ASSIGN(const auto* city, block.need("city", ColumnKind::text));
    WB_ASSIGN(const auto* language, block.need("language", ColumnKind::text));
    WB_ASSIGN(const auto* age, block.need("age", ColumnKind::i32));
    WB_ASSIGN(const auto* tags, block.need("tags", ColumnKind::text_list));
    WB_ASSIGN(const auto* attributes, block.need("attributes", ColumnKind::text_list));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      while (at < profiles.size() && profiles.customer_id[at] < id->text()[row]) ++at;
      if (at == profiles.size() || profiles.customer_id[at] != id->text()[row]) continue;
      filling.set("first_category", at, first_category->text()[row]);
      filling.set("first_channel", at, first_channel->text()[row]);
      filling.set("city", at, city->text()[row]);
      if (const auto tier = tiers.find(std::string{city->text()[row]}); tier != tiers.end()) filling.set("city_tier", at, tier->second);
      filling.set("language", at, language->text()[row]);
      filling.set("age", at, age_band(age->as<std::int32_t>()[row]));
      const auto& named = tags->text_list();
      for (std::size_t k = named.begin_of(row); k < named.end_of(row); ++k) filling.set(fmt::format("tag {}", named.items[k]), at, "yes");
      const auto& other = attributes->text_list();
      for (std::size_t k = other.begin_of(row); k < other.end_of(row); ++k) {
        const std::string_view pair = other.items[k];
        const std::size_t cut = pair.find('=');
        if (cut == std::string_view::npos || pair.substr(cut + 1) == "null") continue;
        filling.set(std::string{pair.substr(0, cut)}, at, pair.substr(cut + 1));
      }
    }
    return {};
  }));
  return filling.take();
}

std::vector<std::uint8_t> top_of(const std::vector<double>& value, double share) {
  std::vector<std::uint8_t> top(value.size(), 0);
  const auto room = static_cast<std::size_t>(std::floor(share * static_cast<double>(value.size())));
  if (room == 0 || value.empty()) return top;
  std::vector<double> sorted = value;
  std::ranges::sort(sorted, std::greater<>{});
  const double edge = room < sorted.size() ? sorted[room] : -1;  // the first that is out
  for (std::size_t i = 0; i < value.size(); ++i) top[i] = value[i] > 0 && value[i] > edge;
  return top;
}

}  // namespace understand::persona
