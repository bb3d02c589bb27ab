#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

#include "app/context.h"
#include "app/recommend_words.h"
#include "app/saved_plan.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "collect/csv_writer.h"
#include "collect/import.h"
#include "decide/ledger.h"
#include "understand/history.h"
#include "understand/recommend/lists.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;
using text::Language;
using text::say;
using text::Word;
using understand::recommend::Lists;
using understand::recommend::Recommendation;

namespace {

constexpr std::size_t kMostOften = 15;

std::string dump(const ordered_json& json) { return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

ordered_json json_of(const Recommendation& one, const Lists& lists, Language l) {
  const auto& product = lists.products()[one.item];
  ordered_json json{{"sku", product.sku}, {"product", product.name}, {"chance", one.chance}, {"why", understand::recommend::name_of(one.why)},
                    {"because", nullptr}, {"times", one.times},      {"sentence", say_why(one, lists, l)}};
  using understand::recommend::Why;
  if (one.why == Why::goes_with || one.why == Why::after) json["because"] = lists.products()[one.because].sku;
  return json;
}

ordered_json check_json(const Lists& lists) {
  const auto& check = lists.recommender().check();
  return {{"learned", lists.recommender().learned()}, {"customers", check.customers}, {"length", check.length},   {"hits", check.hits},
          {"low", check.interval.low},                {"high", check.interval.high},  {"habit", check.hits_by_habit}, {"sales", check.hits_by_sales}};
}

std::string say_check(const Lists& lists, Language l) {
  const auto& r = lists.recommender();
  const auto count = [&](std::size_t n) { return text::whole(l, static_cast<double>(n)); };
  if (!r.learned()) return say(l, Word::recommend_assumed, fmt::arg("products", count(lists.products().size()))) + "\n";
  std::string out = say(l, Word::recommend_headline, fmt::arg("products", count(lists.products().size())), fmt::arg("customers", count(r.teachers()))) + "\n";
  const auto& check = r.check();
  if (check.customers == 0) return out;
  out += say(l, Word::recommend_check, fmt::arg("customers", count(check.customers)), fmt::arg("hits", text::percent(l, check.hits)),
             fmt::arg("low", text::percent(l, check.interval.low)), fmt::arg("high", text::percent(l, check.interval.high)),
             fmt::arg("habit", text::percent(l, check.hits_by_habit)), fmt::arg("sales", text::percent(l, check.hits_by_sales))) + "\n";
  if (check.interval.low <= check.hits_by_habit) out += std::string{say(l, Word::recommend_habit_as_good)} + "\n";
  return out;
}

/// Rows of a file that appears whole or not at all.
class ListFile {
 public:
  explicit ListFile(fs::path file) : file_(std::move(file)), partial_(fs::path{file_}.concat(".part")), out_(partial_, std::ios::binary) {
    constexpr std::string_view kHeads[] = {"customer_id", "rank", "sku", "product", "chance", "why", "because", "sentence"};
    collect::append_csv_row(text_, kHeads);
  }
  ~ListFile() {
    std::error_code ignored;
    if (!done_) fs::remove(partial_, ignored);
  }
  void add(std::string_view customer, std::span<const Recommendation> list, const Lists& lists, Language l) {
    for (std::size_t k = 0; k < list.size(); ++k) {
      const Recommendation& one = list[k];
      const auto& product = lists.products()[one.item];
      using understand::recommend::Why;
      const std::string rank = std::to_string(k + 1), chance = fmt::format("{:.4g}", one.chance), sentence = say_why(one, lists, l);
      const bool leans = one.why == Why::goes_with || one.why == Why::after;
      const std::string_view cells[] = {customer, rank, product.sku, product.name, chance, understand::recommend::name_of(one.why),
                                        leans ? std::string_view{lists.products()[one.because].sku} : std::string_view{}, sentence};
      collect::append_csv_row(text_, cells);
    }
    if (text_.size() > (1U << 20)) flush();
  }
  Result<void> finish() {
    flush();
    out_.close();
    if (!out_ || std::rename(partial_.c_str(), file_.c_str()) != 0) {
      return fail(Code::exhausted, "{} cannot be written; is there room on the disk, and may this user write there?", file_.string());
    }
    done_ = true;
    return {};
  }

 private:
  void flush() {
    out_ << text_;
    text_.clear();
  }
  fs::path file_, partial_;
  std::ofstream out_;
  std::string text_;
  bool done_ = false;
};

std::string describe_list(std::span<const Recommendation> list, const Lists& lists, Language l) {
  TextTable table{{{std::string{say(l, Word::recommend_head_product)}, false, 40},
                   {std::string{say(l, Word::recommend_head_chance)}, true},
                   {std::string{say(l, Word::recommend_head_why)}, false, 50}}};
  for (const Recommendation& one : list) table.add({lists.products()[one.item].name, text::percent(l, one.chance), say_why(one, lists, l)});
  return table.str();
}

}  // namespace

Result<void> run_recommend(const CommonOptions& common, const RecommendOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  const Language l = context->language();
  if (options.count == 0 || options.count > 50) return fail(Code::invalid_input, "--count must be between 1 and 50");
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_TRY(decide::ensure_tables(*warehouse));
  understand::recommend::Scope scope{.customer = options.customer, .plan = {}};
  if (!options.plan.empty()) {
    WB_ASSIGN(port::Store* const store, context->store());
    WB_ASSIGN(const SavedPlan saved, load_plan(*store, options.plan == "latest" ? "" : options.plan));
    scope.plan = saved.plan.id;
  }
  base::Day as_of;
  if (options.as_of.empty()) {
    WB_ASSIGN(const understand::Extent extent, understand::order_extent(*warehouse));
    if (extent.lines == 0) return fail(Code::not_found, "there are no orders yet: `winback import orders FILE` brings them in");
    as_of = extent.last_day;
  } else {
    WB_ASSIGN(as_of, base::parse_day(options.as_of));
  }
  WB_ASSIGN(const Lists lists, Lists::learn(*warehouse, as_of));

  std::optional<ListFile> file;
  if (!options.out.empty()) file.emplace(options.out);
  std::vector<std::uint32_t> shown(lists.products().size(), 0);
  std::vector<Recommendation> own;
  std::uint64_t customers = 0;
  WB_TRY(lists.each(scope, options.count, *warehouse, [&](std::string_view customer, std::span<const Recommendation> list) -> Result<void> {
    ++customers;
    for (const Recommendation& one : list) ++shown[one.item];
    if (file) file->add(customer, list, lists, l);
    if (!options.customer.empty()) own.assign(list.begin(), list.end());
    return {};
  }));
  if (file) WB_TRY(file->finish());
  if (!options.customer.empty() && customers == 0) {
    return fail(Code::not_found, "no customer '{}' has bought anything; ids are written as they were imported", options.customer);
  }
  std::vector<understand::recommend::Item> often;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown[i] > 0) often.push_back(static_cast<understand::recommend::Item>(i));
  }
  const auto most = static_cast<std::ptrdiff_t>(std::min(often.size(), kMostOften));
  std::partial_sort(often.begin(), often.begin() + most, often.end(), [&](auto a, auto b) { return shown[a] != shown[b] ? shown[a] > shown[b] : a < b; });
  often.resize(static_cast<std::size_t>(most));

  if (context->json()) {
    ordered_json json{{"as_of", base::to_string(as_of)}, {"customers", customers}, {"products", lists.products().size()}, {"check", check_json(lists)}};
    if (!options.customer.empty()) {
      json["customer_id"] = options.customer;
      json["recommended"] = ordered_json::array();
      for (const Recommendation& one : own) json["recommended"].push_back(json_of(one, lists, l));
    }
    json["most_often"] = ordered_json::array();
    for (const auto item : often) json["most_often"].push_back({{"sku", lists.products()[item].sku}, {"product", lists.products()[item].name}, {"customers", shown[item]}});
    std::fputs(dump(json).c_str(), stdout);
    return {};
  }
  std::string out = say_check(lists, l);
  if (customers == 0) {
    out += std::string{say(l, Word::recommend_nobody)} + "\n";
  } else if (!options.customer.empty()) {
    out += "\n" + describe_list(own, lists, l) + "\n" + std::string{say(l, Word::recommend_chance_note)} + "\n";
  } else {
    const std::string count = text::whole(l, static_cast<double>(customers));
    out += "\n" + say(l, Word::recommend_most, fmt::arg("customers", count)) + "\n";
    TextTable table{{{std::string{say(l, Word::recommend_head_product)}, false, 50}, {std::string{say(l, Word::recommend_head_lists)}, true}}};
    for (const auto item : often) table.add({lists.products()[item].name, text::whole(l, shown[item])});
    out += table.str();
    if (file) out += "\n" + say(l, Word::recommend_written, fmt::arg("customers", count), fmt::arg("file", options.out)) + "\n";
  }
  std::fputs(out.c_str(), stdout);
  return {};
}

}  // namespace app
