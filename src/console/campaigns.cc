#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "app/describe_campaign.h"
#include "app/domain.h"
#include "app/launch.h"
#include "app/task_finish.h"
#include "collect/csv_writer.h"
#include "console/graph.h"
#include "console/mount.h"
#include "console/snapshot.h"

namespace console {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr double kConfidence = 0.95;

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

Result<model::Campaign> campaign_named(const Ask& ask) {
  WB_ASSIGN(auto found, ask.at.store.campaigns().find(ask.part("id")));
  if (!found) return fail(Code::not_found, "there is no campaign '{}'", ask.part("id"));
  return std::move(*found);
}

Result<Reply> list_campaigns(const Ask& ask) {
  WB_ASSIGN(const auto campaigns, ask.at.store.campaigns().list());
  ordered_json list = ordered_json::array();
  for (const model::Campaign& one : campaigns) {
    WB_ASSIGN(const auto standings, ask.at.store.counts().enrolments(one.id));
    std::uint64_t open = 0, finished = 0, controls = 0;
    for (const auto& standing : standings) {
      (standing.state.starts_with("finished") ? finished : open) += standing.customers;
      if (standing.control) controls += standing.customers;
    }
    list.push_back({{"id", one.id}, {"journey", one.journey}, {"state", model::name_of(one.state)}, {"pause_reason", one.pause_reason}, {"version", one.version},
                    {"launched_at", base::to_string(one.launched_at)}, {"plan_id", one.plan_id}, {"holdout_share", one.holdout_share}, {"on_the_way", open}, {"finished", finished}, {"controls", controls}});
  }
  return Reply{dump({{"campaigns", std::move(list)}})};
}

Result<Reply> one_campaign(const Ask& ask) {
  WB_ASSIGN(const model::Campaign campaign, campaign_named(ask));
  WB_ASSIGN(app::Workplace place, app::open_workplace(ask.at.common, false));
  WB_ASSIGN(const app::CampaignStatus status, app::status_of(campaign, ask.at.store));
  ordered_json json{{"id", campaign.id}, {"journey", campaign.journey}, {"state", model::name_of(campaign.state)}, {"pause_reason", campaign.pause_reason}, {"version", campaign.version},
                    {"launched_at", base::to_string(campaign.launched_at)}, {"plan_id", campaign.plan_id}, {"holdout_share", campaign.holdout_share}};
  const model::Journey* journey = place.desk->journey(campaign.id, campaign.version);
  if (journey == nullptr) return fail(Code::corrupt, "version {} of {} cannot be read any more", campaign.version, campaign.id);
  const std::map<std::string, app::StepStatus> steps{status.steps.begin(), status.steps.end()};
  json["graph"] = ordered_json::parse(graph_json(*journey, steps, ask.language));
  json["versions"] = ordered_json::array();
  for (std::uint32_t version = campaign.version; version >= 1; --version) {
    WB_ASSIGN(const auto stored, ask.at.store.campaigns().version(campaign.id, version));
    if (stored) json["versions"].push_back({{"version", version}, {"launched_at", base::to_string(stored->launched_at)}, {"launched_by", stored->launched_by}, {"source", stored->source}});
  }
  WB_ASSIGN(const auto standings, ask.at.store.counts().enrolments(campaign.id));
  json["standings"] = ordered_json::array();
  for (const auto& one : standings) json["standings"].push_back({{"step", one.step}, {"state", one.state}, {"control", one.control}, {"customers", one.customers}});
  WB_ASSIGN(const auto fates, ask.at.store.counts().messages(campaign.id));
  json["fates"] = ordered_json::array();
  for (const auto& one : fates) json["fates"].push_back({{"step", one.step}, {"state", model::name_of(one.state)}, {"detail", one.detail}, {"messages", one.messages}});
  WB_ASSIGN(const auto complaints, ask.at.store.counts().complaints(campaign.id, ask.at.clock.now() - std::chrono::days{7}));
  json["complaints"] = {{"accepted", complaints.accepted}, {"complained", complaints.complained}};
  json["letters"] = ordered_json::parse(letters_of_json(*journey, *place.desk));
  return Reply{dump(json)};
}

ordered_json interval(double value, double low, double high, bool known) {
  if (!known || !std::isfinite(low) || !std::isfinite(high)) return nullptr;
  return {{"value", value}, {"low", low}, {"high", high}};
}

Result<Reply> results(const Ask& ask) {
  WB_ASSIGN(const model::Campaign campaign, campaign_named(ask));
  WB_ASSIGN(const auto context, app::Context::open(ask.at.common, false));
  WB_ASSIGN(const app::CampaignProof proof, app::proof_of(campaign, *context, ask.at.store, ask.at.warehouse));
  const measure::CampaignResults& r = proof.results;
  const auto arm = [](const measure::CampaignArm& a) { return ordered_json{{"customers", a.customers}, {"returned", a.first_order}, {"second_order", a.second_order}, {"contribution", a.contribution}}; };
  const bool known = r.comparable && !r.sample_ratio_alarm;
  ordered_json warnings = ordered_json::array();
  if (r.sample_ratio_alarm) warnings.push_back("sample_ratio");
  if (!r.comparable) warnings.push_back("no_comparison");
  ordered_json days = ordered_json::array();
  if (known) {
    WB_ASSIGN(const auto points, app::proof_over_time(campaign, *context, ask.at.store, ask.at.warehouse));
    for (const measure::CampaignResults& p : points) {
      const auto rate = [](const measure::CampaignArm& a) { return a.customers == 0 ? 0.0 : static_cast<double>(a.first_order) / static_cast<double>(a.customers); };
      const bool finite = std::isfinite(p.lift_low) && std::isfinite(p.lift_high);
      days.push_back({{"day", p.horizon_days}, {"treated", rate(p.treated)}, {"held_out", rate(p.held_out)}, {"low", finite ? ordered_json(p.lift_low) : ordered_json(nullptr)}, {"high", finite ? ordered_json(p.lift_high) : ordered_json(nullptr)}});
    }
  }
  const ordered_json json{{"campaign", campaign.id},
                          {"currency", context->settings().currency},
                          {"from", base::to_string(r.from)},
                          {"until", base::to_string(r.seen_until)},
                          {"horizon_days", r.horizon_days},
                          {"elapsed", r.elapsed},
                          {"treated", arm(r.treated)},
                          {"held_out", arm(r.held_out)},
                          {"profit", interval(r.total, r.total_low, r.total_high, known)},
                          {"profit_per_customer", interval(r.per_customer, r.per_customer_low, r.per_customer_high, known)},
                          {"return_rate_lift", interval(r.lift, r.lift_low, r.lift_high, known)},
                          {"proven", r.proven},
                          {"confidence", kConfidence},
                          {"sample_ratio_p", r.sample_ratio_p},
                          {"detectable_lift", r.detectable_lift},
                          {"sent", proof.sent},
                          {"opened", proof.opened},
                          {"clicked", proof.clicked},
                          {"warnings", std::move(warnings)},
                          {"days", std::move(days)}};
  return Reply{dump(json)};
}

Result<Reply> set_state(const Ask& ask, model::CampaignState state, const std::string& reason) {
  WB_TRY(ask.at.audit(ask.caller, state == model::CampaignState::paused ? "pause_campaign" : "resume_campaign", ask.part("id"), reason));
  WB_TRY(ask.at.conduct([&](act::deliver::Conductor&) -> Result<void> {  // nobody walks on while it changes
    WB_ASSIGN(auto campaign, ask.at.acting.campaigns().find(ask.part("id")));
    if (!campaign) return fail(Code::not_found, "there is no campaign '{}'", ask.part("id"));
    if (campaign->state == model::CampaignState::ended) return fail(Code::conflict, "campaign '{}' has ended", campaign->id);
    campaign->state = state;
    campaign->pause_reason = reason;
    return ask.at.acting.campaigns().save(*campaign);
  }));
  return done();
}

Result<Reply> pause(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body.empty() ? "{}" : ask.request.body, nullptr, false);
  const std::string reason = body.is_object() && body.contains("reason") && body["reason"].is_string() ? body["reason"].get<std::string>() : "";
  return set_state(ask, model::CampaignState::paused, reason.empty() ? ask.caller.name + " paused it" : reason);
}

Result<Reply> resume(const Ask& ask) { return set_state(ask, model::CampaignState::running, ""); }

Result<Reply> launch(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  if (!body.is_object() || !body.contains("journey") || !body["journey"].is_string()) return fail(Code::invalid_input, "journey is missing: the name of one of /api/journeys");
  const std::string name = body["journey"];
  const bool only_try = body.value("try", false);
  WB_ASSIGN(app::Workplace place, app::open_workplace(ask.at.common, false));
  WB_ASSIGN(const app::CampaignFile file, journey_named(ask.at, name));
  ordered_json json{{"launched", false}, {"campaign", nullptr}, {"would_enter", 0}, {"held_out", 0}, {"may_cost", nullptr}, {"needs_approval", false}, {"problems", ordered_json::array()}};
  bool refused = false;
  const auto add = [&](const app::CampaignProblem& problem) {
    json["problems"].push_back(ordered_json::parse(problem_of_json(problem)));
    refused = refused || problem.refuses;
  };
  WB_ASSIGN(const auto problems, app::problems_of(file, *place.desk, *place.store, std::chrono::floor<std::chrono::days>(ask.at.clock.now())));
  for (const auto& problem : problems) add(problem);
  if (const auto domain = app::need_domain(place.desk->config().act, ask.language); !domain) add({domain.error().message, true});
  const app::LaunchRequest request{.plan = body.contains("plan") && body["plan"].is_string() ? body["plan"].get<std::string>() : "", .by = ask.caller.name};
  const auto terms = app::terms_of(file, place, request);
  if (!terms) {
    add({terms.error().message, true});
    return Reply{dump(json)};
  }
  json["would_enter"] = terms->customers;
  json["held_out"] = terms->controls;
  json["may_cost"] = terms->most;
  if (const auto approved = app::need_approval(file, *terms, place, request.by); !approved) {
    json["needs_approval"] = true;
    add({approved.error().message, true});
  }
  if (refused || only_try) return Reply{dump(json)};
  WB_TRY(ask.at.audit(ask.caller, "launch", file.journey.id, terms->plan_id));
  WB_TRY(app::launch(file, *terms, place, request, ask.at.clock.now()));
  json["launched"] = true;
  json["campaign"] = file.journey.id;
  if (const auto seeds = app::send_to_seeds(*place.desk, app::letters_of(file.journey), ask.at.clock.now()); !seeds) {
    json["problems"].push_back(ordered_json::parse(problem_of_json({"seeds: " + seeds.error().message, false})));
  }
  return Reply{dump(json)};
}

Result<Reply> list_tasks(const Ask& ask) {
  WB_ASSIGN(const auto tasks, ask.at.store.inbox().open_tasks());
  const base::Instant now = ask.at.clock.now();
  if (ask.wants_csv()) {
    WB_TRY(ask.at.audit(ask.caller, "export", "tasks", ""));
    std::string csv;
    collect::append_csv_row(csv, std::vector<std::string_view>{"id", "customer_id", "campaign", "queue", "title", "script", "deadline"});
    for (const model::Task& task : tasks) {
      const std::string id = std::to_string(task.id), deadline = base::to_string(task.deadline);
      collect::append_csv_row(csv, std::vector<std::string_view>{id, task.customer_id, task.campaign_id, task.queue, task.title, task.script, deadline});
    }
    return csv_file(std::move(csv), "tasks.csv");
  }
  ordered_json list = ordered_json::array();
  for (const model::Task& task : tasks) {
    list.push_back({{"id", task.id}, {"customer_id", task.customer_id}, {"campaign", task.campaign_id}, {"step", task.step}, {"queue", task.queue}, {"title", task.title}, {"script", task.script},
                    {"created_at", base::to_string(task.created_at)}, {"deadline", base::to_string(task.deadline)}, {"overdue", task.deadline < now}});
  }
  return Reply{dump({{"tasks", std::move(list)}})};
}

Result<Reply> finish_task(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  const std::string outcome = body.is_object() && body.contains("outcome") && body["outcome"].is_string() ? body["outcome"].get<std::string>() : "";
  if (outcome.empty() || outcome.size() > 1000) return fail(Code::invalid_input, "outcome must be a text of 1 to 1000 bytes: what came of it");
  const std::int64_t id = std::atoll(ask.part("id").c_str());
  WB_TRY(ask.at.audit(ask.caller, "finish_task", ask.part("id"), ""));
  const std::string key = body.contains("outcome_key") && body["outcome_key"].is_string() ? body["outcome_key"].get<std::string>() : "";
  bool finished = false;
  WB_TRY(ask.at.conduct([&](act::deliver::Conductor& conductor) -> Result<void> {
    WB_ASSIGN(finished, app::finish_task(id, outcome, key, ask.at.acting, conductor, ask.at.clock.now()));
    return {};
  }));
  if (!finished) return fail(Code::not_found, "there is no open task {}; somebody else may have finished it", ask.part("id"));
  return done();
}

}  // namespace

void mount_campaigns(Routes& routes) {
  routes.get("/api/campaigns", list_campaigns);
  routes.post("/api/campaigns", launch);
  routes.get("/api/campaigns/:id", one_campaign);
  routes.get("/api/campaigns/:id/results", results);
  routes.post("/api/campaigns/:id/pause", pause);
  routes.post("/api/campaigns/:id/resume", resume);
}

void mount_tasks(Routes& routes) {
  routes.get("/api/tasks", list_tasks);
  routes.post("/api/tasks/:id/finish", finish_task);
}

}  // namespace console
