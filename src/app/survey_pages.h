#pragma once

#include "act/respond/reply.h"
#include "app/doorway.h"
#include "app/survey_yaml.h"
#include "http/router.h"

namespace app {

/// The pages of a survey: one question each, plain forms, every answer kept as it is given. Thread-safe.
///   GET  /s/:token         the next question that has no answer; ?at=2 that question; ?at=done the thanks
///   POST /s/:token         keeps the answer of one question and leads on
class SurveyPages {
 public:
  /// All outlive this object. `rules` say what cannot wait; tasks are written in the shop's language.
  SurveyPages(Doorway& door, const Surveys& surveys, const act::respond::ReplyRules& rules, text::Language shop_language);

  /// Adds the routes. This object outlives the router.
  void mount(http::Router& router);

 private:
  struct Open;
  http::Handler opened(http::Response (SurveyPages::*page)(const http::Request&, const Open&));
  http::Response show(const http::Request& request, const Open& open);
  http::Response take(const http::Request& request, const Open& open);
  std::string path(const Open& open, std::string_view at, const http::Request& request) const;

  Doorway& door_;
  const Surveys& surveys_;
  const act::respond::ReplyRules& rules_;
  const text::Language shop_language_;
};

}  // namespace app
