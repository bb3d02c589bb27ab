// Journeys as plain text: what a customer does, when, and what reaches them. Every *.story file beside this one is a test;
// README.md says how to write one.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "act/deliver/sender.h"
#include "act/deliver/situation.h"
#include "adapter/sqlite/open_sqlite.h"
#include "app/campaign_file.h"
#include "app/customer_facts.h"
#include "app/desk.h"
#include "app/engine.h"
#include "app/journey_words.h"
#include "app/journey_yaml.h"
#include "app/presets.h"
#include "tests/support/fake_channel.h"
#include "tests/support/places.h"

namespace {

using base::Instant;
using nlohmann::json;

constexpr const char* kChannels[] = {"email", "sms", "push", "wechat", "wechat_reply", "wecom"};
constexpr const char* kMary = "mary";

/// One thing that reached her or those who look after her.
struct Seen {
  Instant at;
  std::string what;  ///< "cart-memory/reminder by push", "task care"
};

class Story {
 public:
  Story() : store_(std::move(*adapter::sqlite::open_sqlite_in_memory())) {
    json_ = {{"fields", {{"purchases", 3.0}, {"spend", 180.0}, {"basket", 60.0}, {"silent", 120.0}, {"segment", "at_risk"}, {"stage", "lapsed_light"}, {"category", "Tea"}}},
             {"city", "Bristol"}, {"first_day", 19000}, {"last_day", 20300}, {"last_total", 31.5},
             {"last_items", {"Jasmine tea"}}, {"favourites", {"Jasmine tea"}}, {"recommend", {"t1", "t2"}}};
  }

  /// Runs a whole file; the first thing that is not as told fails the test, with everything that happened.
  void run(const std::filesystem::path& file) {
    std::ifstream in{file};
    ASSERT_TRUE(in);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      if (const std::size_t hash = line.find(" #"); hash != std::string::npos) line.resize(hash);
      std::istringstream words{line};
      std::string verb;
      if (!(words >> verb) || verb.starts_with('#')) continue;
      std::string rest;
      std::getline(words >> std::ws, rest);
      while (rest.ends_with(' ') || rest.ends_with('\r')) rest.pop_back();
      const std::string problem = act(verb, rest);
      ASSERT_EQ(problem, "") << file.filename().string() << ":" << number << ": " << line << "\n" << timeline();
    }
    const std::string late = unread();
    EXPECT_EQ(late, "") << file.filename().string() << ": at the end something came that nobody told of\n" << timeline();
  }

 private:
  std::string act(const std::string& verb, const std::string& rest) {
    if (verb == "playbook") return playbook(rest);
    if (verb == "starts") return starts(rest);
    if (verb == "language") { language_ = rest; return reached(reached_); }
    if (verb == "born") { birth_year_ = std::atoi(rest.c_str()); return {}; }
    if (verb == "reached") return reached(rest);
    if (verb == "knows") return knows(rest);
    if (verb == "not_reached") return forget(rest);
    if (verb == "enters") return enters(rest);
    if (verb == "after") return after(rest);
    if (verb == "does") return does(rest);
    if (verb == "gets") return gets(rest + (rest.find(" by ") == std::string::npos ? " by email" : ""));
    if (verb == "task") return gets("task " + rest);
    if (verb == "webhook") return gets("webhook " + rest);
    if (verb == "nothing") return unread();
    if (verb == "ends") return ends(rest);
    if (verb == "stands") return stands(rest);
    if (verb == "says") return says(rest);
    return "no such word; tests/stories/README.md lists those there are";
  }

  std::string playbook(const std::string& name) {
    auto file = app::read_campaign_file(name);
    if (!file) return file.error().message;
    file_ = std::move(*file);
    app::DeskConfig config;
    config.settings.currency = "EUR";
    config.settings.zone = "UTC";
    config.act.shop = {.name = {"Harbour Tea", "海港茶舍", "海港茶舍"}, .address = "12 Quay Street, Galway", .url = "https://shop.example", .email = "hello@shop.example", .phone = "+353 91 555 010"};
    config.act.representative = {.name = "Aoife", .title = "tea taster", .phone = "+353 91 555 011"};
    config.act.public_url = "https://news.shop.example";
    config.act.webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    config.referral.active = true;
    config.manners.caps = {{"", 7, 7}, {"", 30, 30}};
    config.channels = {"email", "in_app"};
    for (const char* channel : kChannels) config.channels.emplace_back(channel);
    auto letters = app::load_letters(folder_.path());
    if (!letters) return letters.error().message;
    config.letters = std::move(*letters);
    auto habits = app::load_habits(folder_.path() / "channels.yaml");
    if (!habits) return habits.error().message;
    config.habits = *habits;
    desk_ = std::make_unique<app::Desk>(*store_, std::move(config));
    desk_->stock(app::Products::of({{"t1", "Jasmine pearls", "Tea", 12, 3, 4.5}, {"t2", "Oolong", "Tea", 9, 8, 0}}));
    conductor_ = std::make_unique<act::deliver::Conductor>(*store_, *desk_);
    in_app_ = std::move(*app::open_in_app());
    senders_.push_back(std::make_unique<act::deliver::Sender>(*store_, *in_app_, *desk_, act::deliver::SenderConfig{}));
    for (const char* name_of : {"email", "sms", "push", "wechat", "wechat_reply", "wecom", "webhook"}) {
      channels_.push_back(std::make_unique<tests::FakeChannel>(name_of, 1));
      tests::FakeChannel& channel = *channels_.back();
      channel.on_call = [this](const tests::FakeChannel::Call& call) { sent(call.delivery); };
      senders_.push_back(std::make_unique<act::deliver::Sender>(*store_, channel, *desk_, act::deliver::SenderConfig{}));
    }
    const auto problems = app::problems_of(file_, *desk_, *store_, *base::parse_day("2026-03-02"));
    if (!problems) return problems.error().message;
    for (const auto& one : *problems) {
      if (one.refuses) return one.sentence;
    }
    return reached("email, sms, push, in_app");
  }

  std::string starts(const std::string& text) {
    const auto day = base::parse_day(text.substr(0, 10));
    const auto clock = app::parse_clock(text.size() > 11 ? text.substr(11) : "09:00");
    if (!day || !clock) return "starts 2026-03-02 09:00";
    now_ = Instant{*day} + std::chrono::minutes{clock->minute_of_day};
    return {};
  }

  /// The channels she can be reached by, each with her consent; others are taken away.
  std::string reached(const std::string& list) {
    reached_ = list;
    for (const char* channel : kChannels) {
      const bool named = (", " + list + ",").find(fmt::format(", {},", channel)) != std::string::npos;
      const model::ContactPoint point{.customer_id = kMary, .channel = channel, .address = named ? address(channel) : "", .name = "Mary Byrne", .language = language_};
      if (!store_->contacts().put({&point, 1})) return "the store keeps no contact";
      if (!named) continue;
      const model::ConsentRecord yes{.customer_id = kMary, .channel = channel, .topic = "*", .state = model::ConsentState::granted,
                                     .valid_from = Instant{}, .recorded_at = Instant{}, .source = "story", .proof = {}};
      if (!store_->people().add_consents({&yes, 1})) return "the store keeps no consent";
    }
    return {};
  }
  static std::string address(const std::string& channel) {
    return channel == "email" ? "mary@example.com" : channel == "sms" ? "+353871234567" : channel == "push" ? "fcm:token" : "openid-mary";
  }

  std::string forget(const std::string& channel) {
    const model::ContactPoint point{.customer_id = kMary, .channel = channel, .address = "", .name = "Mary Byrne", .language = language_};
    return store_->contacts().put({&point, 1}) ? "" : "the store keeps no contact";
  }

  std::string knows(const std::string& text) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos) return "knows spend = 300";
    const auto trimmed = [](std::string part) {
      part.erase(0, part.find_first_not_of(' '));
      part.erase(part.find_last_not_of(' ') + 1);
      return part;
    };
    const std::string key = trimmed(text.substr(0, sign)), value = trimmed(text.substr(sign + 1));
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    if (*end == '\0') json_["fields"][key] = number;
    else json_["fields"][key] = value;
    return {};
  }

  std::string enters(const std::string& text) {
    app::CustomerFacts facts;
    facts.customer_id = kMary;
    for (const auto& [key, value] : json_["fields"].items()) {
      if (value.is_number()) facts.numbers.emplace_back(key, value.get<double>());
      else facts.texts.emplace_back(key, value.get<std::string>());
    }
    facts.purchases = json_["fields"]["purchases"];
    facts.json = json_.dump();
    json event = json::object();
    for (const auto& [key, value] : file_.journey.sample) event[key] = value;
    if (text.find('{') != std::string::npos) event.update(json::parse(text.substr(text.find('{'))));
    if (file_.journey.entry.kind == model::Entry::Kind::event) facts.add_event(event.dump());
    if (!file_.journey.entry.condition.empty()) {
      const auto condition = app::parse_customer_condition(file_.journey.entry.condition);
      if (!condition) return condition.error().message;
      std::string tier;
      const auto lookup = [&](std::string_view name) -> base::Fact {
        base::Fact fact = facts.fact(name);
        if (!std::holds_alternative<std::monostate>(fact)) return fact;
        if (name == "came_back") return 1.0;
        const auto person = act::deliver::person_of(kMary, *store_);
        return act::deliver::fact_of(name, *person, *store_, tier).value_or(base::Fact{});
      };
      if (!condition->holds(lookup)) return "she does not fit the entry: " + file_.journey.entry.condition;
    }
    const model::Person person{.customer_id = kMary, .birth_year = birth_year_, .last_order = now_ - std::chrono::days{120}};
    if (!store_->people().put({&person, 1})) return "the store keeps no person";
    const model::Campaign campaign{.id = file_.journey.id, .journey = file_.journey.id, .topic = file_.journey.topic, .launched_at = now_};
    if (!store_->campaigns().save(campaign) || !store_->campaigns().add_version({.campaign_id = campaign.id, .version = 1, .source = file_.source, .launched_at = now_})) return "no campaign";
    const auto offers = app::all_preset_offers();
    for (const model::Offer& offer : *offers) {
      if (!store_->codes().open_account({.campaign_id = campaign.id, .offer_id = offer.id})) return "no account";
    }
    model::Enrolment draft{.campaign_id = campaign.id, .customer_id = kMary, .control = text.starts_with("as control"), .entered_at = now_};
    if (file_.journey.entry.kind == model::Entry::Kind::plan) draft.offer_id = "ten_percent";
    const auto entered = conductor_->enrol(std::move(draft), facts.json, now_);
    if (!entered) return entered.error().message;
    enrolment_ = 1;
    return settle();
  }

  /// Everything that happens in between happens at its own time.
  std::string after(const std::string& text) {
    const auto time = app::parse_duration(text);
    if (!time) return time.error().message;
    const Instant end = now_ + *time;
    for (int guard = 0; guard < 10'000; ++guard) {
      if (const std::string problem = settle(); !problem.empty()) return problem;
      std::optional<Instant> next;
      const auto consider = [&](const base::Result<std::optional<Instant>>& at) {
        if (at && *at && (!next || **at < *next)) next = **at;
      };
      consider(store_->enrolments().next_due());
      for (const char* channel : {"email", "sms", "push", "wechat", "wechat_reply", "wecom", "webhook", "in_app"}) consider(store_->counts().next_due(channel));
      if (!next || *next > end) break;
      now_ = std::max(*next, now_ + std::chrono::milliseconds{1});
    }
    now_ = end;
    return settle();
  }

  std::string settle() {
    for (int guard = 0; guard < 1000; ++guard) {
      const auto woken = conductor_->wake(now_, 100);
      if (!woken) return woken.error().message;
      std::size_t moved = *woken;
      for (const auto& sender : senders_) {
        const auto step = sender->round(now_);
        if (!step) return step.error().message;
        moved += *step;
      }
      if (moved == 0) return look();
    }
    return "it never comes to rest";
  }

  void sent(const model::Delivery& delivery) {
    const auto message = store_->outbox().find(delivery.message_id);
    if (!message || !*message) return;
    last_message_ = **message;
    last_text_ = delivery.content.subject + "\n" + delivery.content.text;
    const std::string what = (*message)->channel == "webhook" ? "webhook " + (*message)->step : fmt::format("{} by {}", short_name((*message)->letter), (*message)->channel);
    seen_.push_back({now_, what});
  }
  std::string short_name(const std::string& letter) const {
    const std::string folder = file_.journey.id + "/";
    return letter.starts_with(folder) ? letter.substr(folder.size()) : letter;
  }

  /// In-app messages and tasks stand in the store.
  std::string look() {
    const auto inbox = store_->inbox().of_customer(kMary, now_);
    if (!inbox) return inbox.error().message;
    for (const model::InboxMessage& one : *inbox) {
      if (!inbox_.insert(one.message_id).second) continue;
      const auto message = store_->outbox().find(one.message_id);
      if (!message || !*message) continue;
      last_message_ = **message;
      last_text_ = one.content.subject + "\n" + one.content.text;
      seen_.push_back({one.created_at, fmt::format("{} by in_app", short_name((*message)->letter))});
    }
    const auto tasks = store_->inbox().open_tasks();
    if (!tasks) return tasks.error().message;
    for (const model::Task& one : *tasks) {
      if (tasks_.insert(one.id).second) seen_.push_back({one.created_at, "task " + one.queue});
    }
    std::ranges::stable_sort(seen_.begin() + static_cast<std::ptrdiff_t>(read_), seen_.end(), {}, &Seen::at);
    return {};
  }

  std::string does(const std::string& what) {
    ++done_;
    seen_.insert(seen_.begin() + static_cast<std::ptrdiff_t>(seen_.size()), Seen{now_, "(she: " + what + ")"});
    constexpr std::pair<std::string_view, model::ResponseKind> kKinds[] = {
        {"clicked", model::ResponseKind::clicked}, {"opened", model::ResponseKind::opened},       {"answered", model::ResponseKind::answered},
        {"bought", model::ResponseKind::bought},   {"opted_out", model::ResponseKind::opted_out}, {"complained", model::ResponseKind::complained}};
    for (const auto& [name, kind] : kKinds) {
      if (what != name) continue;
      const bool of_message = kind != model::ResponseKind::bought && last_message_;
      const auto taken = conductor_->take({.key = fmt::format("story {}", done_), .kind = kind, .message_id = of_message ? last_message_->id : 0, .enrolment_id = enrolment_,
                                           .campaign_id = file_.journey.id, .customer_id = kMary, .step = of_message ? last_message_->step : "", .at = now_}, now_);
      if (!taken) return taken.error().message;
      return settle();
    }
    const auto told = conductor_->happened(kMary, what, now_);
    if (!told) return told.error().message;
    return settle();
  }

  std::string gets(const std::string& wanted) {
    while (read_ < seen_.size() && seen_[read_].what.starts_with('(')) ++read_;
    if (read_ >= seen_.size()) {
      std::string why = "nothing came";
      const auto messages = store_->counts().of_customer(kMary);
      if (messages && !messages->empty() && !messages->back().detail.empty()) why += fmt::format("; the last message is {}: {}", model::name_of(messages->back().state), messages->back().detail);
      return why;
    }
    const std::string came = seen_[read_++].what;
    return came == wanted ? "" : "came instead: " + came;
  }

  std::string unread() {
    while (read_ < seen_.size() && seen_[read_].what.starts_with('(')) ++read_;
    return read_ < seen_.size() ? "came: " + seen_[read_].what : "";
  }

  std::string says(const std::string& words) {
    return last_text_.find(words) != std::string::npos ? "" : "the last message says: " + last_text_;
  }

  std::string ends(const std::string& reason) {
    const auto enrolment = store_->enrolments().find(enrolment_);
    if (!enrolment || !*enrolment) return "she never entered";
    if (!(*enrolment)->finished_at) return "she still stands at " + (*enrolment)->step;
    return (*enrolment)->exit_reason == reason ? "" : "it ended: " + (*enrolment)->exit_reason;
  }

  std::string stands(const std::string& step) {
    const auto enrolment = store_->enrolments().find(enrolment_);
    if (!enrolment || !*enrolment) return "she never entered";
    return (*enrolment)->step == step && !(*enrolment)->finished_at ? "" : fmt::format("she stands at {} ({})", (*enrolment)->step, (*enrolment)->exit_reason);
  }

  std::string timeline() const {
    std::string text;
    for (const Seen& one : seen_) text += fmt::format("  {}  {}\n", base::to_string(one.at), one.what);
    return text + fmt::format("  {}  now\n", base::to_string(now_));
  }

  tests::TemporaryFolder folder_;
  std::unique_ptr<port::ActStore> store_;
  std::unique_ptr<app::Desk> desk_;
  std::unique_ptr<act::deliver::Conductor> conductor_;
  std::unique_ptr<port::Channel> in_app_;
  std::vector<std::unique_ptr<tests::FakeChannel>> channels_;
  std::vector<std::unique_ptr<act::deliver::Sender>> senders_;
  app::CampaignFile file_;
  json json_;
  std::string language_ = "en", reached_;
  std::int32_t birth_year_ = 1980;
  Instant now_ = Instant{*base::parse_day("2026-03-02")} + std::chrono::hours{9};  // a Monday
  std::int64_t enrolment_ = 0;
  std::vector<Seen> seen_;
  std::size_t read_ = 0;
  std::set<std::int64_t> inbox_, tasks_;
  std::optional<model::Message> last_message_;
  std::string last_text_;
  int done_ = 0;
};

std::vector<std::string> stories() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator{tests::source_dir() / "tests/stories"}) {
    if (file.path().extension() == ".story") names.push_back(file.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

class Stories : public testing::TestWithParam<std::string> {};

TEST_P(Stories, GoesAsTold) { Story{}.run(tests::source_dir() / "tests/stories" / (GetParam() + ".story")); }

INSTANTIATE_TEST_SUITE_P(All, Stories, testing::ValuesIn(stories()), [](const auto& story) {
  std::string name = story.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(Playbooks, EachHasItsStory) {
  const auto told = stories();
  for (const std::string& name : app::shipped_journeys()) {
    if (name == "five-letters" || name == "welcome-back") continue;  // they have whole tests of their own
    EXPECT_NE(std::ranges::find_if(told, [&](const std::string& story) { return story == name || story.starts_with(name + "--"); }), told.end()) << name;
  }
}

}  // namespace
