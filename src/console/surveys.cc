#include "app/reasons_yaml.h"
#include "app/survey_results.h"
#include "console/mount.h"
#include "console/snapshot.h"

namespace console {

using base::Result;

namespace {

Result<app::Surveys> surveys_of(const Ask& ask) {
  WB_ASSIGN(const app::Settings settings, settings_now(ask.at));
  WB_ASSIGN(const model::ReasonRules rules, app::load_reason_rules(ask.at.data));
  return app::load_surveys(ask.at.data, rules, settings.business);
}

Result<Reply> surveys(const Ask& ask) {
  WB_ASSIGN(const app::Surveys known, surveys_of(ask));
  WB_ASSIGN(const std::string list, app::surveys_json(known, ask.at.store, ask.language));
  return Reply{"{\"surveys\": " + list + "}\n"};
}

Result<Reply> results(const Ask& ask) {
  WB_ASSIGN(const app::Surveys known, surveys_of(ask));
  WB_ASSIGN(const std::string told, app::survey_results_json(known, ask.part("name"), ask.at.store, ask.language));
  return Reply{told + "\n"};
}

}  // namespace

void mount_surveys(Routes& routes) {
  routes.get("/api/surveys", surveys);
  routes.get("/api/surveys/:name", results);
}

}  // namespace console
