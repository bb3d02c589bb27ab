#include <cstdio>

#include <nlohmann/json.hpp>

#include "app/import_request.h"
#include "app/channels_sms.h"
#include "app/machine_clock.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "collect/import.h"
#include "report/explain.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using collect::ImportSummary;
using model::ImportKind;
using text::Language;
using text::say;
using text::Word;

namespace {

std::string money_of(Language l, const ImportSummary& s, std::int64_t millionths) {
  return text::money(l, s.currency, static_cast<double>(millionths) * 1e-6, 2);
}

std::string describe(const ImportSummary& s, Language l) {
  const auto count = [&](std::uint64_t n) { return text::whole(l, static_cast<double>(n)); };
  if (s.already_imported) return say(l, Word::import_already, fmt::arg("file", s.file_name), fmt::arg("id", s.import_id)) + "\n";
  std::string out = say(l, Word::import_done, fmt::arg("file", s.file_name), fmt::arg("kept", count(s.rows_kept)), fmt::arg("read", count(s.rows_read)),
                        fmt::arg("kind", collect::name_of(s.kind)), fmt::arg("id", s.import_id), fmt::arg("rate", text::brief(l, s.rows_per_second))) + "\n";
  const bool money = s.kind == ImportKind::orders || s.kind == ImportKind::spend;
  if (s.first_day && s.last_day && money) {
    out += say(l, Word::import_span, fmt::arg("first", text::date(l, *s.first_day)), fmt::arg("last", text::date(l, *s.last_day)),
               fmt::arg("net", money_of(l, s, s.net))) + "\n";
  }
  if (s.no_amounts) out += std::string{say(l, Word::import_no_amounts)} + "\n";
  if (s.kind == ImportKind::orders) {
    TextTable natures{{{std::string{say(l, Word::head_nature)}, false, 50}, {std::string{say(l, Word::head_rows)}, true}, {std::string{say(l, Word::head_money)}, true}}};
    const auto add = [&](Word name, const collect::RowsAndMoney& part) {
      if (part.rows > 0) natures.add({std::string{say(l, name)}, count(part.rows), money_of(l, s, part.money)});
    };
    add(Word::line_sales, s.sales);
    add(Word::line_cancellations, s.cancellations);
    add(Word::line_returns, s.returns);
    add(Word::line_refunds, s.refunds);
    add(Word::line_gifts, s.gifts);
    add(Word::line_adjustments, s.adjustments);
    add(Word::line_missing_customers, s.missing_customers);
    add(Word::line_converted, s.converted);
    add(Word::line_undone_by_status, s.undone_by_status);
    if (s.repeated_lines > 0) natures.add({std::string{say(l, Word::line_repeated)}, count(s.repeated_lines), ""});
    out += "\n" + natures.str();
  }
  return out + describe_reading(s, l);
}

}  // namespace

Result<ImportKind> parse_import_kind(const std::string& name) {
  std::string known;
  for (const ImportKind kind : {ImportKind::orders, ImportKind::customers, ImportKind::products, ImportKind::events, ImportKind::spend,
                                ImportKind::consents, ImportKind::redemptions, ImportKind::codes, ImportKind::feedback, ImportKind::tickets, ImportKind::calls}) {
    if (collect::name_of(kind) == name) return kind;
    known += std::string{collect::name_of(kind)} + ", ";
  }
  return fail(Code::invalid_input, "'{}' cannot be imported; choose {}or bounces", name, known);
}

Result<collect::ImportRequest> import_request(const Context& context, const ImportOptions& options, const std::string& currency) {
  collect::ImportRequest request;
  WB_ASSIGN(request.kind, parse_import_kind(options.kind));
  request.source = options.source;
  WB_ASSIGN(request.zone, base::Zone::open(options.zone.empty() ? context.settings().zone : options.zone));
  for (const std::string& pair : options.map) {
    const std::size_t sign = pair.find('=');
    if (sign == 0 || sign == std::string::npos) return fail(Code::invalid_input, "--map {}: write it as role=Heading, such as customer_id=CustomerID", pair);
    request.columns[pair.substr(0, sign)] = pair.substr(sign + 1);
  }
  if (options.date_format == "dmy") request.date_order = collect::DateOrder::day_first;
  if (options.date_format == "mdy") request.date_order = collect::DateOrder::month_first;
  if (!options.date_format.empty() && request.date_order == collect::DateOrder::unknown) {
    return fail(Code::invalid_input, "--date-format is dmy (day first) or mdy (month first), not '{}'", options.date_format);
  }
  request.currency = options.currency;
  request.base_currency = currency;
  request.fx_path = options.fx;
  request.strict = options.strict;
  request.again = options.again;
  request.now = machine_clock().now();
  request.phones = &phone_numbers();
  request.phone_region = base::zone_country(context.settings().zone);
  return request;
}

std::string rejects_path(const ImportOptions& options, const std::string& file) {
  if (options.files.size() == 1) return options.rejects;
  const fs::path path{options.rejects};
  return (path.parent_path() / (path.stem().string() + "-" + fs::path{file}.filename().string() + ".csv")).string();
}

std::string describe_reading(const ImportSummary& s, Language l) {
  std::string out;
  TextTable columns{{{std::string{say(l, Word::head_heading)}, false, 30}, {std::string{say(l, Word::head_role)}, false, 20}, {std::string{say(l, Word::head_how)}, false, 40}}};
  for (const auto& column : s.columns) columns.add({column.heading, column.role, column.format});
  out += "\n" + say(l, Word::import_columns, fmt::arg("format", s.format), fmt::arg("charset", s.charset)) + "\n" + columns.str();
  if (!s.unused.empty()) {
    std::string names;
    for (const auto& name : s.unused) names += (names.empty() ? "" : ", ") + name;
    out += say(l, Word::import_unused, fmt::arg("columns", names)) + "\n";
  }
  if (s.wrong_phones + s.landlines > 0) {
    out += say(l, Word::import_no_texts, fmt::arg("wrong", text::whole(l, static_cast<double>(s.wrong_phones))), fmt::arg("lines", text::whole(l, static_cast<double>(s.landlines)))) + "\n";
  }
  if (s.contacts > 0) out += say(l, Word::import_contacts, fmt::arg("count", text::whole(l, static_cast<double>(s.contacts)))) + "\n";
  if (s.rows_rejected > 0) {
    out += say(l, Word::import_rejected, fmt::arg("rows", text::whole(l, static_cast<double>(s.rows_rejected))), fmt::arg("file", s.rejects_path)) + "\n";
  }
  return out;
}

Result<void> run_import(const CommonOptions& common, const ImportOptions& options) {
  if (options.kind == "bounces") return run_import_bounces(common, options);
  WB_ASSIGN(const ImportKind kind, parse_import_kind(options.kind));
  if (kind == ImportKind::consents || kind == ImportKind::redemptions || kind == ImportKind::codes || kind == ImportKind::tickets ||
      kind == ImportKind::calls) {
    return run_import_records(common, options);
  }
  for (const std::string& file : options.files) {
    std::error_code problem;
    if (!fs::is_regular_file(file, problem)) return fail(Code::not_found, "there is no file {}", file);
  }
  WB_ASSIGN(const auto context, Context::open(common, true));
  const Language l = context->language();
  // A workspace's currency is set by the first file with money; with --fx a file may be in others.
  std::string currency = context->settings().currency;
  if (currency.empty() || options.fx.empty()) {
    WB_ASSIGN(currency, context->currency(options.kind == "orders" ? options.currency : context->settings().currency));
  }
  WB_ASSIGN(collect::ImportRequest request, import_request(*context, options, currency));
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(port::Store* const store, context->store());
  WB_ASSIGN(port::Parquet* const parquet, context->parquet());
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const std::string& file : options.files) {
    request.path = file;
    request.rejects_path = rejects_path(options, file);
    Result<ImportSummary> summary;
    {
      ProgressBar bar{fs::path{file}.filename().string()};
      summary = collect::import_file(request, *warehouse, store->imports(), store->contacts(), parquet, [&](const collect::ImportProgress& p) {
        bar.show(p.bytes_done, p.bytes_total, p.rows);
      });
    }
    if (!summary) return std::unexpected(summary.error());
    if (!summary->currency.empty() && context->settings().currency.empty()) {
      WB_ASSIGN(request.base_currency, context->currency(summary->currency));
    }
    if (common.json) {
      all.push_back(nlohmann::ordered_json::parse(collect::to_json(*summary)));
    } else {
      std::fputs(describe(*summary, l).c_str(), stdout);
    }
  }
  if (common.json) {
    std::fputs(((all.size() == 1 ? all[0] : all).dump(2) + "\n").c_str(), stdout);
  } else if (options.kind == "orders") {
    std::fputs((std::string{say(l, Word::import_next)} + "\n").c_str(), stdout);
  }
  return {};
}

Result<void> run_imports_list(const CommonOptions& common) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::Store* const store, context->store());
  WB_ASSIGN(const std::vector<model::Import> imports, store->imports().list());
  const Language l = context->language();
  if (common.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const model::Import& import : imports) {
      all.push_back({{"id", import.id},
                     {"kind", std::string{collect::name_of(import.kind)}},
                     {"file", import.file_name},
                     {"source", import.source},
                     {"started_at", base::to_string(import.started_at)},
                     {"finished", import.finished_at.has_value()},
                     {"undone", import.undone_at.has_value()},
                     {"rows_read", import.rows_read},
                     {"rows_kept", import.rows_kept},
                     {"rows_rejected", import.rows_rejected}});
    }
    std::fputs((all.dump(2) + "\n").c_str(), stdout);
    return {};
  }
  if (imports.empty()) {
    std::fputs((std::string{say(l, Word::imports_none)} + "\n").c_str(), stdout);
    return {};
  }
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  TextTable table{{{head(Word::head_id), true}, {head(Word::head_kind)}, {head(Word::head_file), false, 36}, {head(Word::head_rows), true}, {head(Word::head_when)}, {head(Word::head_state)}}};
  for (const model::Import& import : imports) {
    const Word state = import.undone_at ? Word::state_undone : import.finished_at ? Word::state_done : Word::state_unfinished;
    table.add({fmt::format("{}", import.id), std::string{collect::name_of(import.kind)}, import.file_name,
               text::whole(l, static_cast<double>(import.rows_kept)), base::to_string(import.started_at), head(state)});
  }
  std::fputs(table.str().c_str(), stdout);
  return {};
}

Result<void> run_imports_undo(const CommonOptions& common, std::uint32_t id) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_ASSIGN(port::Store* const store, context->store());
  WB_ASSIGN(const collect::UndoSummary undone, collect::undo_import(id, machine_clock().now(), *warehouse, store->imports()));
  const Language l = context->language();
  std::string text = say(l, Word::import_undone, fmt::arg("id", id), fmt::arg("file", undone.undone.file_name)) + "\n";
  for (const model::Import& again : undone.import_again) {
    text += say(l, Word::import_again, fmt::arg("id", again.id), fmt::arg("file", again.file_name)) + "\n";
  }
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
