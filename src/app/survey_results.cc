#include "app/survey_results.h"

#include <map>

#include <nlohmann/json.hpp>

#include "stats/nps.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

constexpr double kConfidence = 0.95;

/// A share with what is known of it.
ordered_json share(std::uint64_t part, std::uint64_t whole) {
  const stats::Interval interval = stats::wilson(static_cast<double>(part), static_cast<double>(whole), kConfidence);
  return {{"value", whole == 0 ? ordered_json(nullptr) : ordered_json(static_cast<double>(part) / static_cast<double>(whole))},
          {"low", interval.low}, {"high", interval.high}, {"of", whole}};
}

ordered_json describe(const port::SurveyStore::Counts& counts) {
  return {{"survey", counts.survey},   {"invited", counts.invited},   {"opened", counts.opened},
          {"started", counts.started}, {"finished", counts.finished}, {"response_rate", share(counts.started, counts.invited)}};
}

/// Answers to one question: by choice, or the scores with the net promoter score.
ordered_json answers_to(const model::SurveyQuestion& question, const std::vector<port::SurveyStore::Said>& said, std::size_t language) {
  std::uint64_t answers = 0, promoters = 0, passives = 0, detractors = 0;
  std::map<std::string, std::uint64_t> chosen;
  std::map<std::int32_t, std::uint64_t> scores;
  for (const auto& one : said) {
    if (one.question != question.id) continue;
    answers += one.answers;
    for (const std::string& choice : one.choices) chosen[choice] += one.answers;
    if (!one.score) continue;
    scores[*one.score] += one.answers;
    (*one.score >= 9 ? promoters : *one.score >= 7 ? passives : detractors) += one.answers;
  }
  ordered_json json{{"question", question.id}, {"text", question.text[language]}, {"answers", answers}};
  if (question.kind == model::QuestionKind::scale) {
    for (const auto& [score, count] : scores) json["scores"][std::to_string(score)] = count;
    if (question.nps && answers > 0) {
      const stats::NetPromoter nps = stats::net_promoter(static_cast<double>(promoters), static_cast<double>(passives), static_cast<double>(detractors), kConfidence);
      json["nps"] = {{"value", nps.score}, {"low", nps.interval.low}, {"high", nps.interval.high}, {"promoters", promoters}, {"passives", passives}, {"detractors", detractors}};
    }
  }
  ordered_json choices = ordered_json::array();
  for (const model::SurveyChoice& choice : question.choices) {
    choices.push_back({{"choice", choice.id}, {"text", choice.text[language]}, {"reason", choice.reason}, {"count", chosen[choice.id]}, {"share", share(chosen[choice.id], answers)}});
  }
  if (question.other) choices.push_back({{"choice", "other"}, {"text", say(static_cast<text::Language>(language), Word::survey_other)}, {"reason", ""}, {"count", chosen["other"]}, {"share", share(chosen["other"], answers)}});
  if (!choices.empty()) json["choices"] = std::move(choices);
  return json;
}

std::string dump(const ordered_json& json) { return json.dump(2, ' ', false, ordered_json::error_handler_t::replace); }

/// The survey's title; its id where it is asked no more.
std::string title_of(const Surveys& surveys, const std::string& id, text::Language language) {
  const model::Survey* survey = find_survey(surveys, id);
  return survey == nullptr ? id : survey->title[static_cast<std::size_t>(language)];
}

}  // namespace

Result<std::string> surveys_json(const Surveys& surveys, port::ActStore& store, text::Language language) {
  WB_ASSIGN(auto counts, store.surveys().counts());
  for (const model::Survey& survey : surveys) {
    if (std::ranges::find(counts, survey.id, &port::SurveyStore::Counts::survey) == counts.end()) counts.push_back({.survey = survey.id});
  }
  std::ranges::sort(counts, {}, &port::SurveyStore::Counts::survey);
  ordered_json all = ordered_json::array();
  for (const auto& one : counts) {
    ordered_json json = describe(one);
    json["title"] = title_of(surveys, one.survey, language);
    all.push_back(std::move(json));
  }
  return dump(all);
}

Result<std::string> survey_results_json(const Surveys& surveys, const std::string& name, port::ActStore& store, text::Language language) {
  const model::Survey* survey = find_survey(surveys, name);
  if (survey == nullptr) return fail(Code::not_found, "there is no survey '{}'; `winback survey list` shows them", name);
  WB_ASSIGN(const auto counts, store.surveys().counts());
  WB_ASSIGN(const auto said, store.surveys().results(name));
  const auto found = std::ranges::find(counts, name, &port::SurveyStore::Counts::survey);
  ordered_json json = describe(found == counts.end() ? port::SurveyStore::Counts{.survey = name} : *found);
  json["title"] = title_of(surveys, name, language);
  json["questions"] = ordered_json::array();
  for (const model::SurveyQuestion& question : survey->questions) json["questions"].push_back(answers_to(question, said, static_cast<std::size_t>(language)));
  return dump(json);
}

}  // namespace app
