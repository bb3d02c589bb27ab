#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "http/message.h"
#include "model/campaign.h"
#include "pages/pages.h"
#include "port/act_store.h"

namespace app {

/// What a customer may choose, as it stands, and what changes when they save the form. Reads and writes the Store only.
class PreferenceCentre {
 public:
  /// Both outlive this object. `zone`: the shop's, for dates on the page.
  PreferenceCentre(port::ActStore& store, base::Zone zone, bool offers_non_personalised);

  /// The state of the message's customer; addresses of forms and links are left empty.
  base::Result<pages::Preferences> load(const model::Message& message, text::Language language, base::Instant now);

  /// What saving means: topics and channels newly unticked are withdrawn, newly ticked ones granted (only what was
  /// withdrawn before: an untouched tick is no new consent), pause, frequency and profile are set; `stop=all` withdraws
  /// everything and changes nothing else. Unknown values of fields change nothing. Gives the topics left, for the journeys; "*" when nothing is left at all.
  base::Result<std::vector<std::string>> save(const model::Message& message, const http::Pairs& form, base::Instant now);

  /// The customer's address on the message's channel, masked; empty when there is none.
  base::Result<std::string> address(const model::Message& message);

 private:
  struct Grid;
  base::Result<Grid> grid(const model::Message& message, base::Instant now);
  base::Result<pages::Why> why(const model::Message& message, const model::Person& person, text::Language language,
                               base::Instant now);

  port::ActStore& store_;
  base::Zone zone_;
  bool offers_non_personalised_;
};

}  // namespace app
