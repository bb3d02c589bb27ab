#include "collect/reading.h"

#include <filesystem>

#include "collect/csv_writer.h"

namespace collect {
namespace {

using base::Code;
using base::DecimalMark;
using base::fail;
using base::MarkEvidence;
using base::Result;

constexpr std::size_t kSampleRows = 10'000;
constexpr Role kDateRoles[] = {Role::ordered_at, Role::paid_at,     Role::joined_at,
                               Role::birthday,   Role::occurred_at, Role::day,
                               Role::valid_from, Role::redeemed_at};
constexpr Role kNumberRoles[] = {Role::quantity,       Role::unit_price,  Role::amount,   Role::discount,
                                 Role::order_discount, Role::order_total, Role::refunded, Role::price,
                                 Role::cost,           Role::stock,       Role::rating,   Role::new_customers,
                                 Role::score};

struct Marks {
  std::uint64_t point = 0, comma = 0, either = 0;
  void add(std::string_view cell) {
    switch (base::mark_evidence(cell)) {
      case MarkEvidence::point: ++point; break;
      case MarkEvidence::comma: ++comma; break;
      case MarkEvidence::either: ++either; break;
      case MarkEvidence::none: break;
    }
  }
  bool undecided() const { return either > 0 && point == 0 && comma == 0; }
};

/// What the first rows say about every column.
struct Sample {
  std::vector<ColumnProfile> profiles;
  std::vector<Marks> marks;
  std::vector<std::uint64_t> with_digit;
  std::vector<std::uint64_t> digits_only;
  std::vector<std::map<std::string, std::uint64_t>> few;  ///< values of columns that have few short ones
  std::uint64_t rows = 0;

  explicit Sample(std::size_t width)
      : profiles(width), marks(width), with_digit(width), digits_only(width), few(width) {}

  void add(const std::string_view* row) {
    ++rows;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      const std::string_view cell = clean_cell(row[i]);
      if (cell.empty()) continue;
      profiles[i].add(cell);
      marks[i].add(cell);
      const std::size_t digits = static_cast<std::size_t>(
          std::count_if(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; }));
      if (digits > 0) ++with_digit[i];
      if (digits == cell.size()) ++digits_only[i];
      if (few[i].size() < 32 && cell.size() <= 24) ++few[i][std::string{cell}];
    }
  }
};

Result<void> settle_currency(const ImportRequest& request, const Sample& sample, Reading& reading) {
  const auto code = [](const std::string& text, std::string_view option) -> Result<std::string> {
    if (text.empty()) return std::string{};
    std::string found = currency_code(text);
    if (found.empty()) return fail(Code::invalid_input, "{} {}: is no currency code; write it as EUR", option, text);
    return found;
  };
  WB_ASSIGN(reading.file_currency, code(request.currency, "--currency"));
  WB_ASSIGN(reading.base_currency, code(request.base_currency, "currency:"));
  std::map<std::string, std::uint64_t> seen;
  if (const std::size_t at = reading.columns.of(Role::currency); at != Columns::kNone) {
    for (const auto& [text, count] : sample.few[at]) {
      if (const std::string one = currency_code(text); !one.empty()) seen[one] += count;
    }
  }
  if (reading.file_currency.empty() && seen.size() == 1) reading.file_currency = seen.begin()->first;
  if (reading.base_currency.empty()) {
    if (seen.size() > 1) {
      std::string names;
      for (const auto& [name, count] : seen) names += (names.empty() ? "" : ", ") + name;
      return fail(Code::invalid_input,
                  "{}: has several currencies ({}); say which one totals are in (the workspace's currency) and give "
                  "dated rates into it "
                  "with --fx fx.csv (date,currency,rate)",
                  reading.file_name, names);
    }
    reading.base_currency = reading.file_currency;
  }
  if (reading.file_currency.empty() && seen.empty()) reading.file_currency = reading.base_currency;
  if (!request.fx_path.empty()) {
    if (reading.base_currency.empty())
      return fail(Code::invalid_input, "--fx {}: say the workspace's currency too", request.fx_path);
    WB_ASSIGN(reading.fx, FxRates::open(request.fx_path, reading.base_currency));
  }
  if (!reading.fx && seen.empty() && reading.file_currency != reading.base_currency) {
    return fail(Code::invalid_input,
                "{}: is in {}, the workspace in {}; give dated rates with --fx fx.csv (date,currency,rate)",
                reading.file_name, reading.file_currency, reading.base_currency);
  }
  return {};
}

}  // namespace

std::string_view clean_cell(std::string_view cell) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  for (;;) {
    while (!cell.empty() && blank(cell.front())) cell.remove_prefix(1);
    while (!cell.empty() && blank(cell.back())) cell.remove_suffix(1);
    if (cell.empty()) return cell;
    if (cell.starts_with("\xC2\xA0"))
      cell.remove_prefix(2);
    else if (cell.ends_with("\xC2\xA0"))
      cell.remove_suffix(2);
    else if (cell.starts_with("　"))
      cell.remove_prefix(3);
    else if (cell.ends_with("　"))
      cell.remove_suffix(3);
    else
      break;
  }
  if (cell.front() == '=' && cell.size() >= 3 && cell[1] == '"' && cell.back() == '"') {
    return clean_cell(cell.substr(2, cell.size() - 3));
  }
  if (cell.front() == '\'') {
    const std::string_view rest = cell.substr(1);
    if (!rest.empty() && rest.find_first_not_of("0123456789") == std::string_view::npos) return rest;
    return unguard(cell);
  }
  return cell;
}

Result<Reading> settle(const ImportRequest& request, Table& table) {
  Reading reading;
  reading.kind = request.kind;
  reading.file_name = std::filesystem::path{request.path}.filename().string();
  reading.heading = table.heading();
  reading.zone = request.zone;
  reading.phones = request.phones;
  reading.phone_region = request.phone_region;
  Sample sample{reading.heading.size()};
  const auto look = [&](const RowBatch& batch) -> Result<bool> {
    for (std::size_t i = 0; i < batch.rows() && sample.rows < kSampleRows; ++i) sample.add(batch.row(i));
    return sample.rows < kSampleRows;
  };
  WB_TRY(table.read(look));
  WB_ASSIGN(reading.columns,
            recognise_columns(request.kind, reading.file_name, reading.heading, sample.profiles, request.columns));
  const Columns& columns = reading.columns;
  reading.source = !request.source.empty() ? request.source : !columns.system.empty() ? columns.system : "shop";
  if (const std::size_t sku = columns.of(Role::sku); sku != Columns::kNone) {
    reading.skus_have_digits = sample.with_digit[sku] * 10 >= sample.profiles[sku].filled * 9;
  }
  if (const std::size_t id = columns.of(Role::order_id); id != Columns::kNone) {
    reading.ids_are_numbers = sample.digits_only[id] * 2 > sample.profiles[id].filled;
  }

  std::vector<std::size_t> open_dates;
  std::vector<std::size_t> open_marks;
  for (const Role role : kDateRoles) {
    const std::size_t at = columns.of(role);
    if (at != Columns::kNone && request.date_order == DateOrder::unknown && sample.profiles[at].dates.undecided())
      open_dates.push_back(at);
  }
  Marks all_marks;
  for (const Role role : kNumberRoles) {
    if (!columns.has(role)) continue;
    all_marks.point += sample.marks[columns.of(role)].point;
    all_marks.comma += sample.marks[columns.of(role)].comma;
    if (sample.marks[columns.of(role)].undecided()) open_marks.push_back(columns.of(role));
  }
  if (request.decimal_mark != DecimalMark::unknown || all_marks.point + all_marks.comma > 0) open_marks.clear();
  if ((!open_dates.empty() || !open_marks.empty()) && sample.rows == kSampleRows) {
    // what decides may stand in the last row
    std::uint64_t row_number = 0;
    const auto scan = [&](const RowBatch& batch) -> Result<bool> {
      for (std::size_t i = 0; i < batch.rows(); ++i) {
        if (row_number++ < kSampleRows) continue;
        for (const std::size_t at : open_dates) sample.profiles[at].dates.add(clean_cell(batch.row(i)[at]));
        for (const std::size_t at : open_marks) sample.marks[at].add(clean_cell(batch.row(i)[at]));
      }
      return true;
    };
    WB_TRY(table.read(scan));
    for (const std::size_t at : open_marks) {
      all_marks.point += sample.marks[at].point;
      all_marks.comma += sample.marks[at].comma;
    }
  }
  for (const Role role : kDateRoles) {
    const std::size_t at = columns.of(role);
    if (at == Columns::kNone) continue;
    const bool needed = role == Role::ordered_at || role == Role::occurred_at || role == Role::day ||
                        (role == Role::paid_at && !columns.has(Role::ordered_at));
    const DateEvidence& evidence = sample.profiles[at].dates;
    if (!needed && evidence.dates() == 0) continue;
    WB_ASSIGN(reading.dates[static_cast<std::size_t>(role)],
              evidence.decide(reading.file_name, reading.heading[at], request.date_order));
  }
  for (const Role role : kNumberRoles) {
    DecimalMark& mark = reading.marks[static_cast<std::size_t>(role)];
    if (request.decimal_mark != DecimalMark::unknown) {
      mark = request.decimal_mark;
      continue;
    }
    if (!columns.has(role)) continue;
    const Marks& own = sample.marks[columns.of(role)];
    const Marks& telling = own.point + own.comma > 0 ? own : all_marks;
    if (telling.point + telling.comma > 0) {
      mark = telling.comma > telling.point ? DecimalMark::comma : DecimalMark::point;
    } else if (own.either > 0 && table.facts().delimiter == ';') {
      mark = DecimalMark::comma;  // where commas part decimals, programs part cells by semicolons
    }
  }
  WB_TRY(settle_currency(request, sample, reading));
  return reading;
}

RowReader::RowReader(const Reading& reading) : reading_(reading) {
  for (const Role role : kDateRoles) {
    const auto at = static_cast<std::size_t>(role);
    if (reading.columns.has(role)) dates_[at].emplace(reading.dates[at], reading.zone);
  }
}

void RowReader::set_fault(Role role, std::string_view value, std::string_view reason) {
  fault.column = reading_.heading_of(role);
  fault.value = value.substr(0, 300);
  fault.reason = reason;
}

bool RowReader::moment(Role role, std::string_view text, Moment& out) {
  auto& reader = *dates_[static_cast<std::size_t>(role)];
  if (reader.read(text, out)) return true;
  set_fault(role, text, text.empty() ? "is empty" : reader.reason());
  return false;
}

bool RowReader::number(Role role, std::string_view text, std::int64_t& out) {
  constexpr std::int64_t kMost = 999'999'999'999'999'999;  // what Decimal(18, 6) holds
  const auto value = base::parse_decimal(text, reading_.marks[static_cast<std::size_t>(role)]);
  if (value && *value <= kMost && *value >= -kMost) {
    out = *value;
    return true;
  }
  set_fault(role, text, text.empty() ? "is empty" : value ? "is too large" : "is no number that can be read");
  return false;
}

std::string CustomerFinder::text_number(const Cells& cells, const std::string& phone) {
  const std::string country = cells.country.empty() ? std::string{} : base::country_code(cells.country);
  auto number = reading_.phones->e164(cells.phone, country.empty() ? reading_.phone_region : country);
  if (!number && phone.starts_with('+')) number = reading_.phones->e164(phone, {});
  if (number && reading_.phones->is_mobile(*number)) return *number;
  contacts_.count_without_texts(cells.phone, number.has_value());
  return {};
}

Result<std::string_view> CustomerFinder::find(const Cells& cells) {
  const bool plain = cells.email.empty() && cells.phone.empty() && cells.wechat.empty();
  if (plain && (cells.id.empty() || cells.id.find('@') == std::string_view::npos)) {
    // an id as spreadsheets write it: 17850.0
    std::string_view id = cells.id;
    if (id.ends_with(".0") && id.find_first_not_of("0123456789") == id.size() - 2) id.remove_suffix(2);
    return id;
  }
  if (any_ && cells.id == last_id_ && cells.email == last_email_ && cells.phone == last_phone_ &&
      reading_.kind == model::ImportKind::orders) {
    return customer_;  // another line of the same order
  }
  const std::string email = normal_email(cells.email.empty() ? cells.id : cells.email);
  const std::string phone = normal_phone(cells.phone);
  if (!cells.id.empty() && cells.id.find('@') == std::string_view::npos) {
    customer_ = cells.id;
    if (customer_.ends_with(".0") && customer_.find_first_not_of("0123456789") == customer_.size() - 2)
      customer_.resize(customer_.size() - 2);
  } else if (!email.empty()) {
    WB_ASSIGN(customer_, contacts_.pseudonym(email));
  } else if (!phone.empty()) {
    WB_ASSIGN(customer_, contacts_.pseudonym(phone));
  } else if (!cells.id.empty()) {
    WB_ASSIGN(customer_,
              contacts_.pseudonym(std::string{cells.id}));  // an @ that is no address: still not for the warehouse
  } else {
    customer_.clear();
  }
  any_ = true;
  last_id_ = cells.id;
  last_email_ = cells.email;
  last_phone_ = cells.phone;
  if (customer_.empty()) return customer_;
  const auto remember = [&](std::string_view channel, std::string address,
                            std::optional<bool> accepts) -> Result<void> {
    if (address.empty()) return {};
    return contacts_.remember({customer_, std::string{channel}, std::move(address), std::string{cells.name},
                               std::string{cells.language}, accepts.has_value() && !*accepts});
  };
  WB_TRY(remember("email", email, cells.accepts_email));
  WB_TRY(remember("phone", phone, cells.accepts_sms));
  if (reading_.phones != nullptr && !cells.phone.empty()) WB_TRY(remember("sms", text_number(cells, phone), cells.accepts_sms));
  WB_TRY(remember("wechat", std::string{cells.wechat}, std::nullopt));
  return customer_;
}

}  // namespace collect
