#include <nlohmann/json.hpp>

#include "base/decimal.h"
#include "collect/import.h"

namespace collect {

std::string to_json(const ImportSummary& summary) {
  using nlohmann::ordered_json;
  if (summary.already_imported) {
    ordered_json stored =
        summary.stored_json.empty() ? ordered_json::object() : ordered_json::parse(summary.stored_json, nullptr, false);
    if (stored.is_discarded()) stored = ordered_json::object();
    stored["import_id"] = summary.import_id;
    stored["already_imported"] = true;
    return stored.dump();
  }
  ordered_json json;
  json["import_id"] = summary.import_id;
  json["kind"] = name_of(summary.kind);
  json["file"] = summary.file_name;
  json["source"] = summary.source;
  json["already_imported"] = false;
  json["format"] = summary.format;
  json["charset"] = summary.charset;
  json["delimiter"] = summary.delimiter;
  json["system"] = summary.system;
  json["columns"] = ordered_json::array();
  for (const ColumnReport& column : summary.columns) {
    ordered_json one{{"heading", column.heading}, {"role", column.role}, {"found_by", name_of(column.certainty)}};
    if (!column.format.empty()) one["format"] = column.format;
    json["columns"].push_back(std::move(one));
  }
  json["attributes"] = summary.attributes;
  json["unused"] = summary.unused;
  json["withheld"] = summary.withheld;
  json["rows_read"] = summary.rows_read;
  json["rows_kept"] = summary.rows_kept;
  json["rows_rejected"] = summary.rows_rejected;
  json["reject_reasons"] = summary.reject_reasons;
  json["rejects_path"] = summary.rejects_path;
  json["replaced_bytes"] = summary.replaced_bytes;
  json["currency"] = summary.currency;
  if (summary.kind == model::ImportKind::orders) {
    json["no_amounts"] = summary.no_amounts;
    const auto add = [&](const char* name, const RowsAndMoney& value) {
      json[name] = {{"rows", value.rows}, {"money", base::decimal_text(value.money)}};
    };
    add("sales", summary.sales);
    add("cancellations", summary.cancellations);
    add("returns", summary.returns);
    add("refunds", summary.refunds);
    add("gifts", summary.gifts);
    add("adjustments", summary.adjustments);
    add("undone_by_status", summary.undone_by_status);
    add("missing_customers", summary.missing_customers);
    add("converted", summary.converted);
    json["repeated_lines"] = summary.repeated_lines;
  }
  if (summary.kind == model::ImportKind::orders || summary.kind == model::ImportKind::spend)
    json["net"] = base::decimal_text(summary.net);
  json["contacts"] = summary.contacts;
  json["wrong_phones"] = summary.wrong_phones;
  json["landlines"] = summary.landlines;
  json["first_day"] = summary.first_day ? ordered_json(base::to_string(*summary.first_day)) : ordered_json(nullptr);
  json["last_day"] = summary.last_day ? ordered_json(base::to_string(*summary.last_day)) : ordered_json(nullptr);
  json["seconds"] = summary.seconds;
  json["rows_per_second"] = static_cast<std::uint64_t>(summary.rows_per_second);
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace collect
