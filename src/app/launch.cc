#include "app/launch.h"

#include <set>

#include "act/journey/diff.h"
#include "app/describe_campaign.h"
#include "app/machine_clock.h"
#include "app/saved_plan.h"
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

namespace {

/// What was approved must be what is launched: the text and the plan.
std::string checksum_of(const CampaignFile& file, const std::string& plan) {
  return base::to_hex(base::sha256(file.source + "\n" + plan)).substr(0, 32);
}

std::string checksum_of_plan(const std::string& plan) { return base::to_hex(base::sha256("plan\n" + plan)).substr(0, 32); }

std::set<std::string> offers_of(const CampaignFile& file, const LaunchTerms& terms) {
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

Result<void> open_accounts(const CampaignFile& file, const LaunchTerms& terms, const std::string& campaign, Workplace& place) {
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

Result<LaunchTerms> terms_of(const CampaignFile& file, Workplace& place, const LaunchRequest& request) {
  LaunchTerms terms;
  WB_ASSIGN(port::Warehouse* const warehouse, place.context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_TRY(decide::ensure_tables(*warehouse));
  const model::Entry& entry = file.journey.entry;
  WB_ASSIGN(base::Zone zone, base::Zone::open(place.context->settings().zone));
  act::deliver::Conductor conductor{*place.store, *place.desk};
  Entrance entrance{*place.store, *warehouse, conductor, std::move(zone)};
  if (entry.kind == model::Entry::Kind::plan) {
    WB_ASSIGN(const SavedPlan saved, load_plan(*place.store, !request.plan.empty() ? request.plan : entry.name == "latest" ? "" : entry.name));
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
  if (request.budget) terms.budget = request.budget;
  if (terms.budget && terms.most > *terms.budget) terms.most = *terms.budget;
  if (terms.budget && terms.most == 0) terms.most = *terms.budget;
  return terms;
}

Result<void> need_approval(const CampaignFile& file, const LaunchTerms& terms, Workplace& place, const std::string& by) {
  const auto& limit = place.desk->config().act.approval_above;
  if (!limit || terms.most <= *limit) return {};
  WB_ASSIGN(auto approvals, place.store->campaigns().approvals(checksum_of(file, terms.plan_id)));
  WB_ASSIGN(const auto of_plan, plan_approvals(terms.plan_id, *place.store));
  approvals.insert(approvals.end(), of_plan.begin(), of_plan.end());
  if (by.empty()) return fail(Code::invalid_input, "this can cost {:.2f}, more than approval_above allows alone: say who launches it with --by NAME", terms.most);
  for (const model::Approval& approval : approvals) {
    if (approval.by != by && approval.amount + 0.005 >= terms.most) return {};
  }
  return fail(Code::conflict,
              "this can cost {:.2f}, more than the {:.2f} one person may launch: somebody else than {} has to approve it first, the plan in the console or with `winback campaign approve {} --by NAME`",
              terms.most, *limit, by, file.journey.id);
}

Result<void> approve_plan(const std::string& plan, double amount, port::ActStore& store, const std::string& by, Instant now) {
  return store.campaigns().approve({.journey = plan, .checksum = checksum_of_plan(plan), .by = by, .amount = amount, .at = now});
}

Result<std::vector<model::Approval>> plan_approvals(const std::string& plan, port::ActStore& store) {
  if (plan.empty()) return std::vector<model::Approval>{};
  return store.campaigns().approvals(checksum_of_plan(plan));
}

Result<void> approve_launch(const CampaignFile& file, const LaunchTerms& terms, port::ActStore& store, const std::string& by, Instant now) {
  return store.campaigns().approve({.journey = file.journey.id, .checksum = checksum_of(file, terms.plan_id), .by = by, .amount = terms.most, .at = now});
}

Result<Launched> launch(const CampaignFile& file, const LaunchTerms& terms, Workplace& place, const LaunchRequest& request, Instant now) {
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
      if (request.move_running && running != nullptr) {
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
    WB_TRY(place.store->campaigns().add_version({.campaign_id = id, .version = version, .source = file.source, .launched_at = now, .launched_by = request.by}));
    if (again && (request.move_running || file.journey.safe_for_running)) WB_TRY(place.store->enrolments().move_to_version(id, version));
    return open_accounts(file, terms, id, place);
  }));
  return Launched{version, again};
}

}  // namespace app
