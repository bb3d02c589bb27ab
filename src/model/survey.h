#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/reason.h"

namespace model {

enum class QuestionKind : std::uint8_t {
  one,    ///< one of the choices
  many,   ///< any of them
  scale,  ///< 0 to 10
  text,   ///< free words
};

struct SurveyChoice {
  std::string id;
  InLanguages text;
  std::string reason;   ///< of the taxonomy, why somebody left; empty = none
};

struct SurveyQuestion {
  std::string id;
  QuestionKind kind = QuestionKind::one;
  InLanguages text;
  std::vector<SurveyChoice> choices;
  bool other = false;        ///< "something else", with a line for words
  bool nps = false;          ///< of a scale: "how likely are you to recommend us?"
  InLanguages low, high;     ///< what the ends of a scale mean
};

/// A survey: one question a page, none of them must be answered.
struct Survey {
  std::string id;
  InLanguages title;
  InLanguages intro;         ///< above the first question; may be empty
  InLanguages thanks;
  std::vector<SurveyQuestion> questions;
};

}  // namespace model
