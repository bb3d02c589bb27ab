#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "model/api_key.h"
#include "model/campaign.h"
#include "model/journey.h"
#include "model/person.h"
#include "port/access_store.h"
#include "port/back_store.h"
#include "port/event_store.h"
#include "port/grant_store.h"
#include "port/store.h"

// What acting keeps: one interface an aggregate. Every method is a transaction of its own unless it is called within
// port::Store::transact, where all of them become durable together. Any thread may call.

namespace port {

class CampaignStore {
 public:
  virtual ~CampaignStore() = default;
  virtual base::Result<void> save(const model::Campaign& campaign) = 0;  ///< adds or replaces
  virtual base::Result<std::optional<model::Campaign>> find(std::string_view id) = 0;
  virtual base::Result<std::vector<model::Campaign>> list() = 0;  ///< newest first
  virtual base::Result<void> add_version(const model::CampaignVersion& version) = 0;
  virtual base::Result<std::optional<model::CampaignVersion>> version(std::string_view campaign, std::uint32_t number) = 0;
  virtual base::Result<void> approve(const model::Approval& approval) = 0;
  virtual base::Result<std::vector<model::Approval>> approvals(std::string_view checksum) = 0;

  /// A number remembered by name, 0 at first: how far something was read.
  virtual base::Result<std::int64_t> offset(std::string_view name) = 0;
  virtual base::Result<void> set_offset(std::string_view name, std::int64_t value) = 0;
};

class EnrolmentStore {
 public:
  virtual ~EnrolmentStore() = default;

  /// Adds the enrolment and its facts (a JSON object for letters and branches) and sets its id. False when this entry of
  /// the customer exists already.
  virtual base::Result<bool> add(model::Enrolment& enrolment, std::string_view facts_json) = 0;
  virtual base::Result<void> save(const model::Enrolment& enrolment) = 0;
  virtual base::Result<std::optional<model::Enrolment>> find(std::int64_t id) = 0;
  virtual base::Result<std::string> facts(std::int64_t id) = 0;

  /// The customer's last entry into the campaign.
  virtual base::Result<std::optional<model::Enrolment>> last_entry(std::string_view campaign, std::string_view customer) = 0;

  /// Waiting enrolments of the campaign whose time has come, earliest first.
  virtual base::Result<std::vector<model::Enrolment>> due(std::string_view campaign, base::Instant now, std::size_t limit) = 0;

  /// When the next waiting enrolment of any running campaign wants to go on.
  virtual base::Result<std::optional<base::Instant>> next_due() = 0;

  /// The customer's unfinished enrolments; an empty customer gives those of everyone in the campaign.
  virtual base::Result<std::vector<model::Enrolment>> open_of(std::string_view customer, std::string_view campaign = {}) = 0;

  /// A customer whose message is settled goes on at `at`; anyone else is left alone.
  virtual base::Result<void> wake(std::int64_t id, base::Instant at) = 0;

  /// Moves everyone on the way to another version.
  virtual base::Result<void> move_to_version(std::string_view campaign, std::uint32_t version) = 0;
};

/// The outbox; its rules stand in docs/methods.md ("The outbox").
class Outbox {
 public:
  virtual ~Outbox() = default;

  /// Puts a message in and reserves its place under the caps at `due_at`. False when its send_key is there already.
  virtual base::Result<bool> add(model::Message& message) = 0;

  /// Claims due, ready messages of running campaigns for this worker until the lease ends; their attempt number rises.
  virtual base::Result<std::vector<model::Message>> claim(std::string_view channel, base::Instant now,
                                                          base::Instant lease_until, std::size_t limit) = 0;

  /// Claimed → attempting; the place under the caps moves to `now`. The bytes, where there are any, are kept until the
  /// message's fate is known. False when the claim is not this attempt's any more: then nothing may be sent.
  virtual base::Result<bool> attempt(const model::Message& message, const model::Content* frozen, base::Instant now) = 0;

  /// Claimed or attempting → `state`, with what was learned; for ready `due_at` says when again. A place under the caps is
  /// given back when the state is rejected, dropped or cancelled. False when the attempt is stale: it is kept as evidence,
  /// and an acceptance found so beats unknown, unconfirmed and a retry that
  /// has not begun.
  virtual base::Result<bool> settle(const model::Message& message, model::MessageState state, std::string_view provider_id,
                                    std::string_view detail, base::Instant now, base::Instant due_at) = 0;

  /// Leases over: claimed → ready, attempting → unknown. Gives the messages that became unknown.
  virtual base::Result<std::vector<model::Message>> expire_leases(base::Instant now) = 0;

  /// Unknown messages attempted before, oldest first.
  virtual base::Result<std::vector<model::Message>> unknown(base::Instant attempted_before, std::size_t limit) = 0;
  virtual base::Result<std::optional<model::Content>> frozen(std::int64_t id) = 0;

  virtual base::Result<std::optional<model::Message>> find(std::int64_t id) = 0;
  virtual base::Result<std::optional<model::Message>> find_key(std::string_view send_key) = 0;

  /// By the id its provider gave it; the newest where a provider used one twice.
  virtual base::Result<std::optional<model::Message>> find_provider(std::string_view channel, std::string_view provider_id) = 0;

  /// Ready and claimed messages of an enrolment → cancelled.
  virtual base::Result<void> cancel(std::int64_t enrolment, std::string_view why, base::Instant now) = 0;
};

/// Looking at campaigns and the outbox as a whole.
class ActCounts {
 public:
  virtual ~ActCounts() = default;

  /// How many stand at each step, and how they ended.
  struct Standing {
    std::string step;
    std::string state;  ///< waiting, sending, or "finished: bought"
    bool control = false;
    std::uint64_t customers = 0;
  };
  virtual base::Result<std::vector<Standing>> enrolments(std::string_view campaign) = 0;

  struct Sent {
    std::string step;
    model::MessageState state{};
    std::string detail;  ///< of dropped, rejected and cancelled ones
    std::uint64_t messages = 0;
  };
  virtual base::Result<std::vector<Sent>> messages(std::string_view campaign) = 0;

  /// One entry of a customer with what it has cost, in the order of entering.
  struct Assigned {
    std::string customer_id;
    bool control = false;
    base::Instant entered_at;
    std::int64_t redeemed = 0;   ///< minor units, of its codes
    std::uint64_t messages = 0;  ///< that went or may have gone
  };
  virtual base::Result<void> each_assigned(std::string_view campaign,
                                           const std::function<base::Result<void>(const Assigned&)>& sink) = 0;

  /// Messages of the channel attempted (not ghosts) since then.
  virtual base::Result<std::uint64_t> attempted_since(std::string_view channel, base::Instant since) = 0;
  virtual base::Result<std::optional<base::Instant>> first_attempt(std::string_view channel) = 0;

  /// Accepted messages and complaints of a campaign since then.
  struct Complaints {
    std::uint64_t accepted = 0;
    std::uint64_t complained = 0;
  };
  virtual base::Result<Complaints> complaints(std::string_view campaign, base::Instant since) = 0;

  /// Messages of the channel attempted since then, by what became of them and why; ghosts not among them.
  struct ChannelCount {
    model::MessageState state{};
    std::string detail;          ///< of rejected ones
    std::uint64_t messages = 0;
    std::uint64_t reacted = 0;   ///< clicked or answered by a person
  };
  virtual base::Result<std::vector<ChannelCount>> of_channel(std::string_view channel, base::Instant since) = 0;

  /// When the next ready message of the channel falls due.
  virtual base::Result<std::optional<base::Instant>> next_due(std::string_view channel) = 0;

  /// All messages of a customer, oldest first: "why did I get this", and a customer's story.
  virtual base::Result<std::vector<model::Message>> of_customer(std::string_view customer) = 0;
};

/// Whom we may write to, and what they said about it.
class PeopleStore {
 public:
  virtual ~PeopleStore() = default;
  virtual base::Result<std::optional<model::Person>> find(std::string_view customer) = 0;
  virtual base::Result<void> put(std::span<const model::Person> people) = 0;  ///< adds or replaces
  virtual base::Result<std::optional<model::ContactPoint>> contact(std::string_view customer, std::string_view channel) = 0;
  virtual base::Result<std::vector<std::string>> customers_of(std::string_view channel, std::string_view address) = 0;

  virtual base::Result<std::vector<model::ConsentRecord>> consents(std::string_view customer) = 0;
  virtual base::Result<std::uint64_t> add_consents(std::span<const model::ConsentRecord> records) = 0;  ///< new ones

  /// What counts for caps since then, oldest first; with `ghosts` the ghost sends of this customer too. `without` is the
  /// message that asks. Reservations lie in the future.
  virtual base::Result<std::vector<model::Contact>> contacts(std::string_view customer, base::Instant since, bool ghosts,
                                                             std::int64_t without) = 0;

  /// The address itself is not kept, only its HMAC with the workspace's secret.
  virtual base::Result<void> suppress(std::string_view channel, std::string_view address, std::string_view reason,
                                      base::Instant at) = 0;
  virtual base::Result<std::optional<std::string>> suppressed(std::string_view channel, std::string_view address) = 0;

  /// Deletes everything that names or describes the customer, suppresses the addresses, and notes under the bare id that
  /// nothing may be sent. What was sent when, codes and orders stay as figures.
  virtual base::Result<void> erase(std::string_view customer, base::Instant at) = 0;
};

class CodeStore {
 public:
  virtual ~CodeStore() = default;
  virtual base::Result<void> open_account(const model::CodeAccount& account) = 0;
  virtual base::Result<std::optional<model::CodeAccount>> account(std::string_view campaign, std::string_view offer) = 0;
  virtual base::Result<std::vector<model::CodeAccount>> accounts(std::string_view campaign) = 0;

  /// Issues the code of the draft, or, where the offer has a pool, the next one of it. None when money, stock or pool is used up: redeemed plus outstanding
  /// never passes the budget. Asked again for the same enrolment and offer it gives the same code.
  virtual base::Result<std::optional<model::Code>> issue(const model::Code& draft) = 0;

  /// Marks it redeemed by this order at that moment, which may lie before the code's end and be told after it. `conflict`
  /// when it was redeemed by another order, over at that moment or revoked; `not_found`
  /// when there is none. The same order again changes nothing.
  virtual base::Result<model::Code> redeem(std::string_view code, std::string_view order, std::int64_t cost, base::Instant at) = 0;
  virtual base::Result<std::optional<model::Code>> find(std::string_view code) = 0;
  virtual base::Result<std::uint64_t> add_pool(std::string_view offer, std::span<const std::string> codes) = 0;
  virtual base::Result<std::uint64_t> expire(base::Instant now) = 0;  ///< codes whose end has come; frees their liability
};

/// What came back.
class ResponseStore {
 public:
  virtual ~ResponseStore() = default;
  virtual base::Result<bool> add(const model::Response& response) = 0;  ///< false: its key is known
  virtual base::Result<std::vector<model::Response>> of_enrolment(std::int64_t enrolment) = 0;
  virtual base::Result<std::vector<model::Response>> of_message(std::int64_t message) = 0;

  struct Count {
    std::string step;
    model::ResponseKind kind{};
    std::uint64_t customers = 0;  ///< with at least one that is more likely human than not
    std::uint64_t machine = 0;    ///< responses that are not
  };
  virtual base::Result<std::vector<Count>> counts(std::string_view campaign) = 0;

  virtual base::Result<std::int64_t> link_id(std::string_view url) = 0;
  virtual base::Result<std::optional<std::string>> link_url(std::int64_t id) = 0;
};

/// In-app messages, tasks of people and tags.
class InboxStore {
 public:
  virtual ~InboxStore() = default;
  virtual base::Result<void> put(const model::InboxMessage& message) = 0;  ///< once for each message_id
  virtual base::Result<std::vector<model::InboxMessage>> of_customer(std::string_view customer, base::Instant now) = 0;
  virtual base::Result<bool> mark_read(std::int64_t id, std::string_view customer, base::Instant at) = 0;

  virtual base::Result<void> add_task(const model::Task& task) = 0;  ///< once for each enrolment, step and occurrence
  virtual base::Result<std::vector<model::Task>> open_tasks() = 0;   ///< earliest deadline first
  virtual base::Result<bool> finish_task(std::int64_t id, std::string_view outcome, base::Instant at) = 0;

  virtual base::Result<void> change_tags(std::string_view customer, std::span<const std::string> add,
                                         std::span<const std::string> remove, base::Instant at) = 0;
  virtual base::Result<std::vector<std::string>> tags(std::string_view customer) = 0;
};

/// Keys of programs that use the API.
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  virtual base::Result<bool> add(const model::ApiKey& key) = 0;  ///< false: a living key has this name
  virtual base::Result<std::vector<model::ApiKey>> list() = 0;   ///< oldest first, revoked ones too
  virtual base::Result<bool> revoke(std::string_view name, base::Instant at) = 0;  ///< false: none living has this name
  virtual base::Result<void> touch(std::int64_t id, base::Instant at) = 0;         ///< it was used
};

/// The shop as a whole, for those who look at it.
class FindingStore {
 public:
  virtual ~FindingStore() = default;

  /// What an analysis said, as JSON (or a plain name) without personal data; the last one of each name is kept.
  struct Finding {
    base::Instant made_at;
    std::string json;
  };
  virtual base::Result<void> save(std::string_view name, const Finding& finding) = 0;
  virtual base::Result<std::optional<Finding>> find(std::string_view name) = 0;

  /// Contact points by channel.
  struct Contacts {
    std::string channel;
    std::uint64_t addresses = 0;
    std::uint64_t opted_out = 0;
    std::uint64_t suppressed = 0;  ///< addresses of the channel that may never be written to, known or not
  };
  virtual base::Result<std::vector<Contacts>> contacts() = 0;

  /// The statements of consent noted last, newest first.
  virtual base::Result<std::vector<model::ConsentRecord>> latest_consents(std::size_t limit) = 0;
};

/// A Store that keeps what acting needs as well.
class ActStore : public Store {
 public:
  virtual CampaignStore& campaigns() = 0;
  virtual EnrolmentStore& enrolments() = 0;
  virtual Outbox& outbox() = 0;
  virtual ActCounts& counts() = 0;
  virtual PeopleStore& people() = 0;
  virtual CodeStore& codes() = 0;
  virtual ResponseStore& responses() = 0;
  virtual InboxStore& inbox() = 0;
  virtual KeyStore& keys() = 0;
  virtual UserStore& users() = 0;
  virtual SessionStore& sessions() = 0;
  virtual AuditStore& audit() = 0;
  virtual EventStore& events() = 0;
  virtual FindingStore& findings() = 0;
  virtual GrantStore& grants() = 0;
  virtual AudienceStore& audiences() = 0;
  virtual BackStore& back() = 0;
  virtual SurveyStore& surveys() = 0;

  /// HMAC-SHA256 with the workspace's secret, for what must be unguessable and the same every time; `purpose` keeps uses
  /// apart.
  virtual base::Digest sign(std::string_view purpose, std::string_view bytes) const = 0;

  /// Lets go of the bytes of deleted rows: the journal is written back and emptied. Not within a transaction. `conflict`
  /// while another program reads.
  virtual base::Result<void> scrub() = 0;

  /// Runs the work in one transaction over all parts; its error, or a failing commit, leaves everything as it was. Calls
  /// may nest: the outermost decides.
  virtual base::Result<void> transact(const std::function<base::Result<void>()>& work) = 0;

  /// Runs the work, which changes nothing, on one state of the store: many questions at once cost less than one by one.
  virtual base::Result<void> look(const std::function<base::Result<void>()>& work) = 0;
};

}  // namespace port
