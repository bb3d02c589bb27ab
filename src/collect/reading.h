#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "collect/columns.h"
#include "collect/contacts.h"
#include "collect/dates.h"
#include "collect/fx.h"
#include "collect/import.h"
#include "collect/line_key.h"
#include "collect/rejects.h"
#include "collect/table.h"

namespace collect {

/// How one file is to be read: settled before its first row is stored, so that every row is read by the same rules.
struct Reading {
  model::ImportKind kind = model::ImportKind::orders;
  std::string file_name;
  std::vector<std::string> heading;
  Columns columns;
  std::array<DateFormat, kRoles> dates;
  std::array<base::DecimalMark, kRoles> marks{};
  base::Zone zone = base::Zone::utc();
  std::string source;
  std::string file_currency;  ///< of rows that name none
  std::string base_currency;  ///< what amounts are stored in
  std::optional<FxRates> fx;
  bool skus_have_digits = false;  ///< nearly all: then a code without any is no product
  bool ids_are_numbers = false;   ///< most order ids: then C and a number is a cancellation
  std::uint32_t import_id = 0;
  const port::PhoneNumbers* phones = nullptr;
  std::string phone_region;

  std::string_view heading_of(Role role) const {
    return columns.has(role) ? std::string_view{heading[columns.of(role)]} : std::string_view{};
  }
};

/// Recognises columns and formats from the first rows; reads on to the end where day and month, or decimal marks, are
/// still open.
base::Result<Reading> settle(const ImportRequest& request, Table& table);

/// The cell without blanks around it, the spreadsheet's ="…" and the ' that guards formulas and long numbers.
std::string_view clean_cell(std::string_view cell);

/// Reads the cells of one row by the rules of a Reading. Used from one thread.
class RowReader {
 public:
  explicit RowReader(const Reading& reading);

  void set(const std::string_view* row) { row_ = row; }
  std::string_view text(Role role) const {
    const std::size_t at = reading_.columns.of(role);
    return at == Columns::kNone ? std::string_view{} : clean_cell(row_[at]);
  }
  bool has(Role role) const { return reading_.columns.has(role); }
  const Reading& reading() const { return reading_; }

  /// False when the text is no such value; `fault` is then ready for the rejects.
  bool moment(Role role, std::string_view text, Moment& out);
  bool number(Role role, std::string_view text, std::int64_t& out);

  BadRow fault;
  void set_fault(Role role, std::string_view value, std::string_view reason);

 private:
  const Reading& reading_;
  const std::string_view* row_ = nullptr;
  std::array<std::optional<DateReader>, kRoles> dates_;
};

/// Counts what the rows of an import were.
struct Totals {
  std::uint64_t kept = 0;
  std::int32_t first_day = INT32_MAX;
  std::int32_t last_day = INT32_MIN;
  RowsAndMoney kinds[7];  ///< by the table's kind, 1 … 6
  RowsAndMoney undone_by_status;
  RowsAndMoney missing_customers;
  RowsAndMoney converted;
  std::int64_t net = 0;
  std::uint64_t repeated = 0;

  void add_day(std::int32_t day) {
    first_day = std::min(first_day, day);
    last_day = std::max(last_day, day);
  }
};

/// Turns rows into blocks of a table.
class Converter {
 public:
  virtual ~Converter() = default;
  virtual base::Result<void> add(const RowBatch& batch) = 0;
  virtual base::Result<void> finish() = 0;

  /// The rows break the order they were trusted to have: read the file again, counting occurrences in the next way.
  bool order_broken = false;
  Totals totals;
};

/// Rows of one insert. Two blocks of this size exist at most: one is filled, one is sent. Each becomes a part that the
/// engine merges: half as many rows cost the warehouse a quarter more work, twice as many would not fit 256 MB.
inline constexpr std::size_t kBlockRows = 262'144;

struct ConverterParts {
  const Reading& reading;
  ContactBook& contacts;
  Rejects& rejects;
  base::BlockSink sink;
  Occurrences::Way way;
};
std::unique_ptr<Converter> order_lines(ConverterParts parts);
std::unique_ptr<Converter> customers(ConverterParts parts);
std::unique_ptr<Converter> products(ConverterParts parts);
std::unique_ptr<Converter> events(ConverterParts parts);
std::unique_ptr<Converter> spend(ConverterParts parts);
std::unique_ptr<Converter> consents(ConverterParts parts);
std::unique_ptr<Converter> redemptions(ConverterParts parts);
std::unique_ptr<Converter> codes(ConverterParts parts);
std::unique_ptr<Converter> feedback(ConverterParts parts);
std::unique_ptr<Converter> tickets(ConverterParts parts);  ///< and notes of calls

/// Finds the customer of a row: the id, or the pseudonym of the e-mail address, or of the phone number; and gives the
/// addresses to the contact book. Empty when the row names nobody.
class CustomerFinder {
 public:
  CustomerFinder(const Reading& reading, ContactBook& contacts) : reading_(reading), contacts_(contacts) {}

  struct Cells {
    std::string_view id, email, phone, wechat, name, language;
    std::optional<bool> accepts_email;
    std::optional<bool> accepts_sms;
    std::string_view country;  ///< where a number without its country belongs; empty: the import's
  };
  /// Valid until the next call.
  base::Result<std::string_view> find(const Cells& cells);

 private:
  /// The number text messages go to; empty, and counted, when there is none.
  std::string text_number(const Cells& cells, const std::string& phone);

  const Reading& reading_;
  ContactBook& contacts_;
  std::string last_id_, last_email_, last_phone_;  ///< as written, of the row before
  std::string customer_;
  bool any_ = false;
};

}  // namespace collect
