#include "base/decimal.h"
#include "collect/table_rows.h"

namespace collect {
namespace {

using base::ColumnKind;
using base::Result;

/// Answers, reviews and tickets. What somebody wrote is never repeated in a reject or an error.
class Feedback : public TableRows {
 public:
  explicit Feedback(ConverterParts parts) : TableRows(std::move(parts)), occurrences_(parts_.way) {}

 private:
  void columns() override {
    column("customer_id", ColumnKind::text);
    column("feedback_id", ColumnKind::text);
    column("said_at", ColumnKind::instant);
    column("local_day", ColumnKind::day);
    column("kind", ColumnKind::text);
    column("score", ColumnKind::f64);
    column("language", ColumnKind::text);
    column("order_id", ColumnKind::text);
    column("sku", ColumnKind::text);
    column("reason", ColumnKind::text);
    column("text", ColumnKind::text);
  }
  Result<bool> take() override {
    Moment at;
    if (!row_.moment(Role::occurred_at, row_.text(Role::occurred_at), at)) return false;
    const std::string_view text = row_.text(Role::text);
    const std::string_view reason = row_.text(Role::reason);
    std::int64_t score = 0;
    const std::string_view written_score = row_.text(Role::score);
    if (!written_score.empty() && !row_.number(Role::score, written_score, score)) return false;
    if (text.empty() && reason.empty() && written_score.empty()) {
      row_.set_fault(Role::text, "", "is empty, and there is neither a reason nor a score");
      return false;
    }
    WB_ASSIGN(const std::string_view id, customer());
    if (id.empty()) {
      row_.set_fault(Role::customer_id, row_.text(Role::customer_id), "says not who the customer is");
      return false;
    }
    std::string_view key = row_.text(Role::feedback_id);
    char made[48];
    if (key.empty()) {
      LineHash hash;
      hash.add(id);
      hash.add(static_cast<std::uint64_t>(at.millis));
      hash.add(row_.text(Role::type));
      hash.add(text);
      hash.add(reason);
      const auto occurrence = occurrences_.occurrence(hash, at.local_day, id);
      if (!occurrence) {
        order_broken = true;
        return false;
      }
      if (*occurrence > 0) ++totals.repeated;
      key = {made, write_line_key(hash, *occurrence, made)};
    }
    put(id);
    put(key);
    put_number(at.millis);
    put_number(at.local_day);
    std::string kind{row_.text(Role::type)};
    for (char& c : kind) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    put(kind);
    put_optional(static_cast<double>(score) / static_cast<double>(base::kOne), !written_score.empty());
    put(row_.text(Role::language));
    put(row_.text(Role::order_id));
    put(row_.text(Role::sku));
    put(reason);
    put(text);
    totals.add_day(at.local_day);
    WB_TRY(end_row());
    return true;
  }
  Occurrences occurrences_;
};

}  // namespace

std::unique_ptr<Converter> feedback(ConverterParts parts) { return std::make_unique<Feedback>(std::move(parts)); }

}  // namespace collect
