#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/back.h"

// What comes back beside responses. Every method is a transaction of its own unless it is called within
// ActStore::transact. Any thread may call.

namespace port {

/// What waits on its way in.
class BackStore {
 public:
  virtual ~BackStore() = default;

  virtual base::Result<bool> keep_early(const model::EarlyNotice& notice) = 0;  ///< false: kept already
  virtual base::Result<std::vector<model::EarlyNotice>> early(std::size_t limit) = 0;  ///< oldest first
  virtual base::Result<void> drop_early(std::string_view provider, std::string_view key) = 0;

  /// Keeps what a customer said until the warehouse has it; erased with the customer.
  virtual base::Result<void> say(const model::Feedback& feedback) = 0;
  virtual base::Result<std::vector<model::Feedback>> unsaid(std::size_t limit) = 0;  ///< oldest first
  virtual base::Result<void> said(std::int64_t up_to) = 0;  ///< the warehouse has all with ids up to this one

  /// Where the app leads the customer who followed this letter's link; the latest letter wins.
  virtual base::Result<void> defer(const model::DeferredLink& link) = 0;
  /// Gives it out once, when it was kept after `since`.
  virtual base::Result<std::optional<model::DeferredLink>> claim_deferred(std::int64_t message, base::Instant since, base::Instant now) = 0;

  virtual base::Result<void> put_ticket(const model::Ticket& ticket) = 0;  ///< an older state changes nothing
  virtual base::Result<std::vector<model::Ticket>> open_tickets() = 0;     ///< by customer
};

/// Invitations to surveys and their answers; erased with the customer but for the invitation's dates.
class SurveyStore {
 public:
  virtual ~SurveyStore() = default;

  /// The invitation this letter carries; made when there is none, so that printing a letter again gives the same. Of one
  /// without a letter each call makes a new one.
  virtual base::Result<model::SurveyInvitation> invite(const model::SurveyInvitation& draft) = 0;
  virtual base::Result<std::optional<model::SurveyInvitation>> find(std::int64_t id) = 0;
  virtual base::Result<std::optional<model::SurveyInvitation>> last_of(std::string_view customer) = 0;  ///< of any survey
  virtual base::Result<void> mark(std::int64_t id, model::SurveyMark mark, base::Instant at) = 0;  ///< the first time counts

  virtual base::Result<void> answer(const model::SurveyAnswer& answer) = 0;
  virtual base::Result<std::vector<model::SurveyAnswer>> answers(std::int64_t invitation) = 0;

  struct Counts {
    std::string survey;
    std::uint64_t invited = 0, opened = 0, started = 0, finished = 0;
  };
  virtual base::Result<std::vector<Counts>> counts() = 0;  ///< by name

  /// How many answered what; texts are not here.
  struct Said {
    std::string question;
    std::vector<std::string> choices;
    std::optional<std::int32_t> score;
    std::uint64_t answers = 0;
  };
  virtual base::Result<std::vector<Said>> results(std::string_view survey) = 0;
};

}  // namespace port
