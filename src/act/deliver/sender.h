#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "act/deliver/score.h"
#include "port/act_store.h"
#include "port/channel.h"

namespace act::deliver {

struct SenderConfig {
  std::size_t window = 64;                        ///< messages in flight at most
  std::chrono::seconds lease{std::chrono::minutes{15}};  ///< longer than a channel may take for a window
  std::chrono::hours give_up{72};                 ///< an unknown message is closed unconfirmed
  std::chrono::seconds first_retry{std::chrono::minutes{1}};  ///< see back_off
  std::chrono::seconds trouble_rest{std::chrono::minutes{5}};  ///< how long a channel in trouble is left alone
  std::uint64_t per_hour = 0;                     ///< 0 = as fast as the channel takes them
  std::vector<std::uint64_t> warm_up;             ///< messages a day on the first, second, … day; afterwards no limit
};

/// Renders on a thread of its own while the sender is at the store and the channel is at work: with a Score and, to be
/// of use, a connection that nothing else uses meanwhile.
struct Printer {
  port::ActStore* store = nullptr;
  Score* score = nullptr;
};

/// Takes messages of one channel from the outbox to the provider: claim, render, attempt, transmit, settle. What is
/// promised stands in docs/methods.md ("The outbox"): in short, `attempting` is committed before the first byte leaves,
/// and nothing that may have left is ever sent again unless the channel's provider deduplicates. One thread at a time;
/// several senders may share a Store.
class Sender {
 public:
  /// All outlive this object. Without a printer it renders by itself.
  Sender(port::ActStore& store, port::Channel& channel, Score& score, SenderConfig config, CrashPoint crash = {},
         std::optional<Printer> printer = {});

  /// One round, with a single commit: settles the last round, attempts what was rendered, claims the next messages; then
  /// transmits and renders (with a printer: what the last round claimed, meanwhile). Gives how many messages it moved:
  /// 0 = nothing to do now.
  base::Result<std::size_t> round(base::Instant now);

  // The parts of a round, each committed by itself, for tests that interleave several senders.
  base::Result<std::size_t> claim(base::Instant now);
  void render(base::Instant now);
  base::Result<void> attempt(base::Instant now);
  void transmit();
  base::Result<void> settle(base::Instant now);

  /// Leases that are over, and messages in doubt: replays where the provider deduplicates, asks where it can say, closes
  /// what stays unknown for too long.
  base::Result<void> resolve(base::Instant now);

  /// Why nothing of this channel can go until a person mends it; empty = nothing known. Kept as the finding
  /// "channel/<name>" of the Store too, with since when.
  const std::string& trouble() const { return trouble_; }

  /// Messages whose answer is not stored yet.
  std::size_t in_flight() const { return sent_.size(); }

 private:
  struct Rendered {
    Job job;
    std::optional<Print> print;
    std::string problem;
  };
  struct Sent {
    model::Message message;
    model::Delivery delivery;
    model::Outcome outcome;
    bool answered = false;
  };

  base::Result<void> attempt_all(base::Instant now);
  base::Result<void> attempt_one(Rendered& one, base::Instant now);
  base::Result<void> settle_all(base::Instant now);
  void committed();
  void rolled_back();
  base::Result<void> settle_one(const Sent& one, base::Instant now);
  base::Result<void> give_back_grant(const Sent& one);
  base::Result<void> close(const model::Message& message, model::MessageState state, std::string_view provider_id,
                           std::string_view detail, base::Instant now);
  base::Result<void> resolve_one(const model::Message& message, base::Instant now);
  static std::vector<Rendered> print_all(std::vector<model::Message> claimed, port::ActStore& store, Score& score,
                                         base::Instant now);
  base::Result<std::size_t> allowance(base::Instant now);
  base::Result<void> note_trouble(base::Instant now);
  void at(std::string_view point) const {
    if (crash_) crash_(point);
  }

  port::ActStore& store_;
  port::Channel& channel_;
  Score& score_;
  SenderConfig config_;
  CrashPoint crash_;
  std::optional<Printer> printer_;
  std::vector<model::Message> claimed_;
  std::vector<Rendered> rendered_;
  std::vector<Sent> attempting_;  ///< of a transaction that is not committed yet: nothing of it may leave
  std::vector<Sent> sent_;        ///< committed as attempting; answered ones wait to be settled
  std::optional<base::Day> first_day_;
  base::Day today_{};
  std::uint64_t attempted_today_ = 0;
  base::Instant hour_{};
  std::uint64_t attempted_this_hour_ = 0;
  std::string trouble_;
  base::Instant rests_until_{};  ///< of a channel in trouble
};

/// How long a message that was certainly not taken rests before its next attempt: `first`, doubling to six hours.
std::chrono::seconds back_off(std::uint32_t attempt, std::chrono::seconds first);

}  // namespace act::deliver
