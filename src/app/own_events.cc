#include "app/own_events.h"

#include <algorithm>
#include <map>

#include "app/customer_facts.h"

namespace app {

using base::Instant;
using base::Result;

namespace {

const model::Journey* entered_by(std::string_view name, const model::Campaign& campaign, Desk& desk) {
  if (campaign.state != model::CampaignState::running) return nullptr;
  const model::Journey* journey = desk.journey(campaign.id, campaign.version);
  const bool so = journey != nullptr && journey->entry.kind == model::Entry::Kind::event && journey->entry.name == name;
  return so ? journey : nullptr;
}

}  // namespace

Result<bool> OwnEvents::awaited(std::string_view name) {
  WB_ASSIGN(const auto campaigns, store_.campaigns().list());
  return std::ranges::any_of(campaigns, [&](const model::Campaign& one) { return entered_by(name, one, desk_) != nullptr; });
}

Result<void> OwnEvents::tell(const std::vector<OwnEvent>& events, Instant now) {
  if (events.empty()) return {};
  WB_ASSIGN(const auto campaigns, store_.campaigns().list());
  if (campaigns.empty()) return {};
  std::vector<std::string> ids;
  for (const OwnEvent& event : events) ids.push_back(event.customer_id);
  std::map<std::string, CustomerFacts, std::less<>> known;
  const auto asked = each_customer(ids, Products{}, warehouse_, [&](CustomerFacts&& facts) -> Result<void> {
    known.insert_or_assign(facts.customer_id, std::move(facts));
    return {};
  });
  if (!asked && asked.error().code == base::Code::internal) return asked;  // before the first analysis there are no profiles
  for (const OwnEvent& event : events) {
    WB_TRY(store_.transact([&]() -> Result<void> {
      WB_ASSIGN(const auto all_ids, store_.events().ids_of(event.customer_id));
      for (const std::string& id : all_ids) WB_TRY(conductor_.happened(id, event.name, now));
      for (const model::Campaign& campaign : campaigns) {
        const model::Journey* journey = entered_by(event.name, campaign, desk_);
        if (journey == nullptr) continue;
        WB_ASSIGN(const bool fresh, store_.events().trigger(campaign.id, event.id, now));
        if (!fresh) continue;
        const auto found = known.find(event.customer_id);
        CustomerFacts facts = found != known.end() ? found->second : stranger(event.customer_id);
        facts.add_event(event.properties);
        WB_ASSIGN(const Entered entered, entrance_.by_known(campaign, *journey, facts, now));
        (void)entered;
      }
      if (event.notice.empty()) return {};
      WB_ASSIGN(const bool first, store_.loyalty().notice(event.customer_id, event.notice, now));
      (void)first;
      return {};
    }));
  }
  return {};
}

}  // namespace app
