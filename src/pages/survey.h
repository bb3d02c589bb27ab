#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/survey.h"
#include "pages/pages.h"

namespace pages {

/// One question on a page of its own, with what was answered before.
struct SurveyPage {
  const model::Survey* survey = nullptr;
  std::size_t at = 0;                 ///< which question
  std::vector<std::string> chosen;
  std::optional<std::int32_t> score;
  std::string words;
  std::string action;                 ///< where the form posts
};
/// Fields of its form: question, choice (once for each chosen; "other"), score, words, and go (next or back).
std::string survey(const Frame& frame, const SurveyPage& page);

/// It is finished. `again`: path to change the answers; empty = no link.
std::string survey_thanks(const Frame& frame, const model::Survey& survey, std::string_view again);

/// It is over: answers are not taken any more.
std::string survey_closed(const Frame& frame);

}  // namespace pages
