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

char kind_letter(model::ImportKind kind) {
  switch (kind) {
    case model::ImportKind::orders: return 'o';
    case model::ImportKind::customers: return 'c';
    case model::ImportKind::products: return 'p';
    case model::ImportKind::events: return 'e';
    case model::ImportKind::spend: return 's';
    case model::ImportKind::consents: return 'n';
    case model::ImportKind::redemptions: return 'r';
    case model::ImportKind::codes: return 'd';
    case model::ImportKind::feedback: return 'f';
    case model::ImportKind::tickets: return 't';
    case model::ImportKind::calls: return 'l';
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
        for (std::size_t i = 0; i < kRoles; ++i)
          names += (names.empty() ? "" : ", ") + std::string{name_of(static_cast<Role>(i))};
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
                                 kind_ == model::ImportKind::events || kind_ == model::ImportKind::consents ||
                                 kind_ == model::ImportKind::feedback || kind_ == model::ImportKind::tickets ||
                                 kind_ == model::ImportKind::calls)) {
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
      const bool of_people = kind_ != model::ImportKind::products && kind_ != model::ImportKind::spend &&
                             kind_ != model::ImportKind::redemptions && kind_ != model::ImportKind::codes;
      if (columns_.has(role) || !of_people) {
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
    case model::ImportKind::consents:
      WB_TRY(need_customer(finder));
      WB_TRY(finder.need(Role::state, "what the customer said (granted or withdrawn)"));
      break;
    case model::ImportKind::redemptions:
      WB_TRY(finder.need(Role::code, "which code was used"));
      WB_TRY(finder.need(Role::order_id, "with which order it was used"));
      break;
    case model::ImportKind::codes: WB_TRY(finder.need(Role::code, "the codes")); break;
    case model::ImportKind::feedback:
      finder.look_for_date(Role::occurred_at);
      WB_TRY(finder.need(Role::occurred_at, "when it was said"));
      if (!finder.columns().has(Role::reason)) WB_TRY(finder.need(Role::text, "what the customer wrote"));
      WB_TRY(need_customer(finder));
      break;
    case model::ImportKind::tickets:
      WB_TRY(finder.need(Role::feedback_id, "which ticket it is (its number)"));
      [[fallthrough]];
    case model::ImportKind::calls:
      finder.look_for_date(Role::occurred_at);
      WB_TRY(finder.need(Role::occurred_at, "when it was said"));
      WB_TRY(need_customer(finder));
      break;
  }
  return finder.finish();
}

}  // namespace collect
