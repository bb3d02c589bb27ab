#include <cstdio>
#include <set>

#include "access/audit.h"
#include "act/journey/diff.h"
#include "app/campaign_file.h"
#include "app/channel_states.h"
#include "app/describe_campaign.h"
#include "app/domain.h"
#include "app/engine.h"
#include "app/launch.h"
#include "app/machine_clock.h"
#include "app/verbs.h"
#include "collect/import.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;

namespace {

void print(const std::string& line) { std::fputs((line + "\n").c_str(), stdout); }

/// Prints what is wrong; fails when something refuses.
Result<void> refuse_problems(const CampaignFile& file, Workplace& place, bool ask = false) {
  WB_ASSIGN(auto problems, problems_of(file, *place.desk, *place.store, std::chrono::floor<std::chrono::days>(machine_clock().now())));
  if (ask) {
    WB_ASSIGN(auto of_providers, ask_providers(file, *place.desk));
    std::ranges::move(of_providers, std::back_inserter(problems));
  }
  std::size_t refusing = 0;
  for (const CampaignProblem& problem : problems) {
    std::fputs((problem.sentence + "\n").c_str(), stderr);
    refusing += problem.refuses ? 1 : 0;
  }
  if (refusing > 0) return fail(Code::invalid_input, "{} has {} problem{} to mend before it can be launched", file.name, refusing, refusing == 1 ? "" : "s");
  return {};
}

Result<model::Campaign> campaign_named(port::ActStore& store, const std::string& id) {
  WB_ASSIGN(auto found, store.campaigns().find(id));
  if (found) return std::move(*found);
  WB_ASSIGN(const auto all, store.campaigns().list());
  std::string names;
  for (const model::Campaign& campaign : all) names += (names.empty() ? "" : ", ") + campaign.id;
  return fail(Code::not_found, "there is no campaign '{}'; {}", id, names.empty() ? "none was launched yet" : "there are " + names);
}

}  // namespace

Result<void> run_campaign_validate(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(Workplace place, open_workplace(common, false));
  WB_ASSIGN(const CampaignFile file, read_campaign_file(options.journey));
  WB_TRY(refuse_problems(file, place));
  std::set<std::string> languages;
  const auto letters = letters_of(file.journey);
  for (const std::string& id : letters) {
    for (const auto& variant : place.desk->letter(id)->variants) languages.insert(std::string{act::letter::tag_of(variant.language)});
  }
  std::string names;
  for (const std::string& language : languages) names += (names.empty() ? "" : ", ") + language;
  print(say(place.context->language(), Word::campaign_valid, fmt::arg("file", options.journey), fmt::arg("steps", file.journey.steps.size()),
            fmt::arg("letters", letters.size()), fmt::arg("languages", names)));
  return {};
}

Result<void> run_campaign_diff(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(Workplace place, open_workplace(common, false));
  WB_ASSIGN(const CampaignFile file, read_campaign_file(options.journey));
  WB_ASSIGN(const model::Campaign campaign, campaign_named(*place.store, file.journey.id));
  const model::Journey* running = place.desk->journey(campaign.id, campaign.version);
  if (running == nullptr) return fail(Code::corrupt, "version {} of {} cannot be read any more", campaign.version, campaign.id);
  const act::journey::Difference difference = act::journey::diff(*running, file.journey);
  const text::Language l = place.context->language();
  if (difference.changes.empty()) print(say(l, Word::campaign_same, fmt::arg("version", campaign.version), fmt::arg("id", campaign.id)));
  for (const std::string& change : difference.changes) print("  " + change);
  for (const std::string& danger : difference.dangers) print("  ! " + danger);
  if (!difference.changes.empty() && difference.safe_for_running()) print(say(l, Word::campaign_diff_safe, fmt::arg("file", options.journey)));
  return {};
}

Result<void> run_campaign_approve(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(Workplace place, open_workplace(common, false));
  WB_ASSIGN(const CampaignFile file, read_campaign_file(options.journey));
  WB_ASSIGN(const LaunchTerms terms, terms_of(file, place, {.plan = options.plan, .budget = options.budget}));
  WB_TRY(place.store->transact([&]() -> Result<void> {
    WB_TRY(approve_launch(file, terms, *place.store, options.by, machine_clock().now()));
    return entry::Audit{*place.store, machine_clock()}.record({.name = options.by, .address = "terminal"}, "approve", "journey " + file.journey.id);
  }));
  const text::Language l = place.context->language();
  print(say(l, Word::campaign_approved, fmt::arg("by", options.by), fmt::arg("journey", file.journey.id),
            fmt::arg("amount", text::money(l, place.context->settings().currency, terms.most))));
  return {};
}

Result<void> run_campaign_launch(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(Workplace place, open_workplace(common, false));
  WB_ASSIGN(const CampaignFile file, read_campaign_file(options.journey));
  WB_TRY(refuse_problems(file, place, true));
  if (!options.without_domain_check) WB_TRY(need_domain(place.desk->config().act, place.context->language()));
  const text::Language l = place.context->language();
  const std::string& id = file.journey.id;
  const LaunchRequest request{.plan = options.plan, .by = options.by, .budget = options.budget, .move_running = options.move_running};
  WB_ASSIGN(const LaunchTerms terms, terms_of(file, place, request));
  WB_TRY(need_approval(file, terms, place, options.by));
  // Written down first: what cannot be is not done.
  WB_TRY((entry::Audit{*place.store, machine_clock()}.record({.name = options.by, .address = "terminal"}, "launch", "campaign " + id)));
  WB_ASSIGN(const Launched launched, launch(file, terms, place, request, machine_clock().now()));
  const auto [version, again] = launched;
  if (again) {
    print(say(l, Word::campaign_relaunched, fmt::arg("id", id), fmt::arg("version", version),
              fmt::arg("moved", say(l, options.move_running || file.journey.safe_for_running ? Word::campaign_running_moved : Word::campaign_running_stay))));
  }
  print(say(l, Word::campaign_launched, fmt::arg("id", id), fmt::arg("version", version), fmt::arg("customers", text::whole(l, static_cast<double>(terms.customers))),
            fmt::arg("controls", text::whole(l, static_cast<double>(terms.controls))), fmt::arg("most", text::money(l, place.context->settings().currency, terms.most))));
  return send_to_seeds(*place.desk, letters_of(file.journey), machine_clock().now());
}

Result<void> run_campaign_pause(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(model::Campaign campaign, campaign_named(*store, options.journey));
  campaign.state = model::CampaignState::paused;
  campaign.pause_reason = options.why.empty() ? "somebody paused it" : options.why;
  WB_TRY(store->campaigns().save(campaign));
  print(say(context->language(), Word::campaign_paused, fmt::arg("id", campaign.id)));
  return {};
}

Result<void> run_campaign_resume(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(model::Campaign campaign, campaign_named(*store, options.journey));
  campaign.state = model::CampaignState::running;
  campaign.pause_reason.clear();
  WB_TRY(store->campaigns().save(campaign));
  print(say(context->language(), Word::campaign_resumed, fmt::arg("id", campaign.id)));
  return {};
}

Result<void> run_campaign_status(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(auto campaigns, store->campaigns().list());
  if (!options.journey.empty()) {
    WB_ASSIGN(model::Campaign one, campaign_named(*store, options.journey));
    campaigns = {std::move(one)};
  }
  std::string json;
  if (campaigns.empty() && !context->json()) print(std::string{say(context->language(), Word::campaign_none)});
  for (const model::Campaign& campaign : campaigns) {
    WB_ASSIGN(const CampaignStatus status, status_of(campaign, *store));
    if (context->json()) json += (json.empty() ? "" : ",\n") + to_json(status);
    else std::fputs(describe(status, context->settings().currency, context->language()).c_str(), stdout);
  }
  if (context->json()) print("[" + json + "]");
  return {};
}

Result<void> run_campaign_results(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const model::Campaign campaign, campaign_named(*store, options.journey));
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(const CampaignProof proof, proof_of(campaign, *context, *store, *warehouse));
  const std::string text = context->json() ? to_json(proof) + "\n" : describe(proof, context->settings().currency, context->language());
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
