#include "pages/survey.h"

#include <algorithm>

#include "pages/parts.h"
#include "text/html.h"

namespace pages {

using model::QuestionKind;
using text::escape_html;
using text::say;
using text::Word;

namespace {

const std::string& in(const Frame& frame, const model::InLanguages& text) { return text[static_cast<std::size_t>(frame.language)]; }

std::string choices(const Frame& frame, const model::SurveyQuestion& question, const SurveyPage& page) {
  const std::string_view kind = question.kind == QuestionKind::one ? "radio" : "checkbox";
  const auto on = [&](std::string_view id) { return std::ranges::find(page.chosen, id) != page.chosen.end(); };
  std::string out;
  for (const model::SurveyChoice& choice : question.choices) out += option(kind, "choice", choice.id, on(choice.id), escape_html(in(frame, choice.text)));
  if (!question.other) return out;
  out += option(kind, "choice", "other", on("other"), said(frame, Word::survey_other));
  out += fmt::format("<input class=\"words\" name=\"words\" maxlength=\"2000\" aria-label=\"{}\" value=\"{}\">\n", said(frame, Word::survey_other), escape_html(page.words));
  return out;
}

std::string scale(const Frame& frame, const model::SurveyQuestion& question, const SurveyPage& page) {
  std::string out = "<div class=\"scale\">\n";
  for (std::int32_t i = 0; i <= 10; ++i) {
    out += fmt::format("<label><input type=\"radio\" name=\"score\" value=\"{0}\"{1}><span>{0}</span></label>\n", i, page.score == i ? " checked" : "");
  }
  return out + fmt::format("</div>\n<p class=\"ends\"><span>0: {}</span><span>10: {}</span></p>\n", escape_html(in(frame, question.low)), escape_html(in(frame, question.high)));
}

std::string words(const SurveyPage& page) {
  return fmt::format("<textarea name=\"words\" rows=\"5\" maxlength=\"4000\" aria-labelledby=\"top\">{}</textarea>\n", escape_html(page.words));
}

}  // namespace

std::string survey(const Frame& frame, const SurveyPage& page) {
  const model::Survey& whole = *page.survey;
  const model::SurveyQuestion& question = whole.questions[page.at];
  std::string main;
  if (page.at == 0 && !in(frame, whole.intro).empty()) main += "<p>" + escape_html(in(frame, whole.intro)) + "</p>\n";
  main += fmt::format("<p class=\"step\">{}</p>\n",
                      escape_html(say(frame.language, Word::survey_step, fmt::arg("number", page.at + 1), fmt::arg("count", whole.questions.size()))));
  main += fmt::format("<form method=\"post\" action=\"{}\">\n<input type=\"hidden\" name=\"question\" value=\"{}\">\n", escape_html(page.action), escape_html(question.id));
  main += fmt::format("<fieldset><legend><h1 id=\"top\">{}</h1></legend>\n", escape_html(in(frame, question.text)));
  switch (question.kind) {
    case QuestionKind::one:
    case QuestionKind::many: main += choices(frame, question, page); break;
    case QuestionKind::scale: main += scale(frame, question, page); break;
    case QuestionKind::text: main += words(page); break;
  }
  main += "</fieldset>\n";
  const bool last = page.at + 1 == whole.questions.size();
  // The first button is the one that Enter presses.
  main += fmt::format("<button name=\"go\" value=\"next\">{}</button>\n", said(frame, last ? Word::survey_send : Word::survey_next));
  if (page.at > 0) main += fmt::format("<button class=\"plain\" name=\"go\" value=\"back\">{}</button>\n", said(frame, Word::survey_back));
  main += fmt::format("</form>\n<p>{}</p>\n", said(frame, Word::survey_note));
  return document(frame, escape_html(in(frame, whole.title)), main);
}

std::string survey_thanks(const Frame& frame, const model::Survey& survey, std::string_view again) {
  std::string main = heading(escape_html(in(frame, survey.thanks)));
  if (!again.empty()) main += "<p>" + link(again, said(frame, Word::survey_again)) + "</p>\n";
  return document(frame, escape_html(in(frame, survey.title)), main);
}

std::string survey_closed(const Frame& frame) { return notice(frame, Word::survey_closed_title, said(frame, Word::survey_closed), ""); }

}  // namespace pages
