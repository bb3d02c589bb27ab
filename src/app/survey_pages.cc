#include "app/survey_pages.h"

#include <algorithm>
#include <charconv>

#include "app/survey_answers.h"
#include "pages/survey.h"

namespace app {

using act::respond::Use;
using base::Instant;
using base::Result;
using http::Request;
using http::Response;
using model::SurveyAnswer;

/// An invitation that a token opened.
struct SurveyPages::Open {
  const model::Survey* survey = nullptr;
  model::SurveyInvitation invitation;
  std::optional<model::Message> message;
};

namespace {

/// A form is answered with the address of the next page, so that going back or asking again sends nothing twice.
Response see(std::string where) { return {303, {{"Location", std::move(where)}, {"Cache-Control", "no-store"}, {"Referrer-Policy", "no-referrer"}}, ""}; }

}  // namespace

SurveyPages::SurveyPages(Doorway& door, const Surveys& surveys, const act::respond::ReplyRules& rules, text::Language shop_language)
    : door_(door), surveys_(surveys), rules_(rules), shop_language_(shop_language) {}

void SurveyPages::mount(http::Router& router) {
  router.add("GET", "/s/:token", opened(&SurveyPages::show));
  router.add("POST", "/s/:token", opened(&SurveyPages::take));
}

http::Handler SurveyPages::opened(Response (SurveyPages::*page)(const Request&, const Open&)) {
  return [this, page](const Request& request) -> Response {
    const auto token = act::respond::read_token(door_.links().sign(), Use::survey, request.part("token"));
    if (!token) return door_.stranger(request);
    if (!door_.may(request)) return door_.busy(request);
    Open open;
    const Result<void> found = [&]() -> Result<void> {
      WB_ASSIGN(const auto invitation, door_.store().surveys().find(token->message_id));
      if (!invitation) return {};
      open.invitation = *invitation;
      open.survey = find_survey(surveys_, invitation->survey);
      if (invitation->message_id != 0) {
        WB_ASSIGN(open.message, door_.store().outbox().find(invitation->message_id));
      }
      return {};
    }();
    if (!found) return door_.failed(request, found.error(), nullptr);
    const model::Message* message = open.message ? &*open.message : nullptr;
    if (open.survey == nullptr) return http::html(404, pages::expired(door_.frame(request, message)));
    if (door_.clock().now() >= open.invitation.invited_at + kSurveyOpenFor) return http::html(410, pages::survey_closed(door_.frame(request, message)));
    return (this->*page)(request, open);
  };
}

std::string SurveyPages::path(const Open& open, std::string_view at, const Request& request) const {
  const std::string mark = Doorway::language_mark(request);
  return fmt::format("{}/s/{}{}{}{}", door_.links().prefix(), act::respond::make_token(door_.links().sign(), Use::survey, {open.invitation.id, 0}), mark,
                     at.empty() ? "" : mark.empty() ? "?at=" : "&at=", at);
}

Response SurveyPages::show(const Request& request, const Open& open) {
  const model::Message* message = open.message ? &*open.message : nullptr;
  const auto answers = door_.store().surveys().answers(open.invitation.id);
  if (!answers) return door_.failed(request, answers.error(), message);
  // Coming here is a click on the letter; only what a person opened counts as opened.
  double human = 1;
  if (message != nullptr && request.method != "HEAD" && !request.field("at")) human = door_.record(request, *message, model::ResponseKind::clicked, 0);
  if (human >= 0.5 && request.method != "HEAD") {
    if (const auto marked = door_.store().surveys().mark(open.invitation.id, model::SurveyMark::opened, door_.clock().now()); !marked) {
      return door_.failed(request, marked.error(), message);
    }
  }
  const pages::Frame frame = door_.frame(request, message);
  const auto& questions = open.survey->questions;
  const auto answered = [&](const model::SurveyQuestion& question) { return std::ranges::find(*answers, question.id, &SurveyAnswer::question); };
  std::string_view asked = request.field("at").value_or("");
  if (asked == "done") return http::html(200, pages::survey_thanks(frame, *open.survey, path(open, "1", request)));
  std::size_t number = 0;
  const auto [end, wrong] = std::from_chars(asked.data(), asked.data() + asked.size(), number);
  const bool named = wrong == std::errc{} && end == asked.data() + asked.size() && number >= 1 && number <= questions.size();
  std::size_t at = named ? number - 1 : 0;
  while (!named && at + 1 < questions.size() && answered(questions[at]) != answers->end()) ++at;
  pages::SurveyPage page{.survey = open.survey, .at = at, .action = path(open, "", request)};
  if (const auto before = answered(questions[at]); before != answers->end()) {
    page.chosen = before->choices;
    page.score = before->score;
    page.words = before->text;
  }
  return http::html(200, pages::survey(frame, page));
}

Response SurveyPages::take(const Request& request, const Open& open) {
  const model::Message* message = open.message ? &*open.message : nullptr;
  const http::Pairs form = http::parse_form(request.body);
  const auto& questions = open.survey->questions;
  const auto question = std::ranges::find(questions, http::find(form, "question").value_or(""), &model::SurveyQuestion::id);
  if (question == questions.end()) return see(path(open, "", request));
  const Instant now = door_.clock().now();
  const std::size_t at = static_cast<std::size_t>(question - questions.begin());
  const bool back = http::find(form, "go") == "back";
  const bool last = !back && at + 1 == questions.size();
  const SurveyAnswer answer = answer_in(form, *question, open.invitation.id, now);
  const std::string_view language = text::name_of(door_.language_of(request, message));
  const Result<void> done = door_.actions().conduct([&](act::deliver::Conductor& conductor) -> Result<void> {
    const AnswerTools tools{door_.store(), rules_, shop_language_};
    WB_TRY(keep_answer(answer, *open.survey, open.invitation, language, tools, now));
    WB_ASSIGN(const auto invitation, door_.store().surveys().find(open.invitation.id));
    if (!invitation || !invitation->started_at) return {};  // pages turned without a word are no answer
    if (last) WB_TRY(door_.store().surveys().mark(open.invitation.id, model::SurveyMark::finished, now));
    model::Response response{.key = fmt::format("survey/{}", open.invitation.id), .kind = model::ResponseKind::answered, .customer_id = open.invitation.customer_id, .at = now};
    if (message != nullptr) {
      response.message_id = message->id;
      response.enrolment_id = message->enrolment_id;
      response.campaign_id = message->campaign_id;
      response.step = message->step;
    }
    WB_TRY(conductor.take(response, now));
    return {};
  });
  if (!done) return door_.failed(request, done.error(), message);
  if (last) return see(path(open, "done", request));
  return see(path(open, std::to_string(back ? std::max<std::size_t>(at, 1) : at + 2), request));
}

}  // namespace app
