#include "app/outputs.h"

#include <cstdio>
#include <fstream>

#include "adapter/xlsx/open_xlsx.h"
#include "app/facts_json.h"
#include "collect/csv_writer.h"
#include "decide/ledger.h"
#include "report/explain.h"
#include "report/report.h"

namespace app {

namespace fs = std::filesystem;
using base::Block;
using base::Code;
using base::Column;
using base::ColumnKind;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kMostSheetRows = 1000000;
constexpr std::size_t kSentenceRows = 50000;  // sentences only where people read: the sheet's first rows

std::unexpected<base::Error> cannot_write(const fs::path& file) {
  return fail(Code::exhausted, "{} cannot be written; is there room on the disk, and may this user write there?", file.string());
}

Block keep_rows(const Block& block, const std::vector<std::size_t>& rows) {
  Block result;
  for (const Column& column : block.columns) {
    Column copy{column.name, column.kind};
    std::visit(
        [&](const auto& values) {
          using Values = std::decay_t<decltype(values)>;
          auto& target = std::get<Values>(copy.data);
          if constexpr (requires { target.push_back(values[0]); }) {
            for (const std::size_t row : rows) target.push_back(values[row]);
          }
        },
        column.data);
    result.columns.push_back(std::move(copy));
  }
  return result;
}

/// The rows a person works through, with the sentence that explains each.
base::BlockSource sheet_rows(const PlanStep& step, text::Language language) {
  return [&step, language, source = decide::decision_rows(step.plan, step.request, step.analyzed.analysis.profiles),
          at = std::size_t{0}, kept = std::size_t{0}](Block& block) mutable -> Result<bool> {
    Block all;
    WB_ASSIGN(const bool more, source(all));
    if (!more) return false;
    std::vector<std::size_t> rows;
    const auto& d = step.plan.decisions;
    for (std::size_t i = 0; i < all.rows() && kept + rows.size() < kMostSheetRows; ++i) {
      const model::Verdict verdict = d.verdict[at + i];
      if (verdict != model::Verdict::filtered && verdict != model::Verdict::wait) rows.push_back(i);
    }
    block = keep_rows(all, rows);
    Column why{"why", ColumnKind::text};
    const report::Explained what{step.analyzed.analysis.profiles, d, step.request.offers, step.request.currency,
                                 step.request.business.horizon_days};
    for (std::size_t k = 0; k < rows.size(); ++k) {
      why.text().push_back(kept + k < kSentenceRows ? report::explain(what, at + rows[k], language).sentence : std::string{});
    }
    block.columns.push_back(std::move(why));
    at += all.rows();
    kept += rows.size();
    return true;
  };
}

}  // namespace

std::string cell_text(const Column& column, std::size_t row) {
  if (column.is_null(row)) return "";
  switch (column.kind) {
    case ColumnKind::u8: return fmt::format("{}", column.as<std::uint8_t>()[row]);
    case ColumnKind::u32: return fmt::format("{}", column.as<std::uint32_t>()[row]);
    case ColumnKind::u64: return fmt::format("{}", column.as<std::uint64_t>()[row]);
    case ColumnKind::i32: return fmt::format("{}", column.as<std::int32_t>()[row]);
    case ColumnKind::i64: return fmt::format("{}", column.as<std::int64_t>()[row]);
    case ColumnKind::f64: return fmt::format("{:.6g}", column.as<double>()[row]);
    case ColumnKind::day: {
      const std::int32_t day = column.as<std::int32_t>()[row];
      return day == 0 ? "" : base::to_string(base::day_from_number(day));
    }
    case ColumnKind::instant: return base::to_string(base::instant_from_millis(column.as<std::int64_t>()[row]));
    case ColumnKind::amount: return fmt::format("{:.6g}", static_cast<double>(column.as<std::int64_t>()[row]) * 1e-6);
    case ColumnKind::text: return std::string{column.text()[row]};
    case ColumnKind::i32_list:
    case ColumnKind::i64_list:
    case ColumnKind::f64_list:
    case ColumnKind::text_list: break;
  }
  return "";
}

Result<void> write_whole(const fs::path& file, std::string_view bytes) {
  const fs::path partial = fs::path{file}.concat(".part");
  {
    std::ofstream out{partial, std::ios::binary};
    out << bytes;
    if (!out.flush()) {
      std::error_code ignored;
      fs::remove(partial, ignored);
      return cannot_write(file);
    }
  }
  if (std::rename(partial.c_str(), file.c_str()) != 0) return cannot_write(file);
  return {};
}

Result<void> write_csv(const fs::path& file, const base::BlockSource& source) {
  const fs::path partial = fs::path{file}.concat(".part");
  std::error_code ignored;
  {
    std::ofstream out{partial, std::ios::binary};
    bool first = true;
    std::string text;
    for (;;) {
      Block block;
      auto more = source(block);
      if (!more) {
        fs::remove(partial, ignored);
        return std::unexpected(more.error());
      }
      if (!*more) break;
      std::vector<std::string_view> cells;
      if (first) {
        for (const Column& column : block.columns) cells.push_back(column.name);
        collect::append_csv_row(text, cells);
        first = false;
      }
      std::vector<std::string> row_text(block.columns.size());
      for (std::size_t row = 0; row < block.rows(); ++row) {
        cells.clear();
        for (std::size_t c = 0; c < block.columns.size(); ++c) {
          row_text[c] = cell_text(block.columns[c], row);
          cells.push_back(row_text[c]);
        }
        collect::append_csv_row(text, cells);
        if (text.size() > (1U << 20)) {
          out << text;
          text.clear();
        }
      }
    }
    out << text;
    if (!out.flush()) {
      fs::remove(partial, ignored);
      return cannot_write(file);
    }
  }
  if (std::rename(partial.c_str(), file.c_str()) != 0) return cannot_write(file);
  return {};
}

Result<void> write_plan_files(const PlanStep& step, const fs::path& folder, text::Language language, port::Parquet& parquet) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) return fail(Code::exhausted, "the folder {} cannot be made: {}", folder.string(), problem.message());
  const auto rows = [&] { return decide::decision_rows(step.plan, step.request, step.analyzed.analysis.profiles); };
  WB_TRY(write_csv(folder / "decisions.csv", rows()));
  WB_TRY(parquet.write((folder / "decisions.parquet").string(), rows()));
  std::vector<std::string> heads;
  {
    Block first;
    WB_ASSIGN(const bool any, sheet_rows(step, language)(first));
    if (any) {
      for (const Column& column : first.columns) heads.push_back(column.name);
    }
  }
  WB_TRY(adapter::xlsx::open_xlsx()->write((folder / "decisions.xlsx").string(), {{"plan", heads, sheet_rows(step, language)}}));
  WB_TRY(write_whole(folder / "plan.json", to_json(step.plan.summary) + "\n"));
  const auto& analysis = step.analyzed.analysis;
  const report::ReportInput input{analysis.shop,         analysis.profiles,          step.plan.decisions,
                                  step.plan.summary,     step.request.offers,        step.request.assumptions,
                                  step.analyzed.margin_given, step.analyzed.business_given, language};
  return write_whole(folder / "report.html", report::render_report(input));
}

}  // namespace app
