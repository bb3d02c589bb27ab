#include "collect/table_rows.h"

#include "collect/json_text.h"

namespace collect {

using base::Block;
using base::ColumnKind;
using base::Result;

namespace {

constexpr std::size_t kRowsOfBlock = 32'768;

}  // namespace

Result<void> TableRows::add(const RowBatch& batch) {
  if (block_.columns.empty()) start();
  return RowConverter::add(batch);
}

Result<void> TableRows::finish() { return block_.rows() > 0 ? send() : Result<void>{}; }

void TableRows::put_list(std::string_view text) {
  auto& list = next().text_list();
  // "a, b；c": commas, semicolons and bars of both widths part tags
  while (!text.empty()) {
    std::size_t stop = text.size();
    std::size_t width = 0;
    for (const std::string_view mark : {",", ";", "|", "，", "；", "、"}) {
      if (const std::size_t at = text.find(mark); at < stop) {
        stop = at;
        width = mark.size();
      }
    }
    const std::string_view tag = clean_cell(text.substr(0, stop));
    if (!tag.empty()) list.items.push_back(tag);
    text.remove_prefix(std::min(text.size(), stop + width));
  }
  list.ends.push_back(list.items.size());
}

Result<void> TableRows::end_row() {
  put_number<std::uint32_t>(reading_.import_id);
  put_number<std::uint64_t>(line_);
  put_number<std::uint64_t>(reading_.import_id);
  at_ = 0;
  ++totals.kept;
  return block_.rows() < kRowsOfBlock ? Result<void>{} : send();
}

std::string_view TableRows::rest_as_json() {
  json_.assign(1, '{');
  for (const std::size_t index : reading_.columns.other) {
    const std::string_view cell = clean_cell(cells_[index]);
    if (cell.empty() || looks_like_email(cell) || (looks_like_phone(cell) && cell.starts_with('+'))) continue;
    if (json_.size() > 1) json_ += ',';
    append_json_string(json_, reading_.heading[index]);
    json_ += ':';
    append_json_string(json_, cell);
  }
  json_ += '}';
  return json_;
}

Result<std::string_view> TableRows::customer(std::optional<bool> accepts_email, std::optional<bool> accepts_sms) {
  return finder_.find({.id = row_.text(Role::customer_id),
                       .email = row_.text(Role::customer_email),
                       .phone = row_.text(Role::customer_phone),
                       .wechat = row_.text(Role::customer_wechat),
                       .name = row_.text(Role::customer_name),
                       .language = row_.text(Role::language),
                       .accepts_email = accepts_email,
                       .accepts_sms = accepts_sms,
                       .country = row_.text(Role::country)});
}

bool TableRows::optional_day(Role role, std::int32_t& day) {
  day = kNoDay;
  const std::string_view text = row_.text(role);
  if (text.empty()) return true;
  Moment moment;
  if (!row_.moment(role, text, moment)) return false;
  day = moment.local_day;
  return true;
}

void TableRows::start() {
  block_ = Block{};
  columns();
  column("import_id", ColumnKind::u32);
  column("line", ColumnKind::u64);
  column("version", ColumnKind::u64);
  at_ = 0;
}

Result<void> TableRows::send() {
  WB_TRY(parts_.sink(std::move(block_)));
  start();
  return {};
}

}  // namespace collect
