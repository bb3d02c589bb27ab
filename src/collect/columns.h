#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "collect/dates.h"
#include "model/import.h"

namespace collect {

/// What a column can mean. The name in snake_case is what --map takes.
enum class Role : std::uint8_t {
  order_id,
  line_id,
  customer_id,
  customer_email,
  customer_phone,
  customer_wechat,
  customer_name,
  ordered_at,
  paid_at,
  cancelled_at,
  sku,
  product,
  category,
  quantity,
  unit_price,
  amount,          ///< of the line
  discount,        ///< of the line
  order_discount,  ///< of the order, on its first line
  order_total,
  refunded,  ///< money given back for the order, on its first line
  currency,
  status,
  channel,
  country,
  coupon,
  joined_at,
  birthday,
  city,
  language,
  tags,
  accepts_email,  ///< may be written to by e-mail
  accepts_sms,
  price,
  cost,
  stock,
  rating,
  occurred_at,
  type,
  event_id,
  day,
  purpose,
  new_customers,
  topic,        ///< of a consent
  state,        ///< of a consent: granted or withdrawn
  valid_from,   ///< of a consent
  origin,       ///< where a consent was given; "source"
  proof,        ///< of a consent
  code,         ///< of a discount
  redeemed_at,  ///< "at"
  feedback_id,
  score,          ///< of an answer: stars or 0 to 10
  reason,         ///< that the customer chose from a list
  text,           ///< what the customer wrote
  agent,          ///< who of the shop dealt with it
  severity,       ///< of a ticket
  contact_detail,  ///< addresses and the like: never stored
  count_
};
inline constexpr std::size_t kRoles = static_cast<std::size_t>(Role::count_);

std::string_view name_of(Role role);
std::optional<Role> role_named(std::string_view name);

/// How a column's meaning was found.
enum class Certainty : std::uint8_t { told, heading, values };
std::string_view name_of(Certainty certainty);

/// What the first rows of a column hold.
struct ColumnProfile {
  std::uint64_t filled = 0;
  std::uint64_t emails = 0;
  std::uint64_t phones = 0;
  std::uint64_t numbers = 0;
  DateEvidence dates;
  void add(std::string_view cell);
};

struct FoundColumn {
  Role role;
  std::size_t index;
  std::string heading;
  Certainty certainty;
};

/// The meaning of a file's columns.
struct Columns {
  static constexpr std::size_t kNone = SIZE_MAX;
  std::array<std::size_t, kRoles> at;  ///< kNone = the file does not have it
  std::vector<FoundColumn> found;
  std::vector<std::size_t> other;     ///< columns without a known meaning
  std::vector<std::size_t> withheld;  ///< columns that hold contact data and are stored nowhere
  std::string system;                 ///< shopify, woocommerce, youzan, taobao, or empty

  std::size_t of(Role role) const { return at[static_cast<std::size_t>(role)]; }
  bool has(Role role) const { return of(role) != kNone; }
};

/// Finds what each column means: by what the caller says (role name → heading), by the headings, Chinese and English,
/// by the values where headings say nothing. An error names what is missing and how to say it.
base::Result<Columns> recognise_columns(model::ImportKind kind, const std::string& file,
                                        std::span<const std::string> heading, std::span<const ColumnProfile> profiles,
                                        const std::map<std::string, std::string>& told);

/// A heading reduced for comparison: lower case, simplified Chinese, no spaces and punctuation.
std::string plain_heading(std::string_view heading);

/// Whether the text is an e-mail address, or a phone number with country code or a Chinese mobile number.
bool looks_like_email(std::string_view text);
bool looks_like_phone(std::string_view text);

}  // namespace collect
