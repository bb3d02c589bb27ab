#pragma once

#include <string>
#include <string_view>

#include "act/respond/reply.h"
#include "base/error.h"
#include "http/message.h"
#include "model/back.h"
#include "model/survey.h"
#include "port/act_store.h"
#include "text/language.h"

namespace app {

/// Answers are taken so long after the invitation.
inline constexpr std::chrono::days kSurveyOpenFor{14};

/// What a form says of one question; what it cannot say is left out.
model::SurveyAnswer answer_in(const http::Pairs& form, const model::SurveyQuestion& question, std::int64_t invitation, base::Instant at);

/// Keeps an answer in place of the one given before, and brings it to the reasons; one taken back is taken back there. A low
/// score ("how likely are you to recommend us?", 0 to 6) with words becomes a task for people, once. Within a transaction.
struct AnswerTools {
  port::ActStore& store;
  const act::respond::ReplyRules& rules;         ///< for what cannot wait
  text::Language task_language = text::Language::en;
};
base::Result<void> keep_answer(const model::SurveyAnswer& answer, const model::Survey& survey, const model::SurveyInvitation& invitation,
                               std::string_view language, const AnswerTools& tools, base::Instant now);

}  // namespace app
