#include "app/onsite.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "access/answer.h"
#include "access/api_key.h"
#include "act/deliver/consent.h"
#include "app/inbox_answer.h"
#include "app/survey_answers.h"
#include "base/hash.h"
#include "gen/files.h"

namespace app {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;
using http::Request;
using http::Response;
using model::QuestionKind;
using model::SurveyInvitation;
using nlohmann::ordered_json;
using text::Word;

/// The next question of an invitation.
struct OnsiteRoutes::Asked {
  SurveyInvitation invitation;
  const model::Survey* survey = nullptr;
  const model::SurveyQuestion* question = nullptr;
};

namespace {

constexpr std::size_t kMostJson = 8 * 1024;
constexpr std::size_t kMostMessages = 20;
constexpr std::size_t kMostUser = 200;
constexpr std::string_view kChannel = "in_app";

/// The first address of the web in the text.
std::string link_in(std::string_view text) {
  const std::size_t at = std::min(text.find("https://"), text.find("http://"));
  if (at == std::string_view::npos) return {};
  return std::string{text.substr(at, text.find_first_of(" \t\r\n<>\"'", at) - at)};
}

std::string_view kind_name(QuestionKind kind) {
  switch (kind) {
    case QuestionKind::one: return "one";
    case QuestionKind::many: return "many";
    case QuestionKind::scale: return "scale";
    case QuestionKind::text: break;
  }
  return "text";
}

const model::SurveyQuestion* next_question(const model::Survey& survey, const std::vector<model::SurveyAnswer>& answers) {
  for (const model::SurveyQuestion& one : survey.questions) {
    if (std::ranges::find(answers, one.id, &model::SurveyAnswer::question) == answers.end()) return &one;
  }
  return nullptr;
}

ordered_json told(const model::SurveyQuestion& question, const SurveyInvitation& invitation, text::Language language) {
  const auto l = static_cast<std::size_t>(language);
  ordered_json choices = ordered_json::array();
  for (const model::SurveyChoice& one : question.choices) choices.push_back({{"id", one.id}, {"text", one.text[l]}});
  if (question.other) choices.push_back({{"id", "other"}, {"text", text::say(language, Word::survey_other)}});
  return {{"invitation", invitation.id}, {"question", question.id}, {"kind", kind_name(question.kind)}, {"ask", question.text[l]}, {"choices", std::move(choices)},
          {"low", question.low[l]}, {"high", question.high[l]}, {"words", question.other || question.kind == QuestionKind::text}};
}

/// What a page says of one question, as a form would.
http::Pairs form_of(const ordered_json& body) {
  http::Pairs form;
  if (body.contains("choices") && body["choices"].is_array()) {
    for (const auto& one : body["choices"]) {
      if (one.is_string()) form.emplace_back("choice", one.get<std::string>());
    }
  }
  if (body.contains("score") && body["score"].is_number_integer()) form.emplace_back("score", std::to_string(body["score"].get<std::int64_t>()));
  if (body.contains("words") && body["words"].is_string()) form.emplace_back("words", body["words"].get<std::string>());
  return form;
}

std::optional<std::int64_t> number(const ordered_json& body, const char* name) {
  if (!body.contains(name) || !body[name].is_number_integer()) return std::nullopt;
  return body[name].get<std::int64_t>();
}

}  // namespace

OnsiteRoutes::OnsiteRoutes(Doorway& door, const Surveys& surveys, const act::respond::ReplyRules& rules, Config config)
    : door_(door), surveys_(surveys), rules_(rules), config_(std::move(config)) {}

void OnsiteRoutes::mount(http::Router& router) {
  router.add("GET", "/onsite.js", [](const Request&) {
    return Response{200,
                    {{"Content-Type", "text/javascript; charset=utf-8"}, {"Cache-Control", "public, max-age=3600"}, {"X-Content-Type-Options", "nosniff"},
                     {"Cross-Origin-Resource-Policy", "cross-origin"}},
                    std::string{gen::file_text("templates/onsite/onsite.js")}};
  });
  for (const char* method : {"GET", "POST"}) {
    router.add(method, "/v1/onsite", [this](const Request& request) {
      Response response = answer(request);
      if (config_.allow_origin) config_.allow_origin(request, response);
      return response;
    });
  }
}

Result<std::optional<std::string>> OnsiteRoutes::proven(const Request& request) {
  const std::optional<std::string> nobody;
  constexpr std::string_view kScheme = "Onsite ";
  std::string_view header = request.header("authorization");
  if (!header.starts_with(kScheme)) return nobody;
  header.remove_prefix(kScheme.size());
  const std::size_t blank = header.find(' ');
  if (blank != 64) return nobody;
  const auto user = http::decode_segment(header.substr(blank + 1));
  if (!user || user->empty() || user->size() > kMostUser) return nobody;
  WB_ASSIGN(const auto keys, door_.store().keys().list());
  bool good = false;
  for (const model::ApiKey& key : keys) {
    if (key.revoked_at || !entry::opens(key, "onsite")) continue;
    good = base::same_secret(base::to_hex(base::hmac_sha256(key.digest, *user)), header.substr(0, blank)) || good;
  }
  return good ? user : nobody;
}

Response OnsiteRoutes::answer(const Request& request) {
  const Instant now = door_.clock().now();
  const auto user = proven(request);
  if (!user) return entry::failed(user.error());
  if (!*user) {
    if (!by_stranger_.allow(request.remote_ip, now)) return entry::too_many(10);
    return entry::refuse(401, "unauthorized", "the signature of this user is not one of the shop's");
  }
  if (!by_user_.allow(**user, now)) return entry::too_many(5);
  std::string thanks;
  if (request.method == "POST") {
    const auto taken = take(request, **user, now, thanks);
    if (!taken) return entry::failed(taken.error());
  }
  const auto messages = door_.store().inbox().of_customer(**user, now);
  if (!messages) return entry::failed(messages.error());
  ordered_json list = ordered_json::array();
  for (const model::InboxMessage& one : *messages) {
    if (list.size() == kMostMessages) break;
    list.push_back({{"id", one.id}, {"subject", one.content.subject}, {"text", one.content.text}, {"url", link_in(one.content.text)}, {"language", one.content.language},
                    {"at", base::to_string(one.created_at)}, {"read", one.read_at.has_value()}});
  }
  const auto asked = due(**user, now);
  if (!asked) return entry::failed(asked.error());
  const text::Language language = door_.language_of(request, nullptr);
  ordered_json body{{"messages", std::move(list)},
                    {"question", *asked ? told(*(*asked)->question, (*asked)->invitation, language) : ordered_json(nullptr)},
                    {"thanks", thanks},
                    {"words", {{"close", text::say(language, Word::onsite_close)}, {"look", text::say(language, Word::onsite_look)}, {"send", text::say(language, Word::survey_send)}}}};
  return entry::json_answer(200, body.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

Result<void> OnsiteRoutes::take(const Request& request, const std::string& user, Instant now, std::string& thanks) {
  if (request.body.size() > kMostJson) return fail(Code::invalid_input, "the body is larger than {} bytes", kMostJson);
  const auto body = ordered_json::parse(request.body, nullptr, false);
  if (!body.is_object()) return fail(Code::invalid_input, "the body must be one JSON object, such as {{\"read\": 17}}");
  if (body.contains("invitation")) return take_survey(request, user, now, thanks);
  const auto read = number(body, "read"), click = number(body, "click");
  if (read.has_value() == click.has_value()) return fail(Code::invalid_input, "either read or click must name a message, or invitation a survey");
  return door_.actions().conduct([&](act::deliver::Conductor& conductor) {
    return note_inbox(read ? *read : *click, user, read ? model::ResponseKind::opened : model::ResponseKind::clicked, door_.store(), conductor, now);
  });
}

Result<void> OnsiteRoutes::take_survey(const Request& request, const std::string& user, Instant now, std::string& thanks) {
  const auto body = ordered_json::parse(request.body, nullptr, false);
  const text::Language language = door_.language_of(request, nullptr);
  const auto id = number(body, "invitation");
  const bool dismiss = body.contains("dismiss") && body["dismiss"] == true;
  const std::string named = body.contains("question") && body["question"].is_string() ? body["question"].get<std::string>() : "";
  return door_.actions().conduct([&](act::deliver::Conductor& conductor) -> Result<void> {
    port::ActStore& store = door_.store();
    WB_ASSIGN(const auto invitation, store.surveys().find(id.value_or(0)));
    const model::Survey* survey = invitation ? find_survey(surveys_, invitation->survey) : nullptr;
    const bool theirs = invitation && invitation->customer_id == user && invitation->message_id == 0 && invitation->channel == kChannel;
    if (!theirs || survey == nullptr || now >= invitation->invited_at + kSurveyOpenFor) return fail(Code::not_found, "this customer has no such invitation");
    const auto question = std::ranges::find(survey->questions, named, &model::SurveyQuestion::id);
    if (!dismiss && question == survey->questions.end()) return fail(Code::invalid_input, "question must be one of the survey's");
    if (!dismiss) {
      const model::SurveyAnswer said = answer_in(form_of(body), *question, invitation->id, now);
      WB_TRY(keep_answer(said, *survey, *invitation, text::name_of(language), {store, rules_, config_.task_language}, now));
    }
    // What was passed over is kept as an empty answer, so that it is not asked again.
    WB_ASSIGN(auto answers, store.surveys().answers(invitation->id));
    for (const model::SurveyQuestion& one : survey->questions) {
      const bool open = std::ranges::find(answers, one.id, &model::SurveyAnswer::question) == answers.end();
      if (open && (dismiss || one.id == named)) WB_TRY(store.surveys().answer({.invitation_id = invitation->id, .question = one.id, .choices = {}, .score = {}, .text = {}, .at = now}));
    }
    WB_ASSIGN(answers, store.surveys().answers(invitation->id));
    WB_ASSIGN(const auto after, store.surveys().find(invitation->id));
    if (!after || !after->started_at) return {};  // passing over is no answer
    if (!dismiss && next_question(*survey, answers) == nullptr) {
      WB_TRY(store.surveys().mark(invitation->id, model::SurveyMark::finished, now));
      thanks = survey->thanks[static_cast<std::size_t>(language)];
    }
    WB_TRY(conductor.take({.key = fmt::format("survey/{}", invitation->id), .kind = model::ResponseKind::answered, .customer_id = user, .at = now}, now));
    return {};
  });
}

/// Known customers who did not refuse to be spoken to here; some of them, each for one rest.
Result<bool> OnsiteRoutes::may_be_asked(const std::string& user, Instant now) {
  WB_ASSIGN(const auto person, door_.store().people().find(user));
  if (!person) return false;
  WB_ASSIGN(const auto said, door_.store().people().consents(user));
  if (act::deliver::in_force(said, kChannel, "survey", now, now) == model::ConsentState::withdrawn) return false;
  const std::int64_t turn = base::millis(now) / 1000 / std::max<std::int64_t>(config_.survey.rest.count(), 1);
  const base::Digest drawn = door_.store().sign("survey", fmt::format("{}\nonsite\n{}", user, turn));
  return (static_cast<double>(drawn[0]) * 256 + static_cast<double>(drawn[1])) / 65536 < config_.survey.share;
}

Result<std::optional<OnsiteRoutes::Asked>> OnsiteRoutes::due(const std::string& user, Instant now) {
  std::optional<Asked> asked;
  const model::Survey* survey = config_.survey.onsite.empty() ? nullptr : find_survey(surveys_, config_.survey.onsite);
  if (survey == nullptr) return asked;
  port::ActStore& store = door_.store();
  const auto look = [&]() -> Result<std::optional<SurveyInvitation>> {
    WB_ASSIGN(const auto last, store.surveys().last_of(user));
    const bool here = last && last->message_id == 0 && last->channel == kChannel && last->survey == survey->id;
    if (here && now < last->invited_at + kSurveyOpenFor) return last;
    return std::optional<SurveyInvitation>{};
  };
  WB_ASSIGN(auto invitation, look());
  if (!invitation) {
    WB_ASSIGN(const auto last, store.surveys().last_of(user));
    if (last && now - last->invited_at < config_.survey.rest) return asked;
    WB_ASSIGN(const bool may, may_be_asked(user, now));
    if (!may) return asked;
    // Two pages may ask at once: whoever comes second finds the first one's.
    WB_TRY(door_.actions().conduct([&](act::deliver::Conductor&) -> Result<void> {
      WB_ASSIGN(invitation, look());
      if (invitation) return {};
      WB_ASSIGN(invitation, store.surveys().invite({.survey = survey->id, .customer_id = user, .message_id = 0, .channel = std::string{kChannel}, .invited_at = now}));
      return store.surveys().mark(invitation->id, model::SurveyMark::opened, now);
    }));
  }
  WB_ASSIGN(const auto answers, store.surveys().answers(invitation->id));
  if (const model::SurveyQuestion* next = next_question(*survey, answers)) asked = Asked{*invitation, survey, next};
  return asked;
}

}  // namespace app
