#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "act/deliver/conductor.h"
#include "app/desk.h"
#include "app/entrance.h"
#include "base/error.h"
#include "collect/stream/event.h"
#include "port/act_store.h"
#include "port/warehouse.h"

namespace app {

/// Lets events act: they end journeys and let customers in, tell addresses and who is whom. What a piece of the spool sets off
/// and how far it was read become durable together, so that nothing is set off twice or left out. Used by one thread.
class EventDispatcher {
 public:
  /// All outlive this object; the store is this thread's own. The warehouse is asked what is known of customers who enter; where it
  /// does not answer they enter with what the event says.
  EventDispatcher(port::ActStore& store, port::Warehouse& warehouse, Desk& desk, base::Zone shop_zone, act::deliver::CrashPoint crash);

  /// Takes the records of one piece of the spool, which ends at `end`. Gives how many events had to be passed over because of what they hold.
  base::Result<std::size_t> take(const std::vector<std::string>& records, std::int64_t end, base::Instant now);

  /// Lets those who just bought, and whose orders are in the warehouse, into journeys that begin so.
  base::Result<void> bought(const std::vector<std::string>& buyers, base::Instant now);

  base::Result<std::int64_t> offset() const;

  /// Telephone numbers that were no number, or one that gets no text messages; since the program began.
  std::uint64_t no_texts() const { return no_texts_; }

  /// Lets go of what is too old to matter.
  base::Result<void> tidy(base::Instant now);

 private:
  struct Wanted {
    const model::Campaign* campaign;
    const model::Journey* journey;
  };
  base::Result<void> learn_journeys(base::Instant now);
  base::Result<void> gather_facts(const std::vector<collect::stream::Event>& events, base::Instant now);
  base::Result<void> apply(const collect::stream::Event& event, base::Instant now);
  base::Result<void> know(const collect::stream::Event& event, base::Instant now);
  base::Result<void> order(const collect::stream::Event& event, const std::vector<std::string>& ids, base::Instant now);
  base::Result<void> enter(const Wanted& wanted, const collect::stream::Event& event, const std::vector<std::string>& ids, base::Instant now);
  base::Result<void> apply_all(const std::vector<collect::stream::Event>& events, std::int64_t end, base::Instant now);

  std::uint64_t no_texts_ = 0;
  port::ActStore& store_;
  port::Warehouse& warehouse_;
  Desk& desk_;
  act::deliver::Conductor conductor_;
  Entrance entrance_;
  std::vector<model::Campaign> campaigns_;
  std::map<std::string, std::vector<Wanted>, std::less<>> entries_;  ///< by the name of the event
  std::set<std::string, std::less<>> awaited_;                       ///< names that end or move some journey
  std::map<std::string, CustomerFacts, std::less<>> facts_;          ///< of those who may enter now
  base::Instant learned_at_{};
  bool any_identity_ = true;
};

}  // namespace app
