#include "app/survey_answers.h"

#include <algorithm>
#include <charconv>

#include "act/respond/mime_read.h"
#include "app/reply_intake.h"

namespace app {

using base::Instant;
using base::Result;
using model::QuestionKind;
using model::Survey;
using model::SurveyAnswer;
using model::SurveyInvitation;
using model::SurveyQuestion;
using text::Word;

namespace {

constexpr std::size_t kMostWords = 4000;
constexpr std::int32_t kDetractor = 6;  // Reichheld 2003: 0 to 6

std::string words_of(const http::Pairs& form) {
  const std::string_view words = act::respond::trimmed(http::find(form, "words").value_or(""));
  std::size_t size = std::min(words.size(), kMostWords);
  while (size > 0 && size < words.size() && (static_cast<unsigned char>(words[size]) & 0xC0U) == 0x80U) --size;  // whole characters
  return std::string{words.substr(0, size)};
}

const SurveyQuestion* question_named(const Survey& survey, std::string_view id) {
  const auto found = std::ranges::find(survey.questions, id, &SurveyQuestion::id);
  return found == survey.questions.end() ? nullptr : &*found;
}

bool chose(const SurveyAnswer& answer, std::string_view id) { return std::ranges::find(answer.choices, id) != answer.choices.end(); }

/// What the answer says to the reasons, piece by piece; a piece that was said before and is not now is said empty.
Result<void> bring_to_reasons(const SurveyAnswer& now_said, const SurveyAnswer& before, const SurveyQuestion& question, const SurveyInvitation& invitation,
                              std::string_view language, port::ActStore& store) {
  const auto say = [&](std::string_view piece, std::string kind, std::optional<double> score, std::string reason, std::string text) {
    return store.back().say({.customer_id = invitation.customer_id,
                             .feedback_id = fmt::format("survey/{}/{}/{}", invitation.id, question.id, piece),
                             .said_at = now_said.at,
                             .kind = std::move(kind),
                             .score = score,
                             .language = std::string{language},
                             .reason = std::move(reason),
                             .text = std::move(text)});
  };
  const std::string kind = question.nps ? "nps" : "survey";
  for (const model::SurveyChoice& choice : question.choices) {
    if (choice.reason.empty()) continue;
    const bool now = chose(now_said, choice.id), then = chose(before, choice.id);
    if (now || then) WB_TRY(say(choice.id, kind, std::nullopt, now ? choice.reason : "", ""));
  }
  if (now_said.score || before.score) {
    WB_TRY(say("score", kind, now_said.score ? std::optional<double>{*now_said.score} : std::nullopt, "", ""));
  }
  if (!now_said.text.empty() || !before.text.empty()) WB_TRY(say("words", kind, std::nullopt, "", now_said.text));
  return {};
}

Result<void> call_people(const Survey& survey, const SurveyInvitation& invitation, const AnswerTools& tools, Instant now) {
  WB_ASSIGN(const auto answers, tools.store.surveys().answers(invitation.id));
  std::string words;
  bool detractor = false;
  for (const SurveyAnswer& one : answers) {
    const SurveyQuestion* question = question_named(survey, one.question);
    if (question == nullptr) continue;
    detractor = detractor || (question->nps && one.score && *one.score <= kDetractor);
    if (!one.text.empty()) words += (words.empty() ? "" : "\n") + one.text;
  }
  if (words.empty()) return {};
  const bool urgent = act::respond::read_reply({.channel = "survey", .text = words}, tools.rules).urgent;
  if (!detractor && !urgent) return {};
  std::string campaign;
  if (invitation.message_id != 0) {
    WB_ASSIGN(const auto message, tools.store.outbox().find(invitation.message_id));
    if (message) campaign = message->campaign_id;
  }
  return ask_people({.key = fmt::format("survey/{}", invitation.id),
                     .queue = urgent ? "urgent" : "care",
                     .customer_id = invitation.customer_id,
                     .campaign_id = campaign,
                     .title = text::say(tools.task_language, Word::survey_task_detractor, fmt::arg("survey", survey.title[static_cast<std::size_t>(tools.task_language)])),
                     .script = words},
                    tools.store, now);
}

}  // namespace

SurveyAnswer answer_in(const http::Pairs& form, const SurveyQuestion& question, std::int64_t invitation, Instant at) {
  SurveyAnswer answer{.invitation_id = invitation, .question = question.id, .at = at};
  const bool chooses = question.kind == QuestionKind::one || question.kind == QuestionKind::many;
  if (chooses) {
    for (const auto& [name, value] : form) {
      if (name != "choice" || chose(answer, value)) continue;
      const bool known = (value == "other" && question.other) || std::ranges::find(question.choices, value, &model::SurveyChoice::id) != question.choices.end();
      if (known && (question.kind == QuestionKind::many || answer.choices.empty())) answer.choices.push_back(value);
    }
    if (question.other) answer.text = words_of(form);
    // Words without the tick mean the tick.
    if (!answer.text.empty() && !chose(answer, "other") && (question.kind == QuestionKind::many || answer.choices.empty())) answer.choices.emplace_back("other");
    if (!chose(answer, "other")) answer.text.clear();
  } else if (question.kind == QuestionKind::scale) {
    const std::string_view text = http::find(form, "score").value_or("");
    std::int32_t score = -1;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), score);
    if (wrong == std::errc{} && end == text.data() + text.size() && score >= 0 && score <= 10) answer.score = score;
  } else {
    answer.text = words_of(form);
  }
  return answer;
}

Result<void> keep_answer(const SurveyAnswer& answer, const Survey& survey, const SurveyInvitation& invitation, std::string_view language,
                         const AnswerTools& tools, Instant now) {
  const SurveyQuestion* question = question_named(survey, answer.question);
  if (question == nullptr) return base::fail(base::Code::invalid_input, "the survey has no question '{}'", answer.question);
  WB_ASSIGN(const auto answers, tools.store.surveys().answers(invitation.id));
  const auto found = std::ranges::find(answers, answer.question, &SurveyAnswer::question);
  const SurveyAnswer before = found == answers.end() ? SurveyAnswer{} : *found;
  const bool empty = answer.choices.empty() && !answer.score && answer.text.empty();
  const bool same = answer.choices == before.choices && answer.score == before.score && answer.text == before.text;
  if (same || (empty && found == answers.end())) return {};
  WB_TRY(tools.store.surveys().answer(answer));
  if (!empty) WB_TRY(tools.store.surveys().mark(invitation.id, model::SurveyMark::started, now));
  WB_TRY(bring_to_reasons(answer, before, *question, invitation, language, tools.store));
  return call_people(survey, invitation, tools, now);
}

}  // namespace app
