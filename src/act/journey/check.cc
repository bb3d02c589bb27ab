#include "act/journey/check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "act/journey/facts.h"
#include "act/journey/graph.h"

namespace act::journey {
namespace {

using model::Journey;
using model::Step;
using model::StepIndex;

constexpr std::array<std::string_view, 8> kOwnEvents = {"bought",  "clicked",   "opened",     "answered",
                                                        "visited", "opted_out", "complained", "erased"};

bool is_empty_somewhere(const model::Texts& texts) {
  return std::ranges::any_of(texts, [](const std::string& text) { return text.empty(); });
}

class Check {
 public:
  Check(const Journey& journey, const Known& known) : journey_(journey), known_(known), edges_(edges_of(journey)) {}

  std::vector<Problem> whole() {
    head();
    if (journey_.steps.empty()) {
      say(journey_.entry.line, "the journey has no steps");
      return std::move(problems_);
    }
    if (journey_.steps.size() > kMostSteps) {
      say(journey_.steps[kMostSteps].line, fmt::format("a journey has at most {} steps; split it in two", kMostSteps));
      return std::move(problems_);
    }
    for (const Step& step : journey_.steps) each(step);
    unreachable();
    rounds();
    last_offers();
    std::ranges::stable_sort(problems_, {}, &Problem::line);
    return std::move(problems_);
  }

 private:
  void say(std::int32_t line, std::string sentence) { problems_.push_back({line, std::move(sentence), true}); }
  void warn(std::int32_t line, std::string sentence) { problems_.push_back({line, std::move(sentence), false}); }

  void head() {
    const model::Entry& entry = journey_.entry;
    if (is_empty_somewhere(journey_.title)) say(1, "the title is needed in en, zh-CN and zh-TW");
    if (journey_.topic.empty()) say(1, "a topic is needed: what customers agree or object to, such as win_back");
    constexpr std::array<std::string_view, 3> kDates = {"birthday", "purchase_anniversary", "subscription_end"};
    using Kind = model::Entry::Kind;
    if (entry.kind == Kind::date && std::ranges::find(kDates, entry.name) == kDates.end()) {
      say(entry.line, fmt::format("'{}' is no date of a customer; known are {}", entry.name, fmt::join(kDates, ", ")));
    }
    if (entry.kind == Kind::segment && entry.condition.empty()) say(entry.line, "an entry by segment needs its condition");
    if (entry.kind == Kind::event) event(entry.name, entry.line);
    if (entry.holdout && !(*entry.holdout >= 0 && *entry.holdout < 1)) {
      say(entry.line, "the holdout is a share from 0 % to below 100 %");
    }
    for (const std::string& name : journey_.exits) event(name, entry.line);
    if (std::ranges::find(journey_.exits, "bought") == journey_.exits.end()) {
      warn(entry.line, "nothing ends this journey when the customer buys; add bought to exits unless that is meant");
    }
  }

  void event(const std::string& name, std::int32_t line) {
    if (name.empty()) return say(line, "the name of an event is missing");
    if (std::ranges::find(kOwnEvents, std::string_view{name}) != kOwnEvents.end() || !known_.events) return;
    if (std::ranges::find(*known_.events, name) == known_.events->end()) {
      warn(line, fmt::format("no event '{}' has come in so far; is it written as it is sent?", name));
    }
  }

  void condition(const base::Condition& when, std::int32_t line) {
    for (const std::string& name : when.fields()) {
      if (std::ranges::find(fact_names(), std::string_view{name}, &base::FactName::name) == fact_names().end()) {
        say(line, fmt::format("'{}' is no field a journey can ask for", name));
      }
    }
  }

  void each(const Step& step) {
    const std::int32_t line = step.line;
    if (std::ranges::count(journey_.steps, step.id, &Step::id) > 1) say(line, fmt::format("two steps are called '{}'", step.id));
    for (const StepIndex to : targets(step)) {
      if (to >= journey_.steps.size()) say(line, fmt::format("the step '{}' leads to a step that does not exist", step.id));
    }
    std::visit([&](const auto& what) { about(what, step); }, step.what);
  }

  void about(const model::MessageStep& message, const Step& step) {
    if (std::ranges::find(known_.letters, message.letter) == known_.letters.end()) {
      say(step.line, fmt::format("there is no letter '{}'", message.letter));
    }
    for (const std::string& channel : message.channels) {
      if (channel == model::kBestChannel || std::ranges::find(known_.channels, channel) != known_.channels.end()) continue;
      say(step.line, fmt::format("there is no channel '{}'; known are {} and {}", channel, fmt::join(known_.channels, ", "), model::kBestChannel));
    }
    if (message.valid_for <= std::chrono::seconds{0}) say(step.line, "valid_for must be longer than nothing");
  }
  void about(const model::WaitStep& wait, const Step& step) { positive(wait.duration, step); }
  void about(const model::WaitUntilStep& wait, const Step& step) {
    if (wait.minute_of_day < 0 || wait.minute_of_day >= 24 * 60) say(step.line, "the time of day runs from 00:00 to 23:59");
    if ((wait.weekdays & 0x7F) == 0) say(step.line, "no weekday is left to wait for");
  }
  void about(const model::WaitForStep& wait, const Step& step) {
    positive(wait.at_most, step);
    if (wait.events.empty()) say(step.line, fmt::format("the step '{}' waits for no event", step.id));
    for (const std::string& name : wait.events) event(name, step.line);
  }
  void positive(std::chrono::seconds duration, const Step& step) {
    if (duration <= std::chrono::seconds{0}) say(step.line, fmt::format("the wait of '{}' must be longer than nothing", step.id));
  }
  void about(const model::BranchStep& branch, const Step& step) {
    if (branch.cases.empty()) say(step.line, fmt::format("the branch '{}' has no case", step.id));
    for (const auto& one : branch.cases) condition(one.when, step.line);
  }
  void about(const model::SplitStep& split, const Step& step) {
    double sum = 0;
    for (const auto& arm : split.arms) {
      sum += arm.share;
      if (!(arm.share > 0)) say(step.line, fmt::format("the arm '{}' of '{}' has no share", arm.name, step.id));
    }
    if (!(std::abs(sum - 1) < 1e-6)) {
      say(step.line, fmt::format("the shares of '{}' sum to {:.4g} %, not to 100 %", step.id, sum * 100));
    }
  }
  void about(const model::OfferStep& offer, const Step& step) {
    if (offer.offer == "plan") {
      if (journey_.entry.kind != model::Entry::Kind::plan) {
        say(step.line, "offer: plan gives what the plan chose, but this journey is not entered from a plan; name an offer");
      }
      return;
    }
    const KnownOffer* known = find_offer(offer.offer);
    if (known == nullptr) {
      say(step.line, fmt::format("there is no offer '{}'", offer.offer));
    } else if (!known->in_stock) {
      say(step.line, fmt::format("the offer '{}' has no stock left: nobody could be given it", offer.offer));
    }
  }
  void about(const model::TaskStep& task, const Step& step) {
    if (is_empty_somewhere(task.title)) say(step.line, fmt::format("the task '{}' needs a title in en, zh-CN and zh-TW", step.id));
    if (is_empty_somewhere(task.script)) {
      say(step.line, fmt::format("the task '{}' needs a script in en, zh-CN and zh-TW: what the person says", step.id));
    }
    positive(task.deadline, step);
  }
  void about(const model::WebhookStep& webhook, const Step& step) {
    // Whether it may go without TLS and to whom is the operator's to say; the program asks the settings.
    if (!webhook.url.starts_with("https://") && !webhook.url.starts_with("http://"))
      say(step.line, fmt::format("the webhook '{}' must begin with https://", webhook.url));
  }
  void about(const model::TagStep& tags, const Step& step) {
    if (tags.add.empty() && tags.remove.empty()) say(step.line, fmt::format("the step '{}' adds and removes no tag", step.id));
  }
  void about(const model::ExitStep& exit, const Step& step) {
    if (exit.reason.empty()) say(step.line, "an exit needs its reason");
  }

  const KnownOffer* find_offer(std::string_view id) const {
    const auto found = std::ranges::find(known_.offers, id, &KnownOffer::id);
    return found == known_.offers.end() ? nullptr : &*found;
  }

  void unreachable() {
    const std::vector<bool> seen = reachable(edges_, 0);
    for (StepIndex i = 0; i < journey_.steps.size(); ++i) {
      if (!seen[i]) say(journey_.steps[i].line, fmt::format("nobody ever reaches the step '{}'", journey_.steps[i].id));
    }
  }

  std::string named(const std::vector<StepIndex>& group) const {
    std::vector<std::string> ids;
    for (const StepIndex i : group) ids.push_back(journey_.steps[i].id);
    ids.push_back(ids.front());
    return fmt::format("{}", fmt::join(ids, " → "));
  }

  /// Whoever goes round a loop must wait in it, and may go round only so often.
  void rounds() {
    Edges hurried = edges_;
    for (StepIndex i = 0; i < hurried.size(); ++i) {
      const auto& what = journey_.steps[i].what;
      // An hour of the day is no wait: whoever is woken at that minute meets it again in the same minute.
      const bool waits = std::holds_alternative<model::WaitStep>(what) || std::holds_alternative<model::WaitForStep>(what);
      if (waits) hurried[i].clear();
    }
    for (const auto& group : loops(hurried)) {
      say(journey_.steps[group.front()].line,
          fmt::format("an endless loop without a wait: {}; put a wait of some time into it", named(group)));
    }
    Edges uncapped = edges_;
    for (StepIndex i = 0; i < uncapped.size(); ++i) {
      const Step& step = journey_.steps[i];
      if (step.at_most == 0) continue;  // begun for the last time, a capped step only leads past itself
      uncapped[i].clear();
      if (step.instead < uncapped.size()) uncapped[i].push_back(step.instead);
    }
    for (const auto& group : loops(uncapped)) {
      const auto message = std::ranges::find_if(group, [&](StepIndex i) {
        return journey_.steps[i].at_most == 0 && std::holds_alternative<model::MessageStep>(journey_.steps[i].what);
      });
      if (message != group.end()) {
        say(journey_.steps[*message].line, fmt::format("the message '{}' stands in a loop without a cap: {}; give it at_most, "
                                                       "such as at_most: 3 times", journey_.steps[*message].id, named(group)));
      } else {
        say(journey_.steps[group.front()].line,
            fmt::format("a loop without an end: {}; give one of its steps at_most, such as at_most: 10 times, and let its "
                        "instead lead out", named(group)));
      }
    }
  }

  std::int64_t least_seconds(StepIndex i) const {
    const auto* wait = std::get_if<model::WaitStep>(&journey_.steps[i].what);
    return wait == nullptr ? 0 : wait->duration.count();
  }

  /// What was called the last offer is the best one for a while.
  void last_offers() {
    for (StepIndex i = 0; i < journey_.steps.size(); ++i) {
      const auto* message = std::get_if<model::MessageStep>(&journey_.steps[i].what);
      if (message == nullptr || !message->says_last) continue;
      double least = std::numeric_limits<double>::infinity();
      bool any = false;
      bool by_plan = false;
      for (StepIndex j = 0; j < journey_.steps.size(); ++j) {
        const auto* offer = std::get_if<model::OfferStep>(&journey_.steps[j].what);
        if (offer == nullptr || !reachable(edges_, j)[i]) continue;
        any = true;
        by_plan = by_plan || offer->offer == "plan";
        if (const KnownOffer* known = find_offer(offer->offer)) least = std::min(least, known->generosity);
      }
      if (!any) {
        say(journey_.steps[i].line, fmt::format("'{}' calls an offer the last, but no offer comes before it", journey_.steps[i].id));
        continue;
      }
      const auto begins = shortest(edges_, i, [this](StepIndex step) { return least_seconds(step); });
      const std::int64_t rest = std::chrono::seconds{kLastOfferRest}.count();
      for (StepIndex j = 0; j < journey_.steps.size(); ++j) {
        const auto* offer = std::get_if<model::OfferStep>(&journey_.steps[j].what);
        if (offer == nullptr || begins[j] >= rest) continue;
        const KnownOffer* known = find_offer(offer->offer);
        const bool better = offer->offer == "plan" ? !by_plan : known != nullptr && known->generosity > least;
        const bool unsure = offer->offer != "plan" && by_plan && known != nullptr && known->generosity > 0;
        if (!better && !unsure) continue;
        say(journey_.steps[j].line,
            fmt::format("the offer of '{}' {} better than the one '{}' called the last, and comes within {} days of it",
                        journey_.steps[j].id, better ? "is" : "may be", journey_.steps[i].id, kLastOfferRest.count()));
      }
    }
  }

  const Journey& journey_;
  const Known& known_;
  Edges edges_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> check(const Journey& journey, const Known& known) { return Check{journey, known}.whole(); }

std::span<const std::string_view> own_events() { return kOwnEvents; }

}  // namespace act::journey
