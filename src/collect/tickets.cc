// Tickets and notes of calls: what was written goes on as feedback, that one is open holds an approach back.
#include "collect/table_rows.h"

namespace collect {
namespace {

using base::ColumnKind;
using base::Result;

/// Rows of both kinds of files. What somebody wrote is never repeated in a reject or an error.
class Tickets : public TableRows {
 public:
  explicit Tickets(ConverterParts parts) : TableRows(std::move(parts)), occurrences_(parts_.way) {}

 private:
  void columns() override {
    column("customer_id", ColumnKind::text);
    column("email", ColumnKind::text);  // where nothing else says who the customer is
    column("phone", ColumnKind::text);  // the same
    column("id", ColumnKind::text);
    column("at", ColumnKind::instant);
    column("subject", ColumnKind::text);
    column("text", ColumnKind::text);
    column("agent", ColumnKind::text);
    column("source", ColumnKind::text);
    column("language", ColumnKind::text);
    column("order_id", ColumnKind::text);
    column("state", ColumnKind::text);
    column("severity", ColumnKind::text);
  }
  Result<bool> take() override {
    Moment at;
    if (!row_.moment(Role::occurred_at, row_.text(Role::occurred_at), at)) return false;
    const std::string_view named = row_.text(Role::customer_id);
    const bool by_address = named.empty() || named.find('@') != std::string_view::npos;
    const std::string email = by_address ? normal_email(row_.has(Role::customer_email) ? row_.text(Role::customer_email) : named) : std::string{};
    const std::string phone = by_address ? normal_phone(row_.text(Role::customer_phone)) : std::string{};
    WB_ASSIGN(const std::string_view id, customer());
    if (id.empty()) {
      row_.set_fault(Role::customer_id, named, "says not who the customer is");
      return false;
    }
    std::string_view key = row_.text(Role::feedback_id);
    char made[48];
    if (key.empty()) {
      // A call without a number is known by what it holds, so that the same file again says nothing new.
      LineHash hash;
      hash.add(id);
      hash.add(static_cast<std::uint64_t>(at.millis));
      hash.add(row_.text(Role::topic));
      hash.add(row_.text(Role::text));
      const auto occurrence = occurrences_.occurrence(hash, at.local_day, id);
      if (!occurrence) {
        order_broken = true;
        return false;
      }
      if (*occurrence > 0) ++totals.repeated;
      key = {made, write_line_key(hash, *occurrence, made)};
    }
    put(id);
    put(email);
    put(phone);
    put(key);
    put_number(at.millis);
    for (const Role role : {Role::topic, Role::text, Role::agent, Role::origin, Role::language, Role::order_id, Role::state, Role::severity}) put(row_.text(role));
    totals.add_day(at.local_day);
    WB_TRY(end_row());
    return true;
  }
  Occurrences occurrences_;
};

}  // namespace

std::unique_ptr<Converter> tickets(ConverterParts parts) { return std::make_unique<Tickets>(std::move(parts)); }

}  // namespace collect
