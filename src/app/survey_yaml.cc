#include "app/survey_yaml.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "gen/files.h"

namespace app {

using base::Result;
using model::QuestionKind;
using model::Survey;
using model::SurveyChoice;
using model::SurveyQuestion;

namespace {

constexpr const char* kLanguages[] = {"en", "zh-CN", "zh-TW"};
constexpr std::size_t kMostQuestions = 20, kMostChoices = 30;

/// An id stands in addresses of pages and forms.
Result<std::string> read_id(const YAML::Node& node, std::string_view where, std::string_view what) {
  const std::string id = node && node.IsScalar() ? node.Scalar() : "";
  const bool good = !id.empty() && id.size() <= 40 && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  if (!good) return yaml_error(node, where, fmt::format("{} needs a name of small letters, digits, - and _", what));
  return id;
}

/// A text in all three languages: nobody is asked in a language they did not choose.
Result<model::InLanguages> read_text(const YAML::Node& node, std::string_view where, std::string_view what) {
  model::InLanguages text;
  if (!node || !node.IsMap()) return yaml_error(node, where, fmt::format("{} must be written as {{en: …, zh-CN: …, zh-TW: …}}", what));
  Fields fields{node, where};
  for (std::size_t l = 0; l < std::size(kLanguages); ++l) fields.text(kLanguages[l], text[l]);
  WB_TRY(fields.finish());
  for (std::size_t l = 0; l < std::size(kLanguages); ++l) {
    if (text[l].empty()) return yaml_error(node, where, fmt::format("{} has no text in {}", what, kLanguages[l]));
  }
  return text;
}

const model::Reason* reason_named(const model::ReasonRules& rules, std::string_view name) {
  const auto found = std::ranges::find_if(rules.reasons, [&](const model::Reason& one) {
    return one.id == name || std::ranges::find(one.also, name) != one.also.end();
  });
  return found == rules.reasons.end() ? nullptr : &*found;
}

Result<SurveyChoice> read_choice(const YAML::Node& node, std::string_view where, const model::ReasonRules& rules) {
  SurveyChoice choice;
  if (node.IsScalar()) {  // a reason under its own name
    const model::Reason* reason = reason_named(rules, node.Scalar());
    if (reason == nullptr) return yaml_error(node, where, fmt::format("'{}' is no reason; presets/reasons.yaml lists them", node.Scalar()));
    return SurveyChoice{reason->id, reason->name, reason->id};
  }
  if (!node.IsMap()) return yaml_error(node, where, "a choice is {id: …, en: …, zh-CN: …, zh-TW: …}");
  Fields fields{node, where};
  fields.other("id");
  fields.text("reason", choice.reason);
  for (std::size_t l = 0; l < std::size(kLanguages); ++l) fields.text(kLanguages[l], choice.text[l]);
  WB_TRY(fields.finish());
  WB_ASSIGN(choice.id, read_id(node["id"], where, "a choice"));
  for (std::size_t l = 0; l < std::size(kLanguages); ++l) {
    if (choice.text[l].empty()) return yaml_error(node, where, fmt::format("the choice '{}' has no text in {}", choice.id, kLanguages[l]));
  }
  if (!choice.reason.empty()) {
    const model::Reason* reason = reason_named(rules, choice.reason);
    if (reason == nullptr) return yaml_error(node, where, fmt::format("'{}' is no reason; presets/reasons.yaml lists them", choice.reason));
    choice.reason = reason->id;
  }
  return choice;
}

Result<SurveyQuestion> read_question(const YAML::Node& node, std::string_view where, const model::ReasonRules& rules) {
  SurveyQuestion question;
  if (!node.IsMap()) return yaml_error(node, where, "a question begins with `- question: its-name`");
  Fields fields{node, where};
  std::string kind;
  for (const char* key : {"question", "ask", "choices", "low", "high"}) fields.other(key);
  fields.text("kind", kind);
  fields.flag("other", question.other);
  fields.flag("nps", question.nps);
  WB_TRY(fields.finish());
  WB_ASSIGN(question.id, read_id(node["question"], where, "a question"));
  WB_ASSIGN(question.text, read_text(node["ask"], where, "ask"));
  constexpr std::pair<std::string_view, QuestionKind> kKinds[] = {{"one", QuestionKind::one}, {"many", QuestionKind::many}, {"scale", QuestionKind::scale}, {"text", QuestionKind::text}};
  const auto* known = std::ranges::find(kKinds, kind, &std::pair<std::string_view, QuestionKind>::first);
  if (known == std::end(kKinds)) return yaml_error(node, where, "kind must be one, many, scale or text");
  question.kind = known->second;
  const bool chooses = question.kind == QuestionKind::one || question.kind == QuestionKind::many;
  const YAML::Node choices = node["choices"];
  if (chooses != (choices && choices.IsSequence() && choices.size() > 0)) {
    return yaml_error(node, where, chooses ? "this question needs choices" : "only questions of kind one and many have choices");
  }
  std::set<std::string> ids{"other"};
  for (const auto& one : choices) {
    WB_ASSIGN(SurveyChoice choice, read_choice(one, where, rules));
    if (!ids.insert(choice.id).second) return yaml_error(one, where, fmt::format("the choice '{}' stands twice, or is called other", choice.id));
    question.choices.push_back(std::move(choice));
  }
  if (question.choices.size() > kMostChoices) return yaml_error(node, where, "more choices than anybody reads");
  if ((question.other && !chooses) || (question.nps && question.kind != QuestionKind::scale)) {
    return yaml_error(node, where, "other belongs to choices, nps to a scale");
  }
  if (question.kind == QuestionKind::scale) {
    WB_ASSIGN(question.low, read_text(node["low"], where, "low"));
    WB_ASSIGN(question.high, read_text(node["high"], where, "high"));
  }
  return question;
}

}  // namespace

Result<Survey> read_survey(std::string_view text, std::string_view where, const model::ReasonRules& rules) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (!root.IsMap()) return base::fail(base::Code::invalid_input, "{}: a survey begins with a line `survey: its-name`", where);
  Survey survey;
  Fields fields{root, where};
  for (const char* key : {"survey", "title", "intro", "thanks", "questions"}) fields.other(key);
  WB_TRY(fields.finish());
  WB_ASSIGN(survey.id, read_id(root["survey"], where, "a survey"));
  WB_ASSIGN(survey.title, read_text(root["title"], where, "title"));
  if (root["intro"]) {
    WB_ASSIGN(survey.intro, read_text(root["intro"], where, "intro"));
  }
  WB_ASSIGN(survey.thanks, read_text(root["thanks"], where, "thanks"));
  const YAML::Node questions = root["questions"];
  if (!questions || !questions.IsSequence() || questions.size() == 0) return yaml_error(root, where, "a survey needs questions");
  if (questions.size() > kMostQuestions) return yaml_error(questions, where, "more questions than anybody answers");
  for (const auto& one : questions) {
    WB_ASSIGN(SurveyQuestion question, read_question(one, where, rules));
    if (std::ranges::find(survey.questions, question.id, &SurveyQuestion::id) != survey.questions.end()) {
      return yaml_error(one, where, fmt::format("the question '{}' stands twice", question.id));
    }
    survey.questions.push_back(std::move(question));
  }
  return survey;
}

Result<Surveys> load_surveys(const std::filesystem::path& data, const model::ReasonRules& rules, std::string_view business) {
  Surveys surveys;
  const auto add = [&](Survey survey) {
    std::erase_if(surveys, [&](const Survey& one) { return one.id == survey.id; });
    surveys.push_back(std::move(survey));
  };
  for (const gen::File& file : gen::files()) {
    if (!file.path.starts_with("templates/surveys/") || !file.path.ends_with(".yaml")) continue;
    WB_ASSIGN(Survey survey, read_survey(file.text, file.path, rules));
    add(std::move(survey));
  }
  std::error_code problem;
  std::vector<std::filesystem::path> own;
  for (std::filesystem::directory_iterator at{data / "surveys", problem}, end; !problem && at != end; at.increment(problem)) {
    if (at->path().extension() == ".yaml") own.push_back(at->path());
  }
  std::ranges::sort(own);
  for (const auto& file : own) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return base::fail(base::Code::unavailable, "{} cannot be read", file.string());
    WB_ASSIGN(Survey survey, read_survey(text.str(), "surveys/" + file.filename().string(), rules));
    add(std::move(survey));
  }
  for (Survey& survey : surveys) {
    for (SurveyQuestion& question : survey.questions) {
      std::erase_if(question.choices, [&](const SurveyChoice& choice) {
        const model::Reason* reason = choice.reason.empty() ? nullptr : reason_named(rules, choice.reason);
        return reason != nullptr && !reason->business.empty() && std::ranges::find(reason->business, business) == reason->business.end();
      });
    }
  }
  std::ranges::sort(surveys, {}, &Survey::id);
  return surveys;
}

const Survey* find_survey(const Surveys& surveys, std::string_view id) {
  const auto found = std::ranges::find(surveys, id, &Survey::id);
  return found == surveys.end() ? nullptr : &*found;
}

}  // namespace app
