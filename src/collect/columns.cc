#include "collect/columns.h"

#include <unordered_map>
#include <unordered_set>

#include "base/decimal.h"
#include "collect/column_words.h"

namespace collect {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::string_view kRoleNames[] = {"order_id",
                                           "line_id",
                                           "customer_id",
                                           "customer_email",
                                           "customer_phone",
                                           "customer_wechat",
                                           "customer_name",
                                           "ordered_at",
                                           "paid_at",
                                           "cancelled_at",
                                           "sku",
                                           "product",
                                           "category",
                                           "quantity",
                                           "unit_price",
                                           "amount",
                                           "discount",
                                           "order_discount",
                                           "order_total",
                                           "refunded",
                                           "currency",
                                           "status",
                                           "channel",
                                           "country",
                                           "coupon",
                                           "joined_at",
                                           "birthday",
                                           "city",
                                           "language",
                                           "tags",
                                           "accepts_email",
                                           "accepts_sms",
                                           "price",
                                           "cost",
                                           "stock",
                                           "rating",
                                           "occurred_at",
                                           "type",
                                           "event_id",
                                           "day",
                                           "purpose",
                                           "new_customers",
                                           "contact_detail"};
static_assert(std::size(kRoleNames) == kRoles);

/// Traditional characters that occur in headings, each followed by its simplified form.
constexpr std::string_view kSimplified =
    "訂订單单編编號号買买會会員员暱昵稱称價价數数額额時时間间狀状態态幣币種种類类別别電电話话郵邮機机國国區区優优碼码購"
    "购貨货總总計计實实級级標标題题"
    "簽签語语註注冊册來来庫库評评產产項项規规營营銷销戶户顧顾詳详細细備备額额減减萬万點点證证聯联繫系應应陸陆險险費费訊"
    "讯淨净採采進进佔占賣卖現现際际"
    "發发簡简寶宝貝贝劃划認认統统歸归屬属鋪铺動动從从開开關关訪访問问遊游轉转換换識识車车";

char kind_letter(model::ImportKind kind) {
  switch (kind) {
    case model::ImportKind::orders: return 'o';
    case model::ImportKind::customers: return 'c';
    case model::ImportKind::products: return 'p';
    case model::ImportKind::events: return 'e';
    case model::ImportKind::spend: return 's';
  }
  return 'o';
}

template <class Each>
void each_word(std::string_view words, char separator, const Each& each) {
  while (!words.empty()) {
    const std::size_t stop = words.find(separator);
    const std::string_view word = words.substr(0, stop);
    if (!word.empty()) each(word);
    words = stop == std::string_view::npos ? std::string_view{} : words.substr(stop + 1);
  }
}

const ShopSystem* system_of(char kind, const std::unordered_set<std::string>& headings) {
  for (const ShopSystem& system : shop_systems()) {
    if (system.kind.find(kind) == std::string_view::npos) continue;
    bool all = true;
    each_word(system.signs, ' ', [&](std::string_view sign) {
      bool any = false;
      each_word(sign, '|', [&](std::string_view one) { any = any || headings.contains(std::string{one}); });
      all = all && any;
    });
    if (all) return &system;
  }
  return nullptr;
}

struct Meaning {
  Role role;
  std::size_t rank;
};

/// What each plain heading means in this kind of file; a system's own words go first, and an empty list of it takes the
/// general words of that role away.
std::unordered_map<std::string, Meaning> dictionary(char kind, const ShopSystem* system) {
  std::unordered_map<std::string, Meaning> words;
  const auto add = [&](const HeadingWords& entry, std::size_t first_rank) {
    std::size_t rank = first_rank;
    each_word(entry.words, ' ', [&](std::string_view word) {
      words.try_emplace(std::string{word}, Meaning{entry.role, rank++});
    });
  };
  std::unordered_set<int> silenced;
  if (system != nullptr) {
    for (const HeadingWords& entry : system->words) {
      if (entry.words.empty()) silenced.insert(static_cast<int>(entry.role));
      add(entry, 0);
    }
  }
  for (const HeadingWords& entry : heading_words()) {
    if (entry.kinds.find(kind) == std::string_view::npos || silenced.contains(static_cast<int>(entry.role))) continue;
    add(entry, 1000);
  }
  return words;
}

std::string list_of(std::span<const std::string> heading) {
  std::string text;
  for (const std::string& one : heading) {
    if (text.size() > 300) return text + ", …";
    if (!text.empty()) text += ", ";
    text += one;
  }
  return text;
}

class Finder {
 public:
  Finder(model::ImportKind kind, const std::string& file, std::span<const std::string> heading,
         std::span<const ColumnProfile> profiles)
      : kind_(kind), file_(file), heading_(heading), profiles_(profiles), taken_(heading.size(), false) {
    columns_.at.fill(Columns::kNone);
  }

  Result<void> take_told(const std::map<std::string, std::string>& told) {
    for (const auto& [name, wanted] : told) {
      const auto role = role_named(name);
      if (!role) {
        std::string names;
        for (const std::string_view one : kRoleNames) names += (names.empty() ? "" : ", ") + std::string{one};
        return fail(Code::invalid_input, "--map {}={}: '{}' is no meaning known here; there are {}", name, wanted, name,
                    names);
      }
      std::size_t index = heading_.size();
      for (std::size_t i = 0; i < heading_.size(); ++i) {
        if (heading_[i] == wanted || (index == heading_.size() && plain_heading(heading_[i]) == plain_heading(wanted)))
          index = i;
      }
      if (index == heading_.size()) {
        return fail(Code::invalid_input, "--map {}={}: {} has no column '{}'; it has {}", name, wanted, file_, wanted,
                    list_of(heading_));
      }
      put(*role, index, Certainty::told);
    }
    return {};
  }

  void take_headings() {
    std::unordered_set<std::string> plain;
    for (const std::string& one : heading_) plain.insert(plain_heading(one));
    const ShopSystem* system = system_of(kind_letter(kind_), plain);
    if (system != nullptr) columns_.system = system->name;
    const auto words = dictionary(kind_letter(kind_), system);
    std::array<std::size_t, kRoles> best_rank;
    best_rank.fill(SIZE_MAX);
    std::array<std::size_t, kRoles> best;
    best.fill(Columns::kNone);
    for (std::size_t i = 0; i < heading_.size(); ++i) {
      if (taken_[i]) continue;
      const auto found = words.find(plain_heading(heading_[i]));
      if (found == words.end()) continue;
      const auto role = static_cast<std::size_t>(found->second.role);
      if (found->second.role == Role::contact_detail) {
        withhold(i);
      } else if (found->second.rank < best_rank[role] && columns_.at[role] == Columns::kNone) {
        best_rank[role] = found->second.rank;
        best[role] = i;
      }
    }
    for (std::size_t role = 0; role < kRoles; ++role) {
      if (best[role] != Columns::kNone) put(static_cast<Role>(role), best[role], Certainty::heading);
    }
  }

  /// Contact data under another name must be known as such: it may not reach the warehouse.
  void look_for_contacts() {
    const auto mostly = [](std::uint64_t count, const ColumnProfile& profile) {
      return profile.filled > 0 && count * 10 >= profile.filled * 9;
    };
    const std::size_t id = columns_.of(Role::customer_id);
    if (id != Columns::kNone && (kind_ == model::ImportKind::orders || kind_ == model::ImportKind::customers ||
                                 kind_ == model::ImportKind::events)) {
      if (mostly(profiles_[id].emails, profiles_[id]))
        move(id, Role::customer_id, Role::customer_email);
      else if (mostly(profiles_[id].phones, profiles_[id]))
        move(id, Role::customer_id, Role::customer_phone);
    }
    for (std::size_t i = 0; i < heading_.size(); ++i) {
      if (taken_[i]) continue;
      const bool email = mostly(profiles_[i].emails, profiles_[i]);
      const bool phone = mostly(profiles_[i].phones, profiles_[i]);
      const Role role = email ? Role::customer_email : Role::customer_phone;
      if (!email && !phone) continue;
      if (columns_.has(role) || kind_ == model::ImportKind::products || kind_ == model::ImportKind::spend) {
        withhold(i);
      } else {
        put(role, i, Certainty::values);
      }
    }
  }

  /// The only column of dates can be but the date.
  void look_for_date(Role role) {
    if (columns_.has(role)) return;
    std::size_t only = Columns::kNone;
    for (std::size_t i = 0; i < heading_.size(); ++i) {
      const ColumnProfile& profile = profiles_[i];
      if (taken_[i] || profile.filled == 0 || profile.dates.dates() * 10 < profile.filled * 9) continue;
      if (profile.numbers * 2 > profile.filled) continue;  // numbers may be anything
      if (only != Columns::kNone) return;
      only = i;
    }
    if (only != Columns::kNone) put(role, only, Certainty::values);
  }

  Result<void> need(Role role, std::string_view what) {
    if (columns_.has(role)) return {};
    return missing(name_of(role), what);
  }
  Result<void> missing(std::string_view role, std::string_view what) {
    return fail(Code::invalid_input, "{}: no column says {}; name it with --map {}=HEADING. Its columns: {}", file_,
                what, role, list_of(heading_));
  }

  Columns finish() {
    for (std::size_t i = 0; i < heading_.size(); ++i) {
      if (!taken_[i]) columns_.other.push_back(i);
    }
    return std::move(columns_);
  }

  Columns& columns() { return columns_; }

 private:
  void put(Role role, std::size_t index, Certainty certainty) {
    columns_.at[static_cast<std::size_t>(role)] = index;
    columns_.found.push_back({role, index, heading_[index], certainty});
    taken_[index] = true;
  }
  void withhold(std::size_t index) {
    columns_.withheld.push_back(index);
    taken_[index] = true;
  }
  void move(std::size_t index, Role from, Role to) {
    columns_.at[static_cast<std::size_t>(from)] = Columns::kNone;
    std::erase_if(columns_.found, [&](const FoundColumn& column) { return column.role == from; });
    if (columns_.has(to)) {
      withhold(index);
    } else {
      put(to, index, Certainty::values);
    }
  }

  model::ImportKind kind_;
  const std::string& file_;
  std::span<const std::string> heading_;
  std::span<const ColumnProfile> profiles_;
  std::vector<bool> taken_;
  Columns columns_;
};

Result<void> need_customer(Finder& finder) {
  const Columns& columns = finder.columns();
  if (columns.has(Role::customer_id) || columns.has(Role::customer_email) || columns.has(Role::customer_phone))
    return {};
  return finder.missing("customer_id", "who the customer is (an id, an e-mail address or a phone number)");
}

bool first_row_is_data(std::span<const std::string> heading) {
  // A heading may hold a number or an address only by mistake: then it is the first row of a file without a heading.
  for (const std::string& one : heading) {
    DateEvidence date;
    date.add(one);
    if (date.dates() > 0 || looks_like_email(one)) return true;
    if (base::parse_decimal(one, base::DecimalMark::unknown)) return true;
  }
  return false;
}

}  // namespace

std::string_view name_of(Role role) { return role == Role::count_ ? "" : kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_named(std::string_view name) {
  for (std::size_t i = 0; i < kRoles; ++i) {
    if (kRoleNames[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::told: return "told";
    case Certainty::heading: return "heading";
    case Certainty::values: return "values";
  }
  return "";
}

std::string plain_heading(std::string_view heading) {
  static const auto simplified = [] {
    std::unordered_map<std::string_view, std::string_view> map;
    for (std::size_t i = 0; i + 6 <= kSimplified.size(); i += 6)
      map.emplace(kSimplified.substr(i, 3), kSimplified.substr(i + 3, 3));
    return map;
  }();
  std::string plain;
  for (std::size_t i = 0; i < heading.size();) {
    const auto c = static_cast<unsigned char>(heading[i]);
    if (c < 0x80) {
      if (c >= 'A' && c <= 'Z')
        plain += static_cast<char>(c + 32);
      else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        plain += static_cast<char>(c);
      ++i;
      continue;
    }
    const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    const std::string_view character = heading.substr(i, length);
    i += length;
    if (const auto found = simplified.find(character); found != simplified.end()) {
      plain += found->second;
    } else if (character.starts_with("\xEF\xBC") || character.starts_with("\xE3\x80") ||
               character.starts_with("\xEF\xBB")) {
      continue;  // full-width punctuation, ideographic space, byte order mark
    } else {
      plain += character;
    }
  }
  return plain;
}

bool looks_like_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.find('@', at + 1) != std::string_view::npos) return false;
  const std::size_t point = text.rfind('.');
  return point != std::string_view::npos && point > at + 1 && point + 2 < text.size() &&
         text.find_first_of(" \t,;") == std::string_view::npos;
}

bool looks_like_phone(std::string_view text) {
  std::string digits;
  const bool international = text.starts_with('+') || text.starts_with("00");
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != '+' && c != '-' && c != ' ' && c != '(' && c != ')' && c != '.' && c != '*') {
      return false;
    }
  }
  if (international && text.starts_with('+')) return digits.size() >= 8 && digits.size() <= 15;
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

void ColumnProfile::add(std::string_view cell) {
  if (cell.empty()) return;
  ++filled;
  if (looks_like_email(cell)) ++emails;
  if (looks_like_phone(cell)) ++phones;
  if (base::parse_decimal(cell, base::DecimalMark::unknown)) ++numbers;
  dates.add(cell);
}

Result<Columns> recognise_columns(model::ImportKind kind, const std::string& file, std::span<const std::string> heading,
                                  std::span<const ColumnProfile> profiles,
                                  const std::map<std::string, std::string>& told) {
  std::unordered_set<std::string> seen;
  for (const std::string& one : heading) {
    if (!one.empty() && !seen.insert(one).second && told.contains(one)) {
      return fail(Code::invalid_input, "{}: two columns are called '{}'; rename one", file, one);
    }
  }
  Finder finder{kind, file, heading, profiles};
  WB_TRY(finder.take_told(told));
  finder.take_headings();
  if (finder.columns().found.empty() && first_row_is_data(heading)) {
    return fail(Code::invalid_input,
                "{}: has no heading: its first row is '{}'; add a line with the names of the columns, or say them with "
                "--heading",
                file, list_of(heading));
  }
  finder.look_for_contacts();
  switch (kind) {
    case model::ImportKind::orders:
      finder.look_for_date(Role::ordered_at);
      if (!finder.columns().has(Role::paid_at)) WB_TRY(finder.need(Role::ordered_at, "when the order was placed"));
      WB_TRY(need_customer(finder));
      break;
    case model::ImportKind::customers: WB_TRY(need_customer(finder)); break;
    case model::ImportKind::products: WB_TRY(finder.need(Role::sku, "which product it is (its code)")); break;
    case model::ImportKind::events:
      finder.look_for_date(Role::occurred_at);
      WB_TRY(finder.need(Role::occurred_at, "when it happened"));
      WB_TRY(finder.need(Role::type, "what happened"));
      WB_TRY(need_customer(finder));
      break;
    case model::ImportKind::spend:
      finder.look_for_date(Role::day);
      WB_TRY(finder.need(Role::day, "the day"));
      WB_TRY(finder.need(Role::amount, "how much was spent"));
      break;
  }
  return finder.finish();
}

}  // namespace collect
