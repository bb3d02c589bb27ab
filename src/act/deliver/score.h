#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "act/deliver/preference.h"
#include "base/condition.h"
#include "base/error.h"
#include "base/time.h"
#include "model/campaign.h"
#include "model/import.h"
#include "model/journey.h"
#include "model/person.h"

namespace act::deliver {

/// What sending must know of a letter before it is rendered.
struct LetterTraits {
  bool uses_offer = false;   ///< it names the offer: of no use after the code's end
  bool gives_money = false;  ///< spending offers and scarcity, which minors never get
  bool is_short = true;      ///< it has a text short enough for channels other than e-mail
};

/// A message about to be rendered, with everyone it concerns.
struct Job {
  model::Message message;
  model::Enrolment enrolment;
  model::Person person;
  model::ContactPoint contact;
};

/// A rendered message and what travels with it.
struct Print {
  model::Content content;
  std::string reference;        ///< signed; see model::Delivery
  std::string unsubscribe_url;
};

/// The terms on which an offer's code is issued to one customer now.
struct CodeTerms {
  std::string code;                      ///< ignored where the offer has a pool
  std::optional<base::Instant> ends_at;  ///< the printed end
  std::int64_t liability = 0;            ///< minor units
};

/// What the program around them tells the conductor and the sender: everything that comes from files and other steps.
/// Used by one thread at a time.
class Score {
 public:
  virtual ~Score() = default;

  /// The journey of a campaign's version; lives as long as this object. Null when it cannot be read any more.
  virtual const model::Journey* journey(std::string_view campaign, std::uint32_t version) = 0;

  /// Facts for branches; valid until the next call.
  virtual base::FactLookup facts(const model::Enrolment& enrolment) = 0;

  /// What to hand out; none when there is no such offer.
  virtual std::optional<CodeTerms> terms(std::string_view offer, const model::Enrolment& enrolment, base::Instant now) = 0;

  virtual LetterTraits traits(std::string_view letter) = 0;

  /// Fails with the missing variable or the limit: such a message is dropped, and shown.
  virtual base::Result<Print> print(const Job& job, base::Instant now) = 0;

  virtual const model::Manners& manners() = 0;

  /// The channels that are set up, and what is assumed of them.
  virtual std::span<const std::string> channels() = 0;
  virtual const ChannelHabits& habits() = 0;

  /// The customer's clock: own zone, else the shop's.
  virtual const base::Zone& zone(const model::Person& person) = 0;
};

/// Called at every place where the process may die; in tests it throws.
using CrashPoint = std::function<void(std::string_view)>;

}  // namespace act::deliver
