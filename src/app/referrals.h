#pragma once

#include <span>
#include <string>
#include <vector>

#include "act/loyalty/referral.h"
#include "app/own_events.h"
#include "base/error.h"
#include "base/time.h"
#include "model/loyalty.h"
#include "model/offer.h"
#include "port/act_store.h"
#include "port/warehouse.h"
#include "text/language.h"

namespace app {

/// What accounts share: HMACs of e-mail addresses and telephone numbers of the Store, device ids and fingerprints of payment and address
/// as events and the customer file tell them (`device_id`, `payment_fingerprint`, `address_fingerprint`).
base::Result<std::vector<act::loyalty::Trait>> account_traits(port::ActStore& store, port::Warehouse& warehouse);

/// First orders of the last 90 days that name a customer's code become recommendations: waiting, or held as a task for a person in
/// the queue `operations`. Gives how many are new.
base::Result<std::size_t> take_introductions(const model::ReferralRules& rules, port::ActStore& store, port::Warehouse& warehouse, text::Language shop_language,
                                             base::Day today, base::Instant now);

/// Recommendations whose return window is over are rewarded with a code for each side, or lapse where the order was taken back.
base::Result<std::size_t> conclude_referrals(const model::ReferralRules& rules, std::span<const model::Offer> offers, port::ActStore& store, port::Warehouse& warehouse,
                                             const base::Zone& shop_zone, base::Day today, base::Instant now);

/// Rewards nobody was told of yet: referral_rewarded {role, kind, code, prize, prize_zh_cn, prize_zh_tw, ends_on}.
base::Result<std::vector<OwnEvent>> rewards_to_tell(std::span<const model::Offer> offers, port::ActStore& store, base::Day today);

/// A person's word on a held one: `pass` lets it go on to the end of the return window, else it is refused. `conflict` when it is not held.
base::Result<model::Referral> decide_referral(std::int64_t id, bool pass, std::string_view ground, std::string_view by, port::ActStore& store, base::Instant now);

}  // namespace app
