#include <cstdio>
#include <set>

#include "act/journey/diff.h"
#include "app/campaign_file.h"
#include "app/describe_campaign.h"
#include "app/domain.h"
#include "app/engine.h"
#include "app/machine_clock.h"
#include "app/saved_plan.h"
#include "app/verbs.h"
#include "base/hash.h"
#include "base/random.h"
#include "collect/import.h"
#include "decide/holdout.h"
#include "decide/ledger.h"

namespace app {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;
using text::say;
using text::Word;

namespace {

void print(const std::string& line) { std::fputs((line + "\n").c_str(), stdout); }

/// Prints what is wrong; fails when something refuses.
Result<void> refuse_problems(const CampaignFile& file, Workplace& place) {
  WB_ASSIGN(const auto problems, problems_of(file, *place.desk, *place.store,
                                             std::chrono::floor<std::chrono::days>(machine_clock().now())));
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

/// What was approved must be what is launched: the text and the plan.
std::string checksum_of(const CampaignFile& file, const std::string& plan) {
  return base::to_hex(base::sha256(file.source + "\n" + plan)).substr(0, 32);
}

/// What a campaign rests on beside its file.
struct Terms {
  std::string plan_id;
  double holdout_share = 0;
  std::uint64_t customers = 0;
  std::uint64_t controls = 0;
  double most = 0;  ///< money
  std::optional<double> budget;
  std::vector<model::Offer> offers;
};

Result<Terms> terms_of(const CampaignFile& file, Workplace& place, const CampaignOptions& options) {
  Terms terms;
  WB_ASSIGN(port::Warehouse* const warehouse, place.context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_TRY(decide::ensure_tables(*warehouse));
  const model::Entry& entry = file.journey.entry;
  WB_ASSIGN(base::Zone zone, base::Zone::open(place.context->settings().zone));
  act::deliver::Conductor conductor{*place.store, *place.desk};
  Entrance entrance{*place.store, *warehouse, conductor, std::move(zone)};
  if (entry.kind == model::Entry::Kind::plan) {
    WB_ASSIGN(const SavedPlan saved, load_plan(*place.store, !options.plan.empty() ? options.plan : entry.name == "latest" ? "" : entry.name));
    terms.plan_id = saved.plan.id;
    terms.holdout_share = saved.plan.holdout_share;
    terms.offers = saved.offers;
    WB_TRY(refuse_personal_depth(saved, place.desk->manners()));
    const std::string summary = saved.plan.summary_json;
    WB_ASSIGN(terms.most, most_it_can_cost(summary));
    WB_ASSIGN(terms.budget, budget_of(summary));
    WB_TRY(decide::load_decisions(terms.plan_id, *warehouse, [&](base::Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* verdict, block.need("verdict", base::ColumnKind::text));
      WB_ASSIGN(const auto* offer, block.need("offer", base::ColumnKind::text));
      for (std::size_t i = 0; i < block.rows(); ++i) terms.controls += verdict->text()[i] == "hold_out" && !offer->text()[i].empty();
      return {};
    }));
    WB_ASSIGN(terms.customers, entrance.count(file.journey, terms.plan_id, machine_clock().now()));
  } else {
    WB_ASSIGN(const std::uint64_t reach, entrance.count(file.journey, {}, machine_clock().now()));
    terms.holdout_share = entry.holdout.value_or(decide::campaign_holdout_share(std::max<std::uint64_t>(reach, 1)));
    terms.controls = static_cast<std::uint64_t>(static_cast<double>(reach) * terms.holdout_share);
    terms.customers = reach - terms.controls;
  }
  if (options.budget) terms.budget = options.budget;
  if (terms.budget && terms.most > *terms.budget) terms.most = *terms.budget;
  if (terms.budget && terms.most == 0) terms.most = *terms.budget;
  return terms;
}

/// A plan that may cost much needs somebody else's word as well.
Result<void> need_approval(const CampaignFile& file, const Terms& terms, Workplace& place, const std::string& by) {
  const auto& limit = place.desk->config().act.approval_above;
  if (!limit || terms.most <= *limit) return {};
  WB_ASSIGN(const auto approvals, place.store->campaigns().approvals(checksum_of(file, terms.plan_id)));
  if (by.empty()) return fail(Code::invalid_input, "this can cost {:.2f}, more than approval_above allows alone: say who launches it with --by NAME", terms.most);
  for (const model::Approval& approval : approvals) {
    if (approval.by != by && approval.amount + 0.005 >= terms.most) return {};
  }
  return fail(Code::conflict,
              "this can cost {:.2f}, more than the {:.2f} one person may launch: somebody else than {} has to run `winback campaign approve {} --by NAME` first",
              terms.most, *limit, by, file.journey.id);
}

std::set<std::string> offers_of(const CampaignFile& file, const Terms& terms) {
  std::set<std::string> ids;
  for (const model::Step& step : file.journey.steps) {
    const auto* offer = std::get_if<model::OfferStep>(&step.what);
    if (offer == nullptr) continue;
    if (offer->offer != "plan") ids.insert(offer->offer);
    else for (const model::Offer& planned : terms.offers) ids.insert(planned.id);
  }
  return ids;
}

/// With the first campaign: orders imported until now belong to no journey.
Result<void> begin_reading_here(port::ActStore& store) {
  WB_ASSIGN(const auto campaigns, store.campaigns().list());
  if (!campaigns.empty()) return {};
  WB_ASSIGN(const auto imports, store.imports().list());
  std::int64_t newest = 0;
  for (const model::Import& import : imports) newest = std::max(newest, std::int64_t{import.id});
  return store.campaigns().set_offset("intake", newest);
}

Result<void> open_accounts(const CampaignFile& file, const Terms& terms, const std::string& campaign, Workplace& place) {
  std::optional<std::int64_t> budget;
  if (terms.budget) budget = static_cast<std::int64_t>(*terms.budget * 100 + 0.5);
  for (const std::string& id : offers_of(file, terms)) {
    const model::Offer* offer = place.desk->offer(id, campaign);
    model::CodeAccount account{.campaign_id = campaign, .offer_id = id, .budget = budget};
    if (offer != nullptr && offer->stock < 1'000'000'000'000ULL) account.stock = static_cast<std::int64_t>(offer->stock);
    WB_TRY(place.store->codes().open_account(account));
  }
  return {};
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
  WB_ASSIGN(const Terms terms, terms_of(file, place, options));
  const Instant now = machine_clock().now();
  WB_TRY(place.store->campaigns().approve({.journey = file.journey.id, .checksum = checksum_of(file, terms.plan_id), .by = options.by, .amount = terms.most, .at = now}));
  const text::Language l = place.context->language();
  print(say(l, Word::campaign_approved, fmt::arg("by", options.by), fmt::arg("journey", file.journey.id),
            fmt::arg("amount", text::money(l, place.context->settings().currency, terms.most))));
  return {};
}

Result<void> run_campaign_launch(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(Workplace place, open_workplace(common, false));
  WB_ASSIGN(const CampaignFile file, read_campaign_file(options.journey));
  WB_TRY(refuse_problems(file, place));
  if (!options.without_domain_check) WB_TRY(need_domain(place.desk->config().act, place.context->language()));
  WB_ASSIGN(const Terms terms, terms_of(file, place, options));
  WB_TRY(need_approval(file, terms, place, options.by));
  const text::Language l = place.context->language();
  const Instant now = machine_clock().now();
  const std::string id = file.journey.id;
  bool again = false;
  std::uint32_t version = 1;
  WB_TRY(place.store->transact([&]() -> Result<void> {
    WB_ASSIGN(auto known, place.store->campaigns().find(id));
    again = known.has_value();
    WB_TRY(begin_reading_here(*place.store));
    model::Campaign campaign = known.value_or(model::Campaign{});
    if (again) {
      const model::Journey* running = place.desk->journey(id, campaign.version);
      WB_ASSIGN(const auto stored, place.store->campaigns().version(id, campaign.version));
      if (stored && stored->source == file.source && terms.plan_id == campaign.plan_id && campaign.state == model::CampaignState::running)
        return fail(Code::conflict, "campaign {} runs already with just this text; `winback campaign status {}` shows it", id, id);
      if (options.move_running && running != nullptr) {
        const act::journey::Difference difference = act::journey::diff(*running, file.journey);
        if (!difference.safe_for_running()) {
          return fail(Code::invalid_input, "those on their way cannot be moved: {}", difference.dangers.front());
        }
      }
      version = campaign.version + 1;
    } else {
      campaign.id = id;
      campaign.launched_at = now;
      campaign.salt = base::stable_hash(id, base::mix(static_cast<std::uint64_t>(base::millis(now))));
      campaign.holdout_share = terms.holdout_share;
    }
    if (campaign.plan_id != terms.plan_id) campaign.launched_at = now;  // a new plan goes out in waves of its own
    campaign.journey = id;
    campaign.topic = file.journey.topic;
    campaign.plan_id = terms.plan_id;
    campaign.version = version;
    campaign.state = model::CampaignState::running;
    campaign.pause_reason.clear();
    if (!terms.plan_id.empty()) WB_TRY(mark_carried_out(*place.store, terms.plan_id, std::chrono::floor<std::chrono::days>(now)));
    WB_TRY(place.store->campaigns().save(campaign));
    WB_TRY(place.store->campaigns().add_version({.campaign_id = id, .version = version, .source = file.source, .launched_at = now, .launched_by = options.by}));
    if (again && (options.move_running || file.journey.safe_for_running)) WB_TRY(place.store->enrolments().move_to_version(id, version));
    return open_accounts(file, terms, id, place);
  }));
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
