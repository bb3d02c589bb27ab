#include "act/deliver/sender.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <limits>

#include "act/deliver/crash_points.h"
#include "act/deliver/situation.h"

namespace act::deliver {

using base::Instant;
using base::Result;
using model::Message;
using model::MessageState;
using model::OutcomeKind;

namespace {

/// Certainly not taken so often: the message is given up, unless the provider only asked for patience.
constexpr std::uint32_t kMostAttempts = 10;

/// Unknown messages looked at in one go.
constexpr std::size_t kDoubtsAtOnce = 4096;

/// Everyone a message concerns.
Result<Job> job_of(Message message, port::ActStore& store) {
  Job job;
  WB_ASSIGN(auto enrolment, store.enrolments().find(message.enrolment_id));
  if (enrolment) job.enrolment = std::move(*enrolment);
  WB_ASSIGN(job.person, person_of(message.customer_id, store));
  if (message.channel == "webhook") {
    job.contact.address = message.letter;
  } else {
    WB_ASSIGN(auto contact, contact_of(message.customer_id, message.channel, store));
    if (contact) job.contact = std::move(*contact);
  }
  job.message = std::move(message);
  return job;
}

}  // namespace

std::chrono::seconds back_off(std::uint32_t attempt, std::chrono::seconds first) {
  constexpr std::chrono::seconds kMost = std::chrono::hours{6};
  return std::min(kMost, first * (1 << std::min(attempt == 0 ? 0U : attempt - 1, 15U)));
}

Sender::Sender(port::ActStore& store, port::Channel& channel, Score& score, SenderConfig config, CrashPoint crash,
               std::optional<Printer> printer)
    : store_(store), channel_(channel), score_(score), config_(std::move(config)), crash_(std::move(crash)), printer_(printer) {}

Result<std::size_t> Sender::round(Instant now) {
  const std::size_t before = sent_.size() + rendered_.size() + claimed_.size();
  WB_ASSIGN(const std::size_t allowed, allowance(now));
  const std::size_t printed = claimed_.size();
  std::future<std::vector<Rendered>> printing;  // waited for at the end, however this round ends
  if (printed > 0) {
    printing = std::async(printer_ ? std::launch::async : std::launch::deferred,
                          [claimed = std::move(claimed_), printer = printer_.value_or(Printer{&store_, &score_}), now]() mutable {
                            return print_all(std::move(claimed), *printer.store, *printer.score, now);
                          });
    claimed_.clear();
  }
  std::vector<Message> claimed;
  const auto outcome = store_.transact([&]() -> Result<void> {
    WB_TRY(settle_all(now));
    WB_TRY(attempt_all(now));
    const std::size_t taken = attempting_.size() + printed;
    if (allowed > taken) {
      WB_ASSIGN(claimed, store_.outbox().claim(channel_.name(), now, now + config_.lease, std::min(config_.window, allowed - taken)));
    }
    at(point::kRoundNotCommitted);
    return {};
  });
  if (!outcome) {
    rolled_back();
    return std::unexpected(outcome.error());
  }
  committed();
  at(point::kAttemptingCommitted);
  transmit();
  claimed_ = std::move(claimed);
  const std::size_t moved = before + claimed_.size();
  if (printing.valid()) {
    rendered_ = printing.get();
    at(point::kRendered);
  } else if (!printer_) {
    render(now);
  }
  return moved;
}

/// What a commit makes true: the answered ones are settled, the attempting ones may leave.
void Sender::committed() {
  std::erase_if(sent_, [](const Sent& one) { return one.answered; });
  std::ranges::move(attempting_, std::back_inserter(sent_));
  attempting_.clear();
  rendered_.clear();
}

/// Answers stay to be settled; claims run out by themselves.
void Sender::rolled_back() {
  attempting_.clear();
  rendered_.clear();
}

Result<std::size_t> Sender::claim(Instant now) {
  WB_ASSIGN(const std::size_t allowed, allowance(now));
  if (allowed == 0) return std::size_t{0};
  WB_ASSIGN(claimed_, store_.outbox().claim(channel_.name(), now, now + config_.lease, std::min(config_.window, allowed)));
  at(point::kClaimed);
  return claimed_.size();
}

void Sender::render(Instant now) {
  rendered_ = print_all(std::exchange(claimed_, {}), store_, score_, now);
  at(point::kRendered);
}

std::vector<Sender::Rendered> Sender::print_all(std::vector<Message> claimed, port::ActStore& store, Score& score, Instant now) {
  std::vector<Rendered> all(claimed.size());
  const auto looked = store.look([&]() -> Result<void> {
    for (std::size_t i = 0; i < claimed.size(); ++i) {
      WB_ASSIGN(all[i].job, job_of(std::move(claimed[i]), store));
    }
    return {};
  });
  if (!looked) return {};  // the store's trouble is no message's end: the claims run out by themselves
  for (Rendered& one : all) {
    if (one.job.contact.address.empty()) {
      one.problem = "no_address";
    } else if (!one.job.message.ghost) {
      auto print = score.print(one.job, now);
      if (print) one.print = std::move(*print);
      else one.problem = fmt::format("not rendered: {}", print.error().message);
    }
  }
  return all;
}

Result<void> Sender::attempt_all(Instant now) {
  for (Rendered& one : rendered_) WB_TRY(attempt_one(one, now));
  if (!rendered_.empty()) at(point::kAttemptingNotCommitted);
  return {};
}

Result<void> Sender::attempt(Instant now) {
  const auto outcome = store_.transact([&] { return attempt_all(now); });
  if (!outcome) {
    rolled_back();
    return outcome;
  }
  std::ranges::move(attempting_, std::back_inserter(sent_));
  attempting_.clear();
  rendered_.clear();
  at(point::kAttemptingCommitted);
  return {};
}

Result<void> Sender::attempt_one(Rendered& one, Instant now) {
  const Message& message = one.job.message;
  if (!one.problem.empty()) return close(message, MessageState::dropped, {}, one.problem, now);

  // Asked again here, in the transaction that makes it irrevocable: an opt-out committed before it wins.
  WB_ASSIGN(const model::Person person, person_of(message.customer_id, store_));
  WB_ASSIGN(const Ruling ruling, judge_now(message, person, one.job.contact, score_, store_, now));
  if (ruling.refusal != Refusal::none) return close(message, MessageState::dropped, {}, name_of(ruling.refusal), now);
  if (ruling.at > now) {
    WB_TRY(store_.outbox().settle(message, MessageState::ready, {}, {}, now, ruling.at));
    return {};
  }
  if (message.ghost) return close(message, MessageState::ghost, {}, {}, now);

  const bool granted = channel_.needs_grant(one.print->content);
  if (granted) {
    // In the same transaction: what is used up here goes out once or, where it was certainly not taken, comes back.
    WB_ASSIGN(const bool had, store_.grants().take(message.customer_id, one.print->content.template_id));
    if (!had) return close(message, MessageState::dropped, {}, "no_grant", now);
  }

  // The bytes are kept for as long as they may be sent again: never, where the provider does not deduplicate.
  const bool replays = channel_.replay_window() > std::chrono::seconds{0};
  WB_ASSIGN(const bool ours, store_.outbox().attempt(message, replays ? &one.print->content : nullptr, now));
  if (!ours) {
    if (granted) WB_TRY(store_.grants().add(message.customer_id, one.print->content.template_id, 1));
    return {};
  }
  ++attempted_today_;
  ++attempted_this_hour_;
  if (message.purpose == model::Purpose::marketing) {
    model::Person written = person;
    ++written.unanswered;
    WB_TRY(store_.people().put({&written, 1}));
  }
  if (message.channel == "in_app") {
    // Our own store is the provider: delivered and settled in this very transaction.
    WB_TRY(store_.inbox().put({.message_id = message.id,
                               .customer_id = message.customer_id,
                               .content = one.print->content,
                               .created_at = now,
                               .expires_at = message.last_by}));
    return close(message, MessageState::accepted, {}, {}, now);
  }
  Sent sent;
  sent.message = message;
  sent.delivery = {.message_id = message.id,
                   .attempt = message.attempt,
                   .send_key = message.send_key,
                   .reference = one.print->reference,
                   .customer_id = message.customer_id,
                   .address = one.job.contact.address,
                   .name = one.job.contact.name,
                   .purpose = message.purpose,
                   .content = std::move(one.print->content),
                   .unsubscribe_url = one.print->unsubscribe_url,
                   .at = now};
  attempting_.push_back(std::move(sent));
  return {};
}

void Sender::transmit() {
  std::vector<model::Delivery> deliveries;
  deliveries.reserve(sent_.size());
  for (Sent& one : sent_) {
    if (!one.answered) deliveries.push_back(std::move(one.delivery));
  }
  if (deliveries.empty()) return;
  const std::vector<model::Outcome> outcomes = channel_.send(deliveries);
  WB_CHECK(outcomes.size() == deliveries.size());
  std::size_t next = 0;
  for (Sent& one : sent_) {
    if (one.answered) continue;
    one.delivery = std::move(deliveries[next]);
    one.outcome = outcomes[next++];
    one.answered = true;
  }
  at(point::kTransmitted);
}

/// What one answer says of the whole channel: nobody's messages go while it cannot work, and they say so where it is looked at.
Result<void> Sender::note_trouble(Instant now) {
  std::optional<std::string> said;
  for (const Sent& one : sent_) {
    if (!one.answered || one.outcome.kind == OutcomeKind::unknown) continue;
    said = one.outcome.kind == OutcomeKind::retryable ? one.outcome.trouble : std::string{};
    if (!said->empty()) break;
    if (one.outcome.kind == OutcomeKind::retryable) said.reset();  // refused for now says neither
  }
  if (!said) return {};
  if (!said->empty()) rests_until_ = now + config_.trouble_rest;
  if (*said == trouble_) return {};
  trouble_ = *said;
  return store_.findings().save(fmt::format("channel/{}", channel_.name()), {now, trouble_});
}

Result<void> Sender::settle_all(Instant now) {
  WB_TRY(note_trouble(now));
  for (const Sent& one : sent_) {
    if (one.answered) WB_TRY(settle_one(one, now));
  }
  if (!sent_.empty()) at(point::kSettledNotCommitted);
  return {};
}

Result<void> Sender::settle(Instant now) {
  WB_TRY(store_.transact([&] { return settle_all(now); }));
  std::erase_if(sent_, [](const Sent& one) { return one.answered; });
  at(point::kSettled);
  return {};
}

Result<void> Sender::settle_one(const Sent& one, Instant now) {
  const model::Outcome& outcome = one.outcome;
  switch (outcome.kind) {
    case OutcomeKind::accepted:
      return close(one.message, MessageState::accepted, outcome.provider_id, outcome.detail, now);
    case OutcomeKind::unknown:
      return close(one.message, MessageState::unknown, {}, outcome.detail, now);
    case OutcomeKind::rejected:
      if (outcome.address_dead) {
        WB_TRY(store_.people().suppress(one.message.channel, one.delivery.address, "bounced_hard", now));
      }
      return close(one.message, MessageState::rejected, {}, outcome.detail, now);
    case OutcomeKind::retryable: break;
  }
  if (channel_.needs_grant(one.delivery.content)) {
    WB_TRY(give_back_grant(one));
  }
  // The journey may have ended while the message was on its way: then it is not tried again.
  if (one.message.enrolment_id != 0) {
    WB_ASSIGN(const auto enrolment, store_.enrolments().find(one.message.enrolment_id));
    if (enrolment && enrolment->state == model::EnrolmentState::finished && one.message.channel != "webhook")
      return close(one.message, MessageState::cancelled, {}, enrolment->exit_reason, now);
  }
  const Instant again = now + outcome.retry_after.value_or(back_off(one.message.attempt, config_.first_retry));
  const bool late = one.message.last_by && again > *one.message.last_by;
  // What the whole channel suffers from is no message's own failure.
  const bool own_failure = !outcome.throttled && outcome.trouble.empty();
  if (late || (own_failure && one.message.attempt >= kMostAttempts))
    return close(one.message, MessageState::rejected, {}, outcome.trouble.empty() ? outcome.detail : outcome.trouble, now);
  WB_TRY(store_.outbox().settle(one.message, MessageState::ready, {}, outcome.detail, now, again));
  return {};
}

/// The provider certainly did not take it: the grant is there for the next attempt, unless a stale answer says so.
Result<void> Sender::give_back_grant(const Sent& one) {
  WB_ASSIGN(const auto stored, store_.outbox().find(one.message.id));
  const bool ours = stored && stored->attempt == one.message.attempt && stored->state == MessageState::attempting;
  return ours ? store_.grants().add(one.message.customer_id, one.delivery.content.template_id, 1) : Result<void>{};
}

/// Settles for good (or into doubt), and lets the customer's journey go on.
Result<void> Sender::close(const Message& message, MessageState state, std::string_view provider_id,
                           std::string_view detail, Instant now) {
  WB_ASSIGN(const bool ours, store_.outbox().settle(message, state, provider_id, detail, now, message.due_at));
  if (!ours || message.enrolment_id == 0 || message.channel == "webhook") return {};
  return store_.enrolments().wake(message.enrolment_id, now);
}

Result<void> Sender::resolve(Instant now) {
  std::vector<Message> doubtful;
  WB_TRY(store_.transact([&]() -> Result<void> {
    WB_ASSIGN(const auto expired, store_.outbox().expire_leases(now));
    for (const Message& message : expired) {
      if (message.enrolment_id != 0 && message.channel != "webhook")
        WB_TRY(store_.enrolments().wake(message.enrolment_id, now));
    }
    at(point::kLeasesExpiredNotCommitted);
    return {};
  }));
  WB_ASSIGN(doubtful, store_.outbox().unknown(now, kDoubtsAtOnce));
  for (const Message& message : doubtful) {
    if (message.channel == channel_.name()) WB_TRY(resolve_one(message, now));
  }
  return {};
}

Result<void> Sender::resolve_one(const Message& message, Instant now) {
  const auto age = now - message.attempted_at.value_or(now);
  model::Outcome outcome;
  WB_ASSIGN(Job job, job_of(message, store_));
  model::Delivery delivery{.message_id = message.id,
                           .attempt = message.attempt,
                           .send_key = message.send_key,
                           .customer_id = message.customer_id,
                           .address = job.contact.address,
                           .name = job.contact.name,
                           .purpose = message.purpose,
                           .at = message.attempted_at.value_or(now)};
  if (age >= std::chrono::seconds{0} && age < channel_.replay_window() && !delivery.address.empty()) {
    WB_ASSIGN(auto frozen, store_.outbox().frozen(message.id));
    if (frozen) {
      delivery.content = std::move(*frozen);
      outcome = channel_.send({&delivery, 1}).front();
      at(point::kReplayed);
    }
  } else {
    outcome = channel_.look_up(delivery);
  }
  if (outcome.kind == OutcomeKind::accepted) {
    WB_TRY(store_.outbox().settle(message, MessageState::accepted, outcome.provider_id, outcome.detail, now, message.due_at));
    at(point::kResolved);
  } else if (age >= config_.give_up) {
    WB_TRY(store_.outbox().settle(message, MessageState::unconfirmed, {}, message.detail, now, message.due_at));
  }
  return {};
}

/// How many messages may be attempted now by the channel's warm-up and hourly rate.
Result<std::size_t> Sender::allowance(Instant now) {
  if (now < rests_until_ && now > rests_until_ - 2 * config_.trouble_rest) return std::size_t{0};
  std::uint64_t allowed = std::numeric_limits<std::uint32_t>::max();
  const base::Day day = std::chrono::floor<std::chrono::days>(now);
  if (!config_.warm_up.empty()) {
    if (day != today_ || !first_day_) {
      WB_ASSIGN(const auto first, store_.counts().first_attempt(channel_.name()));
      first_day_ = std::chrono::floor<std::chrono::days>(first.value_or(now));
      WB_ASSIGN(attempted_today_, store_.counts().attempted_since(channel_.name(), Instant{day}));
      today_ = day;
    }
    const auto nth = static_cast<std::size_t>((day - *first_day_).count());
    if (nth < config_.warm_up.size()) {
      const std::uint64_t most = config_.warm_up[nth];
      allowed = std::min(allowed, most - std::min(most, attempted_today_));
    }
  }
  if (config_.per_hour > 0) {
    if (now - hour_ >= std::chrono::hours{1}) {
      hour_ = std::chrono::floor<std::chrono::hours>(now);
      WB_ASSIGN(attempted_this_hour_, store_.counts().attempted_since(channel_.name(), hour_));
    }
    allowed = std::min(allowed, config_.per_hour - std::min(config_.per_hour, attempted_this_hour_));
  }
  return static_cast<std::size_t>(allowed);
}

}  // namespace act::deliver
