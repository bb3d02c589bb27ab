#include <cstdio>

#include <nlohmann/json.hpp>

#include "app/reasons_yaml.h"
#include "app/survey_results.h"
#include "app/terminal.h"
#include "app/verbs.h"

namespace app {

using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

std::string shown(text::Language l, const ordered_json& share) {
  if (share["value"].is_null()) return "";
  return fmt::format("{} ({}–{})", text::percent(l, share["value"].get<double>()), text::percent(l, share["low"].get<double>()), text::percent(l, share["high"].get<double>()));
}

Result<Surveys> surveys_of(const Context& context) {
  WB_ASSIGN(const model::ReasonRules rules, load_reason_rules(context.data()));
  return load_surveys(context.data(), rules, context.settings().business);
}

}  // namespace

Result<void> run_survey_list(const CommonOptions& common) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const Surveys surveys, surveys_of(*context));
  const text::Language l = context->language();
  WB_ASSIGN(const std::string json, surveys_json(surveys, *store, l));
  if (common.json) {
    std::fputs((json + "\n").c_str(), stdout);
    return {};
  }
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  TextTable table{{{head(Word::head_name), false, 24}, {head(Word::head_sent), true}, {head(Word::head_opened), true}, {head(Word::response_answered), true}, {head(Word::head_share), true}}};
  for (const auto& one : ordered_json::parse(json)) {
    const auto number = [&](const char* key) { return text::whole(l, one[key].get<double>()); };
    table.add({one["survey"].get<std::string>(), number("invited"), number("opened"), number("started"), shown(l, one["response_rate"])});
  }
  std::fputs(table.str().c_str(), stdout);
  return {};
}

Result<void> run_survey_results(const CommonOptions& common, const std::string& name) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const Surveys surveys, surveys_of(*context));
  const text::Language l = context->language();
  WB_ASSIGN(const std::string told, survey_results_json(surveys, name, *store, l));
  if (common.json) {
    std::fputs((told + "\n").c_str(), stdout);
    return {};
  }
  const auto json = ordered_json::parse(told);
  std::string out = fmt::format("{}: {} {} · {} {} · {}\n", json["title"].get<std::string>(), json["invited"].get<std::uint64_t>(), say(l, Word::head_sent),
                                json["started"].get<std::uint64_t>(), say(l, Word::response_answered), shown(l, json["response_rate"]));
  for (const auto& question : json["questions"]) {
    out += fmt::format("\n{} ({})\n", question["text"].get<std::string>(), question["answers"].get<std::uint64_t>());
    if (question.contains("nps")) {
      out += fmt::format("  NPS {:+.0f} ({:+.0f} … {:+.0f})\n", 100 * question["nps"]["value"].get<double>(), 100 * question["nps"]["low"].get<double>(), 100 * question["nps"]["high"].get<double>());
    }
    if (!question.contains("choices")) continue;
    for (const auto& choice : question["choices"]) out += fmt::format("  {:>5}  {}  {}\n", choice["count"].get<std::uint64_t>(), choice["text"].get<std::string>(), shown(l, choice["share"]));
  }
  std::fputs(out.c_str(), stdout);
  return {};
}

}  // namespace app
