#pragma once

#include <functional>
#include <optional>
#include <string>

#include "act/respond/reply.h"
#include "app/act_settings.h"
#include "app/doorway.h"
#include "app/survey_yaml.h"
#include "http/router.h"

namespace app {

/// Messages and questions on the shop's own pages. Thread-safe.
///   GET  /onsite.js   the script that shows them
///   GET  /v1/onsite   the customer's in-app messages and, where one is due, one question of a survey
///   POST /v1/onsite   {read: id}, {click: id}, {invitation, question, choices, score, words} or {invitation, dismiss: true};
///                     answers with what is there now
/// Who asks is proven by the shop: `Authorization: Onsite SIGNATURE USER`, with USER percent-encoded and SIGNATURE the HMAC-SHA256 of
/// it (not encoded), in hexadecimal digits, under the SHA-256 of a key of scope `onsite` (64 digits in small letters). Only messages
/// under that very id are told, not those of ids joined with it: whoever holds the public key of events could join any.
class OnsiteRoutes {
 public:
  struct Config {
    SurveySettings survey;
    text::Language task_language = text::Language::en;  ///< the shop's
    /// Lets a page of the shop's read the answer (EventRoutes::allow_origin).
    std::function<void(const http::Request& request, http::Response& response)> allow_origin;
  };

  /// All outlive this object.
  OnsiteRoutes(Doorway& door, const Surveys& surveys, const act::respond::ReplyRules& rules, Config config);

  /// Adds the routes. This object outlives the router.
  void mount(http::Router& router);

 private:
  struct Asked;
  http::Response answer(const http::Request& request);
  base::Result<std::optional<std::string>> proven(const http::Request& request);
  base::Result<void> take(const http::Request& request, const std::string& user, base::Instant now, std::string& thanks);
  base::Result<void> take_survey(const http::Request& request, const std::string& user, base::Instant now, std::string& thanks);
  base::Result<std::optional<Asked>> due(const std::string& user, base::Instant now);
  base::Result<bool> may_be_asked(const std::string& user, base::Instant now);

  Doorway& door_;
  const Surveys& surveys_;
  const act::respond::ReplyRules& rules_;
  const Config config_;
  http::RateLimiter by_user_{1, 30};
  http::RateLimiter by_stranger_{0.5, 20};  // requests with signatures that are none
};

}  // namespace app
