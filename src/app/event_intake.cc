#include "app/event_intake.h"

#include <algorithm>
#include <cstdio>

#include "app/engine.h"
#include "base/log.h"

namespace app {

using base::Code;
using base::Instant;
using base::Result;
using collect::spool::Position;
using collect::spool::Spool;
using collect::stream::Call;
using collect::stream::Door;
using collect::stream::Event;
using collect::stream::IdHash;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kLoaded = "events warehouse";
constexpr std::chrono::hours kWindow{24 * 7};
constexpr std::size_t kMostIds = 5'000'000;
constexpr std::uint64_t kSpoolBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kIdsBytes = std::uint64_t{1} << 32;
constexpr std::uint64_t kPiece = 512 * 1024;
constexpr std::size_t kRecent = 200, kRecentOfOne = 20;
constexpr std::chrono::milliseconds kSegmentAge{400};
constexpr std::chrono::seconds kAfterProblem{1};

void append_number(std::string& to, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) to.push_back(static_cast<char>(value >> (8 * i)));
}
std::uint64_t number_at(std::string_view from, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[at + i])) << (8 * i);
  return value;
}

}  // namespace

EventIntake::EventIntake(Context&, const port::Clock& clock) : clock_(clock), seen_(kWindow, kMostIds) {}

EventIntake::~EventIntake() { stop(); }

Result<std::unique_ptr<EventIntake>> EventIntake::open(Context& context, const port::Clock& clock, act::deliver::CrashPoint crash) {
  std::unique_ptr<EventIntake> intake{new EventIntake{context, clock}};
  WB_TRY(intake->start(context, std::move(crash)));
  return intake;
}

Result<void> EventIntake::start(Context& context, act::deliver::CrashPoint crash) {
  WB_ASSIGN(warehouse_, context.warehouse());
  WB_ASSIGN(key_store_, context.another_store());
  WB_ASSIGN(trigger_store_, context.another_store());
  WB_ASSIGN(load_store_, context.another_store());
  WB_ASSIGN(DeskConfig config, load_desk(context));
  WB_ASSIGN(const base::Zone zone, base::Zone::open(context.settings().zone));
  trigger_desk_ = std::make_unique<Desk>(*trigger_store_, config);
  load_desk_ = std::make_unique<Desk>(*load_store_, std::move(config));
  dispatcher_ = std::make_unique<EventDispatcher>(*trigger_store_, *warehouse_, *trigger_desk_, zone, crash);
  buyers_ = std::make_unique<EventDispatcher>(*load_store_, *warehouse_, *load_desk_, zone, crash);
  WB_ASSIGN(const std::int64_t loaded, load_store_->campaigns().offset(kLoaded));
  WB_ASSIGN(const std::int64_t dispatched, dispatcher_->offset());
  loaded_to_ = static_cast<Position>(loaded);
  dispatched_to_ = static_cast<Position>(dispatched);
  WB_ASSIGN(disk_, collect::spool::open_disk(context.data() / "spool"));
  WB_ASSIGN(spool_, Spool::open(*disk_, {.segment_bytes = 8 << 20, .most_bytes = kSpoolBytes}, static_cast<Position>(std::max(loaded, dispatched))));
  WB_ASSIGN(ids_disk_, collect::spool::open_disk(context.data() / "spool" / "ids"));
  WB_ASSIGN(ids_, Spool::open(*ids_disk_, {.segment_bytes = 4 << 20, .most_bytes = kIdsBytes}));
  WB_ASSIGN(EventLoader loader, EventLoader::open(*spool_, *warehouse_, *load_store_, zone, context.settings().currency));
  loader_ = std::make_unique<EventLoader>(std::move(loader));
  WB_TRY(remember_ids());
  loader_thread_ = std::jthread{[this] { load(); }};
  dispatcher_thread_ = std::jthread{[this] { dispatch(); }};
  return {};
}

/// What came in within the window: the ledger of ids of segments that are gone, and the segments that are there.
Result<void> EventIntake::remember_ids() {
  const Instant since = clock_.now() - kWindow;
  WB_ASSIGN(const Position of_ids, ids_->read(0, UINT64_MAX, [&](Position, std::string_view record) -> Result<void> {
    for (std::size_t at = 0; at + 24 <= record.size(); at += 24) {
      const Instant when = base::instant_from_millis(static_cast<std::int64_t>(number_at(record, at)));
      if (when >= since) seen_.remember({number_at(record, at + 8), number_at(record, at + 16)}, when);
    }
    return {};
  }));
  WB_ASSIGN(const Position of_events, spool_->read(0, UINT64_MAX, [&](Position, std::string_view record) -> Result<void> {
    return collect::stream::read_record(record, [&](const Event& event, Instant received) -> Result<void> {
      seen_.remember(collect::stream::hash_of(event.message_id), received);
      return {};
    });
  }));
  (void)of_ids;
  (void)of_events;
  return {};
}

Result<EventIntake::Answer> EventIntake::take(std::string_view body, std::optional<collect::stream::Kind> kind) {
  if (stopping_) return base::fail(Code::unavailable, "the program stops");
  // Refused before anything is read: who is too fast costs little.
  if (spool_->bytes() + body.size() > kSpoolBytes) {
    ++refused_;
    return base::fail(Code::exhausted, "the spool is full; events wait to be taken in");
  }
  const Instant now = clock_.now();
  std::unique_ptr<Door> door;
  {
    const std::lock_guard lock{mutex_};
    if (!doors_.empty()) {
      door = std::move(doors_.back());
      doors_.pop_back();
    }
  }
  if (!door) door = std::make_unique<Door>([this](std::string_view address) { return key_store_->contacts().pseudonym(address); });
  Answer answer;
  const auto taken = [&]() -> Result<void> {
    WB_ASSIGN(Call call, door->read(body, kind, now));
    std::vector<IdHash> ids;
    ids.reserve(call.events.size());
    for (const Event& event : call.events) ids.push_back(collect::stream::hash_of(event.message_id));
    const std::vector<bool> fresh = seen_.claim(ids);
    collect::stream::RecordWriter writer{now};
    std::vector<IdHash> written;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (!fresh[i]) continue;
      writer.add(call.events[i]);
      written.push_back(ids[i]);
    }
    if (!written.empty()) {
      const auto at = spool_->append(writer.take());
      seen_.settle(written, at.has_value(), now);
      if (!at) {
        ++refused_;
        if (at.error().code == Code::exhausted) return base::fail(Code::unavailable, "{}", at.error().message);
        return std::unexpected(at.error());
      }
      if (std::int64_t none = 0; loading_since_ == 0) loading_since_.compare_exchange_strong(none, base::millis(now));
      if (std::int64_t none = 0; dispatching_since_ == 0) dispatching_since_.compare_exchange_strong(none, base::millis(now));
    }
    count(written.size(), now);
    duplicates_ += call.events.size() - written.size();
    rejected_ += call.rejected.size();
    glimpse(call, fresh, now);
    answer.accepted = call.events.size();
    answer.rejected = std::move(call.rejected);
    return {};
  }();
  const std::lock_guard lock{mutex_};
  doors_.push_back(std::move(door));
  if (!taken) return std::unexpected(taken.error());
  return answer;
}

void EventIntake::count(std::size_t accepted, Instant now) {
  accepted_ += accepted;
  const std::int64_t second = base::millis(now) / 1000;
  const std::lock_guard lock{mutex_};
  auto& slot = seconds_[static_cast<std::size_t>(second) % seconds_.size()];
  if (slot.first != second) slot = {second, 0};
  slot.second += accepted;
}

void EventIntake::glimpse(const Call& call, const std::vector<bool>& fresh, Instant now) {
  const std::lock_guard lock{mutex_};
  const std::size_t from = call.events.size() > kRecentOfOne ? call.events.size() - kRecentOfOne : 0;
  for (std::size_t i = from; i < call.events.size(); ++i) {
    const Event& event = call.events[i];
    recent_.push_front({now, std::string{collect::stream::name_of(event.kind)}, std::string{event.type}, std::string{event.customer_id},
                        std::string{event.message_id}, fresh[i] ? "accepted" : "duplicate"});
  }
  for (std::size_t i = 0; i < std::min(call.rejected.size(), kRecentOfOne); ++i) {
    recent_.push_front({now, "", "", "", call.rejected[i].message_id, call.rejected[i].reason});
  }
  if (recent_.size() > kRecent) recent_.resize(kRecent);
}

std::vector<EventGlimpse> EventIntake::recent() const {
  const std::lock_guard lock{mutex_};
  return {recent_.begin(), recent_.end()};
}

EventHealth EventIntake::health() const {
  const Instant now = clock_.now();
  EventHealth health;
  health.accepted = accepted_;
  health.rejected = rejected_;
  health.duplicates = duplicates_;
  health.refused = refused_;
  health.skipped = skipped_;
  health.no_texts = no_texts_;
  health.other_currency = other_currency_;
  health.spool_bytes = spool_->bytes();
  health.spool_most_bytes = kSpoolBytes;
  health.damaged_bytes = spool_->damaged();
  health.remembered_ids = seen_.size();
  const Position end = spool_->end();
  health.warehouse_lag_bytes = end - std::min<Position>(end, loaded_to_);
  health.triggers_lag_bytes = end - std::min<Position>(end, dispatched_to_);
  const auto lag = [&](std::int64_t since) { return since == 0 ? 0 : std::max<std::int64_t>(0, base::millis(now) - since); };
  health.warehouse_lag_millis = lag(loading_since_);
  health.triggers_lag_millis = lag(dispatching_since_);
  const std::lock_guard lock{mutex_};
  const std::int64_t second = base::millis(now) / 1000;
  for (const auto& [at, events] : seconds_) health.per_second += at < second && at >= second - 10 ? static_cast<double>(events) / 10 : 0.0;
  health.warehouse_problem = warehouse_problem_;
  health.triggers_problem = triggers_problem_;
  return health;
}

/// Said once on stderr, and kept while it lasts.
void EventIntake::problem(std::string EventIntake::* where, std::string text) {
  const std::lock_guard lock{mutex_};
  if (this->*where == text) return;
  if (!text.empty()) base::log(base::Level::warning, "events_wait", text);
  this->*where = std::move(text);
}

/// Segments grow until they are full or the first of their events has waited for a moment; then the warehouse gets them whole.
void EventIntake::load() {
  while (!stopping_) {
    const Position from = loaded_to_;
    auto sealed = spool_->sealed_after(from);
    if (!sealed) {
      if (!spool_->wait(from, 500ms)) {
        loading_since_ = 0;
        // What the other reader was still at: contact data stay here no longer than they must.
        if (spool_->bytes() > 0) {
          if (const auto gone = retire(); !gone) problem(&EventIntake::warehouse_problem_, gone.error().message);
        }
        continue;
      }
      for (int i = 0; i < 8 && !stopping_ && !(sealed = spool_->sealed_after(from)); ++i) std::this_thread::sleep_for(kSegmentAge / 8);
      if (!sealed) {
        if (const auto done = spool_->seal(); !done) problem(&EventIntake::warehouse_problem_, done.error().message);
        sealed = spool_->sealed_after(from);
      }
      if (!sealed) {
        // Nothing to read up to the end: a segment was given up, or damaged bytes were passed over.
        if (spool_->end() > from) std::this_thread::sleep_for(50ms);
        continue;
      }
    }
    const auto loaded = loader_->load(*sealed);
    if (!loaded) {
      problem(&EventIntake::warehouse_problem_, "events wait in the spool: " + loaded.error().message);
      const auto until = std::chrono::steady_clock::now() + kAfterProblem;
      while (!stopping_ && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(20ms);
      continue;
    }
    other_currency_ += loaded->other_currency;
    const auto done = [&]() -> Result<void> {
      WB_TRY(buyers_->bought(loaded->buyers, clock_.now()));
      WB_TRY(load_store_->campaigns().set_offset(kLoaded, static_cast<std::int64_t>(sealed->end)));
      loaded_to_ = sealed->end;
      if (spool_->end() <= sealed->end) loading_since_ = 0;
      return retire();
    }();
    problem(&EventIntake::warehouse_problem_, done ? "" : done.error().message);
    if (!done) std::this_thread::sleep_for(100ms);
  }
}

/// Segments both are past go; their ids stay in a ledger of their own as long as the window.
Result<void> EventIntake::retire() {
  const Position before = std::min(loaded_to_.load(), dispatched_to_.load());
  WB_TRY(write_ids(before));
  WB_TRY(spool_->forget(before));
  // Sealed pieces of the ledger whose newest id has left the window.
  const Instant since = clock_.now() - kWindow;
  while (const auto oldest = ids_->sealed_after(0)) {
    Instant newest = Instant::min();
    WB_ASSIGN(const Position end, ids_->read(oldest->begin, oldest->end - oldest->begin, [&](Position, std::string_view record) -> Result<void> {
      if (record.size() >= 24) newest = std::max(newest, base::instant_from_millis(static_cast<std::int64_t>(number_at(record, record.size() - 24))));
      return {};
    }));
    (void)end;
    if (newest >= since) break;
    WB_TRY(ids_->forget(oldest->end));
  }
  return {};
}

Result<void> EventIntake::write_ids(Position before) {
  for (;;) {
    const auto sealed = spool_->sealed_after(0);
    if (!sealed || sealed->end > before) return {};
    std::string ids;
    WB_ASSIGN(const Position end, spool_->read(sealed->begin, sealed->end - sealed->begin, [&](Position, std::string_view record) -> Result<void> {
      return collect::stream::read_record(record, [&](const Event& event, Instant received) -> Result<void> {
        const IdHash id = collect::stream::hash_of(event.message_id);
        append_number(ids, static_cast<std::uint64_t>(base::millis(received)));
        append_number(ids, id.a);
        append_number(ids, id.b);
        return {};
      });
    }));
    (void)end;
    if (!ids.empty()) {
      WB_ASSIGN(const Position at, ids_->append(ids));
      (void)at;
    }
    WB_TRY(spool_->forget(sealed->end));
  }
}

void EventIntake::dispatch() {
  Instant tidied{};
  while (!stopping_) {
    const Position from = dispatched_to_;
    if (!spool_->wait(from, 500ms)) {
      dispatching_since_ = 0;
      if (const Instant now = clock_.now(); now - tidied > std::chrono::hours{1}) {
        (void)dispatcher_->tidy(now);
        tidied = now;
      }
      continue;
    }
    std::vector<std::string> records;
    const auto next = spool_->read(from, kPiece, [&](Position, std::string_view record) -> Result<void> {
      records.emplace_back(record);
      return {};
    });
    const auto taken = next ? dispatcher_->take(records, static_cast<std::int64_t>(*next), clock_.now()) : Result<std::size_t>{std::unexpected(next.error())};
    if (!taken) {
      problem(&EventIntake::triggers_problem_, "events wait to act on journeys: " + taken.error().message);
      const auto until = std::chrono::steady_clock::now() + kAfterProblem / 4;
      while (!stopping_ && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(20ms);
      continue;
    }
    problem(&EventIntake::triggers_problem_, "");
    skipped_ += *taken;
    no_texts_ = dispatcher_->no_texts();
    dispatched_to_ = *next;
    if (spool_->end() <= *next) dispatching_since_ = 0;
  }
}

void EventIntake::stop() {
  stopping_ = true;
  if (spool_) spool_->wake();
  loader_thread_ = {};
  dispatcher_thread_ = {};
}

}  // namespace app
