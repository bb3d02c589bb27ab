#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "act/deliver/conductor.h"
#include "act/deliver/sender.h"
#include "port/act_store.h"

namespace tests {

/// Everything around the conductor and the sender, in memory: one campaign with one journey.
class FakeScore final : public act::deliver::Score {
 public:
  const model::Journey* journey(std::string_view, std::uint32_t) override { return &journey_; }
  base::FactLookup facts(const model::Enrolment&) override { return {}; }
  std::optional<act::deliver::CodeTerms> terms(std::string_view offer, const model::Enrolment& enrolment,
                                               base::Instant now) override;  ///< none for an offer called "none"
  act::deliver::LetterTraits traits(std::string_view letter) override;
  base::Result<act::deliver::Print> print(const act::deliver::Job& job, base::Instant now) override;
  const model::Manners& manners() override { return manners_; }
  const base::Zone& zone(const model::Person& person) override;
  std::span<const std::string> channels() override { return channels_; }
  const act::deliver::ChannelHabits& habits() override { return habits_; }

  std::vector<std::string> channels_ = {"email", "in_app"};
  act::deliver::ChannelHabits habits_;
  model::Journey journey_;
  model::Manners manners_;

 private:
  std::map<std::string, base::Zone> zones_;
};

/// A journey with every kind of step: message, wait for a click, branch, offer, wait, split, message, in-app, task, tag.
model::Journey varied_journey();

/// A store of its own, gone with the object.
std::unique_ptr<port::ActStore> store_in_memory();

/// A running campaign for it.
model::Campaign campaign_of(const model::Journey& journey, base::Instant at);

}  // namespace tests
