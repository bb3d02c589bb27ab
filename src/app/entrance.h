#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "act/deliver/conductor.h"
#include "app/context.h"
#include "app/customer_facts.h"
#include "base/error.h"
#include "model/campaign.h"
#include "model/journey.h"

namespace app {

/// How many came in.
struct Entered {
  std::uint64_t treated = 0;
  std::uint64_t controls = 0;
  Entered& operator+=(const Entered& other) {
    treated += other.treated;
    controls += other.controls;
    return *this;
  }
};

/// The doors of campaigns: who may enter, in which arm, with what they are known by. Asking again enters nobody twice.
class Entrance {
 public:
  /// All outlive this object. `workspace_zone` is the shop's.
  Entrance(port::ActStore& store, port::Warehouse& warehouse, act::deliver::Conductor& conductor, base::Zone workspace_zone);

  /// By what the journey's entry says; an entry by event lets nobody in here.
  base::Result<Entered> by_entry(const model::Campaign& campaign, const model::Journey& journey, base::Instant now);

  /// Lets in no more than so many in all: for rehearsals.
  void let_in_at_most(std::uint64_t customers) { room_ = customers; }

  /// Lets in whom a plan approaches, wave by wave as their days come; whom it held out walks as a control.
  base::Result<Entered> by_plan(const model::Campaign& campaign, const model::Journey& journey, base::Instant now);

  /// Lets in everyone for whom the segment holds.
  base::Result<Entered> by_segment(const model::Campaign& campaign, const model::Journey& journey, base::Instant now);

  /// Lets in those whose birthday, purchase anniversary or subscription end is `days_before` days ahead.
  base::Result<Entered> by_date(const model::Campaign& campaign, const model::Journey& journey, base::Instant now);

  /// Lets in these customers, to whom the entry's event has happened.
  base::Result<Entered> by_event(const model::Campaign& campaign, const model::Journey& journey,
                                 const std::vector<std::string>& customers, base::Instant now);

  /// Lets in this customer, to whom the entry's event has just happened and of whom as much is known as the facts say.
  base::Result<Entered> by_known(const model::Campaign& campaign, const model::Journey& journey, const CustomerFacts& facts,
                                 base::Instant now);

  /// How many customers a journey's entry would let in now, without letting anyone in; for plans the approached.
  base::Result<std::uint64_t> count(const model::Journey& journey, const std::string& plan_id, base::Instant now);

 private:
  struct Arm {
    bool control = false;
    double propensity = 1;
    std::string offer_id;
    bool do_not_disturb = false;
  };
  base::Result<bool> may_enter(const model::Campaign& campaign, const model::Journey& journey, std::string_view customer,
                               base::Instant now, std::uint32_t& entry_number);
  base::Result<void> let_in(const model::Campaign& campaign, const model::Journey& journey, const CustomerFacts& facts,
                            const Arm& arm, base::Instant now, Entered& entered);
  Arm draw(const model::Campaign& campaign, std::string_view customer) const;
  base::Result<void> keep_person(const CustomerFacts& facts, bool do_not_disturb);
  base::FactLookup known_of(const CustomerFacts& facts);
  /// What sells now, with the lists of what customers buy next, learned at most once a day.
  base::Result<Products> stocked(base::Instant now);
  bool is_due(const model::Entry& entry, const CustomerFacts& facts, base::Instant now) const;

  port::ActStore& store_;
  port::Warehouse& warehouse_;
  act::deliver::Conductor& conductor_;
  base::Zone zone_;
  std::shared_ptr<const understand::recommend::Lists> lists_;  ///< shared with the products handed out
  std::optional<base::Instant> learned_at_;
  std::uint64_t room_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace app
