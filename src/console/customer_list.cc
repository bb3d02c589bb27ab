#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "app/segments.h"
#include "collect/csv_writer.h"
#include "console/conditions.h"
#include "console/customers.h"
#include "console/snapshot.h"
#include "gen/sql_warehouse.h"

namespace console {

namespace sql = gen::warehouse;
using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

ordered_json row_json(const Row& row) {
  return {{"customer_id", row.text("customer_id")},
          {"segment", row.text("segment")},
          {"stage", row.text("stage")},
          {"first_day", row.day("first_day")},
          {"last_day", row.day("last_day")},
          {"silent_days", row.whole("silent_days")},
          {"purchase_days", row.whole("purchase_days")},
          {"spend", row.number("spend")},
          {"spend_12m", row.number("spend_12m")},
          {"average_basket", row.number("average_basket")},
          {"return_chance", row.number("return_chance")},
          {"expected_year", row.number("expected_year")},
          {"loss_90", row.number("loss_90")},
          {"country", row.text("country")}};
}

/// Where a page ended: the last row's value and id.
struct Cursor {
  std::string value, id;
};

Result<std::optional<Cursor>> cursor_of(const Ask& ask, bool by_number) {
  const std::string text = ask.field("after");
  if (text.empty()) return std::optional<Cursor>{};
  const std::size_t bar = text.find('|');
  double number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + std::min(bar, text.size()), number);
  if (bar == std::string::npos || (by_number ? wrong != std::errc{} || end != text.data() + bar || !std::isfinite(number) : bar > 0)) {
    return fail(Code::invalid_input, "after must be the `next` of the page before");
  }
  return std::optional{Cursor{text.substr(0, bar), text.substr(bar + 1)}};
}

/// Whom a search means: an address names customers, anything else is the beginning of an id.
Result<void> add_search(const std::string& q, Workspace& at, ConditionSql& condition) {
  if (q.empty()) return {};
  std::vector<std::string> ids;
  for (const std::string_view channel : {"email", "phone"}) {
    const bool fits = channel == "email" ? q.find('@') != std::string::npos : q.size() >= 7 && q.find_first_not_of("+0123456789 -()") == std::string::npos;
    if (!fits) continue;
    std::string address = q;
    if (channel == "email") {
      for (char& c : address) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    WB_ASSIGN(auto found, at.store.people().customers_of(channel, address));
    ids.insert(ids.end(), found.begin(), found.end());
  }
  std::string any = "startsWith(customer_id, {search:String})";
  condition.parameters.push_back({"search", q});
  for (std::size_t i = 0; i < ids.size() && i < 100; ++i) {
    const std::string name = fmt::format("id{}", i);
    any += " OR customer_id = {" + name + ":String}";
    condition.parameters.push_back({name, ids[i]});
  }
  condition.sql = "(" + condition.sql + ") AND (" + any + ")";
  return {};
}

Result<Reply> list_customers(const Ask& ask) {
  WB_ASSIGN(const std::string snapshot, last_snapshot(ask.at));
  WB_ASSIGN(const std::size_t limit, ask.limit());
  WB_ASSIGN(const std::string sort, ask.choice("sort", {"expected_year", "loss_90", "spend", "spend_12m", "silent_days", "return_chance", "last_day", "purchase_days", "customer_id"}));
  WB_ASSIGN(const std::string order, ask.choice("order", {"desc", "asc"}));
  WB_ASSIGN(const std::string where, app::segment_condition(ask.at.data, ask.field("where")));
  WB_ASSIGN(ConditionSql condition, condition_sql(where));
  WB_TRY(add_search(ask.field("q"), ask.at, condition));
  condition.parameters.push_back({"snapshot", snapshot});
  const std::string direction = order == "desc" ? " DESC" : "";
  const std::string by = sort == "last_day" ? "toInt32(last_day)" : sort;
  const std::string ordering = sort == "customer_id" ? sort + direction : by + direction + ", customer_id" + direction;

  if (ask.wants_csv()) {
    const std::string text = with(with(sql::console_customers_all.text, "condition", condition.sql), "order", ordering);
    std::string csv;
    constexpr std::string_view kHeads[] = {"customer_id", "segment", "stage", "first_day", "last_day", "silent_days", "purchase_days", "spend", "spend_12m", "average_basket", "return_chance", "expected_year", "loss_90", "country"};
    std::vector<std::string_view> cells{std::begin(kHeads), std::end(kHeads)};
    collect::append_csv_row(csv, cells);
    WB_TRY(ask.at.audit(ask.caller, "export", "customers", ask.field("where")));
    WB_TRY(each_row(ask.at.warehouse, {sql::console_customers_all.name, text, condition.parameters}, [&](const Row& row) {
      const std::string values[] = {row.text("customer_id"), row.text("segment"), row.text("stage"), row.day("first_day"), row.day("last_day"),
                                    fmt::format("{}", row.whole("silent_days")), fmt::format("{}", row.whole("purchase_days")), fmt::format("{:.2f}", row.number("spend")),
                                    fmt::format("{:.2f}", row.number("spend_12m")), fmt::format("{:.2f}", row.number("average_basket")), fmt::format("{:.4f}", row.number("return_chance")),
                                    fmt::format("{:.2f}", row.number("expected_year")), fmt::format("{:.2f}", row.number("loss_90")), row.text("country")};
      cells.assign(std::begin(values), std::end(values));
      collect::append_csv_row(csv, cells);
    }));
    return csv_file(std::move(csv), "customers.csv");
  }

  const std::string counting = with(sql::console_count.text, "condition", condition.sql);
  std::int64_t total = 0;
  WB_TRY(each_row(ask.at.warehouse, {sql::console_count.name, counting, condition.parameters}, [&](const Row& row) { total = row.whole("customers"); }));
  WB_ASSIGN(const auto cursor, cursor_of(ask, sort != "customer_id"));
  if (cursor) {
    const std::string sign = order == "desc" ? "<" : ">";
    if (sort == "customer_id") {
      condition.sql = "(" + condition.sql + ") AND customer_id " + sign + " {after_id:String}";
    } else {
      condition.sql = "(" + condition.sql + ") AND (toFloat64(" + by + "), customer_id) " + sign + " ({after_value:Float64}, {after_id:String})";
      condition.parameters.push_back({"after_value", cursor->value});
    }
    condition.parameters.push_back({"after_id", cursor->id});
  }
  condition.parameters.push_back({"limit", fmt::format("{}", limit + 1)});
  const std::string text = with(with(sql::console_customers.text, "condition", condition.sql), "order", ordering);
  ordered_json rows = ordered_json::array();
  std::string next;
  WB_TRY(each_row(ask.at.warehouse, {sql::console_customers.name, text, condition.parameters}, [&](const Row& row) {
    if (rows.size() == limit) {  // one more than asked for: there is a next page
      const ordered_json& last = rows.back();
      std::string value;
      if (sort == "last_day") value = fmt::format("{}", base::day_number(base::parse_day(last["last_day"].get<std::string>()).value_or(base::Day{})));
      else if (sort != "customer_id") value = fmt::format("{}", last[sort].get<double>());
      next = value + "|" + last["customer_id"].get<std::string>();
      return;
    }
    rows.push_back(row_json(row));
  }));
  const ordered_json json{{"total", total}, {"customers", std::move(rows)}, {"next", next.empty() ? ordered_json(nullptr) : ordered_json(next)}};
  return Reply{json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"};
}

}  // namespace

std::string customer_row_json(const Row& row) { return row_json(row).dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

void mount_customer_list(Routes& routes) { routes.get("/api/customers", list_customers); }

}  // namespace console
