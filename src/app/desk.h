#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "act/deliver/score.h"
#include "act/letter/data.h"
#include "act/letter/letter.h"
#include "app/act_settings.h"
#include "app/customer_facts.h"
#include "app/public_links.h"
#include "app/settings.h"
#include "model/offer.h"
#include "port/act_store.h"

namespace app {

/// A claim letters may make, of DATA/facts.yaml: what, from where, and until when it holds.
struct Claim {
  std::string key;
  std::string text;
  std::string source;
  base::Day as_of;
  std::optional<base::Day> expires;
};

/// Reads facts.yaml; a missing file means no claims. Errors name file and line.
base::Result<std::vector<Claim>> load_claims(const std::filesystem::path& file);

/// The user's letters (DATA/letters/<journey>/<letter>.<lang>.mjml or .html, DATA/partials/…) over the shipped ones.
/// MJML is compiled here, once for each text.
base::Result<act::letter::Letters> load_letters(const std::filesystem::path& data);

/// What an operator has set up for acting, read once.
struct DeskConfig {
  Settings settings;
  ActSettings act;
  model::Manners manners;
  std::vector<Claim> claims;
  act::letter::Letters letters;
  std::vector<std::string> channels = {"email", "in_app"};  ///< set up ones, for a choice between them
  act::deliver::ChannelHabits habits;
};

/// presets/channels.yaml, then the user's own file line by line. Errors name file and line.
base::Result<act::deliver::ChannelHabits> load_habits(const std::filesystem::path& own_file);

/// An invented entering event: what the journey's `sample` says, with its products.
void add_sample_event(const model::Journey& journey, act::letter::LetterData& data);

/// The program's answers to the conductor and the sender: journeys from the versions launched, letters rendered for a
/// customer with live stock, offers' terms. For one thread.
class Desk final : public act::deliver::Score {
 public:
  /// `store` outlives this object.
  Desk(port::ActStore& store, DeskConfig config);

  const model::Journey* journey(std::string_view campaign, std::uint32_t version) override;
  base::FactLookup facts(const model::Enrolment& enrolment) override;
  std::optional<act::deliver::CodeTerms> terms(std::string_view offer, const model::Enrolment& enrolment,
                                               base::Instant now) override;
  act::deliver::LetterTraits traits(std::string_view letter) override;
  base::Result<act::deliver::Print> print(const act::deliver::Job& job, base::Instant now) override;
  const model::Manners& manners() override { return config_.manners; }
  const base::Zone& zone(const model::Person& person) override;
  std::span<const std::string> channels() override { return config_.channels; }
  const act::deliver::ChannelHabits& habits() override { return config_.habits; }

  /// Live stock and prices, as the warehouse has them now.
  void stock(Products products) { products_ = std::move(products); }

  /// The offer under this id: of the campaign's plan, else of the preset's file.
  const model::Offer* offer(std::string_view id, std::string_view campaign);

  const DeskConfig& config() const { return config_; }
  const act::letter::Letter* letter(std::string_view id) const { return config_.letters.find(id); }

  /// Facts of an enrolment that is not in the Store: of a preview.
  void remember_facts(std::int64_t enrolment_id, std::string_view json);

  /// What letters say of the shop, its representative and its claims.
  void speak_for_shop(act::letter::LetterData& data, act::letter::Language language, base::Day today) const;

  /// A letter with everything a customer would read, for previews and test sends.
  base::Result<act::letter::LetterData> data_for(const act::deliver::Job& job, base::Instant now);

 private:
  std::string survey_link(const act::deliver::Job& job, const act::letter::Letter& letter, base::Instant now);
  bool rests_after_last(const model::Offer& better, std::string_view customer, base::Instant now);
  base::Result<void> read_offers(std::string_view campaign);

  port::ActStore& store_;
  DeskConfig config_;
  Products products_;
  std::map<std::pair<std::string, std::uint32_t>, std::unique_ptr<model::Journey>> journeys_;
  std::map<std::string, std::vector<model::Offer>, std::less<>> offers_;  ///< by campaign
  std::unordered_map<std::string, base::Zone> zones_;
  std::unordered_map<std::string, std::int64_t> link_ids_;
  PublicLinks links_;
  base::Zone shop_zone_;
  struct KnownFacts;
  std::shared_ptr<KnownFacts> last_facts_;  ///< shared with the lookup handed out
};

/// "30 November 2026, 23:59", "2026年11月30日 23:59": a moment on the reader's clock.
std::string moment_text(act::letter::Language language, base::Instant at, const base::Zone& zone);

}  // namespace app
