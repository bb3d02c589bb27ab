#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/person_data.h"
#include "console/customers.h"
#include "console/decisions.h"
#include "console/snapshot.h"
#include "console/words.h"
#include "gen/sql_warehouse.h"
#include "report/explain.h"

namespace console {

namespace sql = gen::warehouse;
using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

struct Entry {
  std::string at;
  std::string kind, title, detail;
  std::optional<double> amount;
  std::string link;
};

class Story {
 public:
  Story(const Ask& ask, std::string customer, std::string currency, std::size_t limit)
      : ask_(ask), at_(ask.at), l_(ask.language), customer_(std::move(customer)), currency_(std::move(currency)), limit_(limit) {}

  Result<void> read() {
    WB_TRY(orders());
    WB_TRY(events());
    WB_TRY(feedback());
    WB_TRY(messages());
    WB_TRY(consents());
    WB_TRY(journeys());
    return decisions();
  }

  bool empty() const { return entries_.empty(); }

  std::string json() {
    std::ranges::stable_sort(entries_, std::greater{}, &Entry::at);
    const bool more = entries_.size() > limit_;
    if (more) entries_.resize(limit_);
    ordered_json list = ordered_json::array();
    for (const Entry& one : entries_) {
      list.push_back({{"at", one.at}, {"kind", one.kind}, {"title", one.title}, {"detail", one.detail}, {"amount", one.amount ? ordered_json(*one.amount) : ordered_json(nullptr)}, {"link", one.link}});
    }
    return ordered_json{{"entries", std::move(list)}, {"more", more}}.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  }

 private:
  Result<void> each(const sql::Sql& statement, const std::function<void(const Row&)>& take) {
    return each_row(at_.warehouse, {statement.name, statement.text, {{"customer", customer_}, {"limit", fmt::format("{}", limit_ + 1)}}}, take);
  }

  Result<void> orders() {
    return each(sql::console_orders, [&](const Row& row) {
      const std::string kind = row.text("kind");
      const double amount = row.number("amount");
      const std::string money = text::money(l_, currency_, std::abs(amount), 2);
      Entry entry{.at = row.moment("at"), .kind = kind == "sale" || kind == "gift" ? "order" : "return", .amount = amount};
      const Word word = kind == "sale" ? Word::story_order : kind == "gift" ? Word::story_gift : kind == "return" ? Word::story_return : kind == "refund" ? Word::story_refund : Word::story_cancellation;
      entry.title = kind == "gift" ? std::string{say(l_, word)} : say(l_, word, fmt::arg("amount", money));
      entry.detail = row.text("items");
      const std::int64_t more = row.whole("different") - 4;
      if (more > 0) entry.detail = say(l_, Word::story_more_items, fmt::arg("items", entry.detail), fmt::arg("more", more));
      entries_.push_back(std::move(entry));
    });
  }

  Result<void> events() {
    return each(sql::console_customer_events, [&](const Row& row) {
      entries_.push_back({.at = row.moment("at"), .kind = "visit", .title = say(l_, Word::story_event, fmt::arg("event", row.text("type"))), .detail = row.text("sku")});
    });
  }

  Result<void> feedback() {
    return each(sql::console_customer_feedback, [&](const Row& row) {
      std::string detail = row.text("text");
      if (!row.missing("score")) detail = fmt::format("{:g}{}{}", row.number("score"), detail.empty() ? "" : " · ", detail);
      entries_.push_back({.at = row.moment("at"), .kind = "feedback", .title = say(l_, Word::story_feedback, fmt::arg("kind", row.text("kind"))), .detail = detail});
    });
  }

  Result<void> messages() {
    WB_ASSIGN(const auto sent, at_.store.counts().of_customer(customer_));
    for (const model::Message& message : sent) {
      const std::string letter = say_letter(message.letter);
      Entry entry{.at = base::to_string(message.attempted_at.value_or(message.due_at)), .kind = message.ghost ? "ghost" : "message", .detail = message.detail, .link = "/campaigns/" + message.campaign_id};
      entry.title = message.ghost ? say(l_, Word::story_ghost, fmt::arg("letter", letter))
                                  : say(l_, Word::story_message, fmt::arg("letter", letter), fmt::arg("channel", say_channel(l_, message.channel)), fmt::arg("state", say_state(l_, message.state)));
      entries_.push_back(std::move(entry));
      WB_ASSIGN(const auto answers, at_.store.responses().of_message(message.id));
      for (const model::Response& answer : answers) {
        if (answer.human < 0.5) continue;  // a machine looked at it; the customer did not
        entries_.push_back({.at = base::to_string(answer.at), .kind = "response", .title = std::string{say_response(l_, answer.kind)}, .detail = letter});
      }
    }
    return {};
  }

  Result<void> consents() {
    WB_ASSIGN(const auto statements, at_.store.people().consents(customer_));
    for (const model::ConsentRecord& one : statements) {
      if (one.state == model::ConsentState::unknown) continue;
      const Word word = one.state == model::ConsentState::granted ? Word::story_consent_granted : Word::story_consent_withdrawn;
      entries_.push_back({.at = base::to_string(one.valid_from), .kind = "consent", .title = say(l_, word, fmt::arg("channel", say_channel(l_, one.channel))), .detail = one.source});
    }
    return {};
  }

  Result<void> journeys() {
    WB_ASSIGN(const auto campaigns, at_.store.campaigns().list());
    for (const model::Campaign& campaign : campaigns) {
      WB_ASSIGN(const auto entry, at_.store.enrolments().last_entry(campaign.id, customer_));
      if (!entry) continue;
      entries_.push_back({.at = base::to_string(entry->entered_at), .kind = "journey", .title = say(l_, Word::story_entered, fmt::arg("journey", campaign.id)), .link = "/campaigns/" + campaign.id});
      if (entry->finished_at) {
        entries_.push_back({.at = base::to_string(*entry->finished_at), .kind = "journey",
                            .title = say(l_, Word::story_left, fmt::arg("journey", campaign.id), fmt::arg("reason", entry->exit_reason)), .link = "/campaigns/" + campaign.id});
      }
    }
    WB_ASSIGN(const auto tasks, at_.store.inbox().open_tasks());
    for (const model::Task& task : tasks) {
      if (task.customer_id != customer_) continue;
      entries_.push_back({.at = base::to_string(task.created_at), .kind = "task", .title = say(l_, Word::story_task, fmt::arg("title", task.title)), .link = "/tasks"});
    }
    return {};
  }

  Result<void> decisions() {
    WB_ASSIGN(const auto plans, at_.store.plans().list());
    DecisionRows rows;
    WB_TRY(each_row(at_.warehouse, {sql::console_decisions_of.name, sql::console_decisions_of.text, {{"customer", customer_}, {"snapshot", last_snapshot(at_).value_or("")}}},
                    [&](const Row& row) { rows.take(row); }));
    std::vector<app::SavedPlan> saved;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (auto plan = app::load_plan(at_.store, rows.plan_of(i))) saved.push_back(std::move(*plan));
    }
    for (const std::string& text : rows.to_json(saved, l_)) {
      const auto one = ordered_json::parse(text);
      const std::string plan = one["plan"];
      const auto made = std::ranges::find(plans, plan, &model::Plan::id);
      std::string verdict = one["verdict"];
      for (std::size_t v = 0; v < model::kVerdicts; ++v) {
        if (model::name_of(static_cast<model::Verdict>(v)) == verdict) {
          verdict = report::say_verdict(l_, static_cast<model::Verdict>(v));
          break;
        }
      }
      entries_.push_back({.at = made == plans.end() ? one["as_of"].get<std::string>() + "T00:00:00Z" : base::to_string(made->made_at),
                          .kind = "decision", .title = say(l_, Word::story_decision, fmt::arg("verdict", verdict)), .detail = one["sentence"], .link = "/plans/" + plan});
    }
    return {};
  }

  const Ask& ask_;
  Workspace& at_;
  text::Language l_;
  std::string customer_, currency_;
  std::size_t limit_;
  std::vector<Entry> entries_;
};

Result<Reply> story(const Ask& ask) {
  WB_ASSIGN(const std::size_t limit, ask.limit());
  WB_ASSIGN(const app::Settings settings, settings_now(ask.at));
  Story told{ask, ask.part("id"), settings.currency, limit};
  WB_TRY(told.read());
  if (told.empty()) WB_TRY(app::export_person(ask.part("id"), ask.at.store, ask.at.warehouse));  // somebody without a story, or nobody
  return Reply{told.json()};
}

}  // namespace

void mount_story(Routes& routes) { routes.get("/api/customers/:id/story", story); }

}  // namespace console
