#include "app/journey_yaml.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <optional>

#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include "act/journey/facts.h"
#include "app/journey_words.h"
#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "gen/files.h"
#include "model/profile.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using model::Journey;
using model::kEnd;
using model::Step;
using model::StepIndex;
using YAML::Node;

namespace {

constexpr std::size_t kLargest = 256 * 1024;
class Reader {
 public:
  Reader(const Node& root, std::string_view where) : root_(root), where_(where) {}

  Result<Journey> whole() {
    if (!root_.IsMap()) return wrong(root_, "expected a journey: journey, title, topic, entry, exits, steps");
    Fields fields{root_, where_};
    fields.text("journey", journey_.id);
    fields.text("topic", journey_.topic);
    const std::vector<Node> exits = fields.list("exits");
    fields.flag("safe_for_running", journey_.safe_for_running);
    for (const char* key : {"title", "about", "sample", "entry", "steps"}) fields.other(key);
    WB_TRY(fields.finish());
    if (!is_name(journey_.id, "-_")) return wrong(child(root_, "journey"), "journey must be its name in lower-case letters, digits, - and _");
    if (journey_.topic.empty()) return wrong(root_, "topic is missing: what customers agree or object to, such as win_back");
    WB_TRY(texts(root_, "title", journey_.title));
    if (root_["about"]) WB_TRY(texts(root_, "about", journey_.about));
    WB_TRY(read_sample());
    for (const Node& exit : exits) journey_.exits.push_back(exit.Scalar());
    WB_TRY(read_entry());
    WB_TRY(read_steps());
    return std::move(journey_);
  }

 private:
  struct Target {
    StepIndex step;
    std::function<void(Step&, StepIndex)> set;
    Node node;
  };

  std::unexpected<base::Error> wrong(const Node& at, std::string_view what) const { return yaml_error(at, where_, what); }

  /// The value of a key, or the map itself where the key is missing, for its line.
  static Node child(const Node& map, const char* key) {
    const Node found = map[key];
    return found ? found : map;
  }

  static std::int32_t line_of(const Node& node) { return node.Mark().line + 1; }

  Result<void> texts(const Node& map, const char* key, model::Texts& target) const {
    const Node node = map[key];
    if (!node) return wrong(map, fmt::format("{} is missing: {{en: …, zh-CN: …, zh-TW: …}}", key));
    if (!node.IsMap()) return wrong(node, fmt::format("{} must be in three languages: {{en: …, zh-CN: …, zh-TW: …}}", key));
    Fields fields{node, where_};
    fields.text("en", target[0]);
    fields.text("zh-CN", target[1]);
    fields.text("zh-TW", target[2]);
    WB_TRY(fields.finish());
    if (std::ranges::any_of(target, &std::string::empty)) return wrong(node, fmt::format("{} is needed in en, zh-CN and zh-TW", key));
    return {};
  }

  Result<std::chrono::seconds> duration(const Node& map, const char* key) const {
    const Node node = map[key];
    if (!node) return wrong(map, fmt::format("{} is missing: a time such as 4 days or 36 hours", key));
    if (!node.IsScalar()) return wrong(node, fmt::format("{} must be a time such as 4 days or 36 hours", key));
    const auto read = parse_duration(node.Scalar());
    if (!read) return wrong(node, fmt::format("{}: {}", key, read.error().message));
    return *read;
  }

  Result<base::Condition> condition(const Node& node) const {
    if (!node.IsScalar()) return wrong(node, "a condition is one text, such as orders > 2 and not clicked");
    auto read = base::Condition::parse(node.Scalar(), act::journey::fact_names(), model::named_condition);
    if (!read) return wrong(node, read.error().message);
    return std::move(*read);
  }

  Result<void> read_sample() {
    const Node node = root_["sample"];
    if (!node) return {};
    if (!node.IsMap()) return wrong(node, "sample holds what an invented entering event says, such as {product: Teapot, price: 29}");
    for (const auto& one : node) {
      if (!one.second.IsScalar()) return wrong(one.second, fmt::format("{} must be one value", one.first.Scalar()));
      journey_.sample.emplace_back(one.first.Scalar(), one.second.Scalar());
    }
    return {};
  }

  Result<void> read_entry() {
    const Node node = root_["entry"];
    if (!node) return wrong(root_, "entry is missing: who enters, such as entry: {plan: latest}");
    model::Entry& entry = journey_.entry;
    entry.line = line_of(node);
    std::string plan, event, date, segment;
    Fields fields{node, where_};
    fields.text("plan", plan);
    fields.text("event", event);
    fields.text("date", date);
    fields.text("segment", segment);
    fields.text("where", entry.condition);
    fields.days("days_before", entry.days_before);
    fields.other("again_after");
    fields.other("holdout");
    WB_TRY(fields.finish());
    using Kind = model::Entry::Kind;
    const std::array<std::pair<Kind, const std::string*>, 4> kinds = {
        {{Kind::plan, &plan}, {Kind::segment, &segment}, {Kind::event, &event}, {Kind::date, &date}}};
    if (std::ranges::count_if(kinds, [](const auto& kind) { return !kind.second->empty(); }) != 1) {
      return wrong(node, "an entry is by exactly one of plan, segment, event and date");
    }
    for (const auto& [kind, name] : kinds) {
      if (name->empty()) continue;
      entry.kind = kind;
      entry.name = *name;
    }
    if (!segment.empty()) {
      if (!entry.condition.empty()) return wrong(node["where"], "an entry by segment has its whole condition in segment");
      entry.name.clear();
      entry.condition = segment;
      WB_TRY(condition(node["segment"]));
    }
    if (const Node where = node["where"]; where) WB_TRY(condition(where));
    if (entry.days_before > 0 && entry.kind != Kind::date) return wrong(node["days_before"], "days_before belongs to an entry by date");
    if (node["again_after"]) {
      WB_ASSIGN(const std::chrono::seconds after, duration(node, "again_after"));
      if (after % std::chrono::days{1} != std::chrono::seconds{0}) return wrong(node["again_after"], "again_after must be whole days");
      entry.again_after = std::chrono::duration_cast<std::chrono::days>(after);
    }
    if (const Node holdout = node["holdout"]; holdout) {
      entry.holdout = holdout.IsScalar() ? parse_share(holdout.Scalar()) : std::nullopt;
      if (!entry.holdout || !(*entry.holdout >= 0 && *entry.holdout < 1)) {
        return wrong(holdout, "holdout must be a share such as 10 %");
      }
      if (entry.kind == Kind::plan) return wrong(holdout, "a plan holds out by itself; leave holdout away");
    }
    return {};
  }

  Result<void> read_steps() {
    const Node list = root_["steps"];
    if (!list || !list.IsSequence() || list.size() == 0) return wrong(child(root_, "steps"), "steps must be a list of steps");
    for (const auto& node : list) WB_TRY(read_step(node));
    for (const Target& target : targets_) {
      const std::string name = target.node.IsScalar() ? target.node.Scalar() : "";
      StepIndex to = kEnd;
      if (name != "end") {
        const auto found = std::ranges::find(journey_.steps, name, &Step::id);
        if (found == journey_.steps.end()) {
          std::vector<std::string> names;
          for (const Step& step : journey_.steps) names.push_back(step.id);
          return wrong(target.node, fmt::format("there is no step '{}'; the steps are {}, or end", name, fmt::join(names, ", ")));
        }
        to = static_cast<StepIndex>(found - journey_.steps.begin());
      }
      target.set(journey_.steps[target.step], to);
    }
    return {};
  }

  /// Remembers where a key of the step leads, until all steps are read.
  void leads(const Node& map, const char* key, std::function<void(Step&, StepIndex)> set) {
    const auto index = static_cast<StepIndex>(journey_.steps.size());
    if (const Node node = map[key]; node) targets_.push_back({index, std::move(set), node});
  }

  Result<void> read_step(const Node& node) {
    if (!node.IsMap()) return wrong(node, "a step has fields, beginning with `step: its name`");
    Step step;
    step.line = line_of(node);
    const Node id = node["step"];
    if (!id || !id.IsScalar() || !is_name(id.Scalar(), "-_") || id.Scalar() == "end") {
      return wrong(id ? id : node, "a step needs its own name, in lower-case letters, digits, - and _: `step: memory`");
    }
    step.id = id.Scalar();
    if (std::ranges::find(journey_.steps, step.id, &Step::id) != journey_.steps.end()) {
      return wrong(id, fmt::format("there are two steps '{}'", step.id));
    }
    using Read = Result<void> (Reader::*)(const Node&, Fields&, Step&);
    constexpr std::array<std::pair<const char*, Read>, 11> kKinds = {{{"message", &Reader::message},
                                                                      {"wait", &Reader::wait},
                                                                      {"wait_until", &Reader::wait_until},
                                                                      {"wait_for", &Reader::wait_for},
                                                                      {"branch", &Reader::branch},
                                                                      {"split", &Reader::split},
                                                                      {"offer", &Reader::offer},
                                                                      {"task", &Reader::task},
                                                                      {"webhook", &Reader::webhook},
                                                                      {"tag", &Reader::tag},
                                                                      {"exit", &Reader::exit}}};
    const std::pair<const char*, Read>* kind = nullptr;
    for (const auto& one : kKinds) {
      if (!node[one.first]) continue;
      if (kind != nullptr) return wrong(node, fmt::format("the step '{}' is both {} and {}; make two steps of it", step.id, kind->first, one.first));
      kind = &one;
    }
    if (kind == nullptr) {
      return wrong(node, fmt::format("the step '{}' does nothing; give it one of message, wait, wait_until, wait_for, branch, "
                                     "split, offer, task, webhook, tag, exit", step.id));
    }
    Fields fields{node, where_};
    fields.other("step");
    fields.other(kind->first);
    WB_TRY((this->*kind->second)(node, fields, step));
    const bool leads_on = step.what.index() != 5 && step.what.index() != 10;  // a split's arms lead, an exit leads nowhere
    if (leads_on) {
      step.next = static_cast<StepIndex>(journey_.steps.size() + 1);  // the following one; past the last is the end
      leads(node, "then", [](Step& s, StepIndex to) { s.next = to; });
      fields.other("then");
    }
    WB_TRY(read_at_most(node, fields, step));
    WB_TRY(fields.finish());
    journey_.steps.push_back(std::move(step));
    return {};
  }

  Result<void> read_at_most(const Node& node, Fields& fields, Step& step) {
    fields.other("at_most");
    fields.other("instead");
    const Node most = node["at_most"];
    if (!most) return node["instead"] ? Result<void>{wrong(node["instead"], "instead belongs to at_most")} : Result<void>{};
    const auto count = most.IsScalar() ? parse_times(most.Scalar()) : std::nullopt;
    if (!count) return wrong(most, "at_most must be a number such as 3 times");
    step.at_most = *count;
    leads(node, "instead", [](Step& s, StepIndex to) { s.instead = to; });
    return {};
  }

  Result<void> message(const Node& node, Fields& fields, Step& step) {
    model::MessageStep made;
    fields.text("message", made.letter);
    fields.other("channel");
    std::string purpose{model::name_of(made.purpose)};
    fields.text("purpose", purpose);
    fields.flag("says_last", made.says_last);
    fields.other("valid_for");
    if (const Node channel = node["channel"]; channel) {
      made.channels.clear();
      if (channel.IsScalar()) made.channels.push_back(channel.Scalar());
      else if (channel.IsSequence()) for (const auto& one : channel) made.channels.push_back(one.IsScalar() ? one.Scalar() : "");
      if (made.channels.empty() || std::ranges::any_of(made.channels, [](const std::string& one) { return !is_name(one, "_"); })) {
        return wrong(channel, "channel is one, such as email, a list such as [push, sms, email], or best");
      }
    }
    if (!is_name(made.letter, "-_/")) return wrong(node["message"], "message names a letter, such as five-letters/memory");
    const auto known = model::parse_purpose(purpose);
    if (!known) return wrong(node["purpose"], "purpose is marketing, service or transactional");
    made.purpose = *known;
    if (node["valid_for"]) {
      WB_ASSIGN(made.valid_for, duration(node, "valid_for"));
    }
    journey_.last_offer = journey_.last_offer || made.says_last;
    step.what = std::move(made);
    return {};
  }

  Result<void> wait(const Node& node, Fields&, Step& step) {
    WB_ASSIGN(const std::chrono::seconds time, duration(node, "wait"));
    step.what = model::WaitStep{time};
    return {};
  }

  Result<void> wait_until(const Node& node, Fields&, Step& step) {
    const Node value = node["wait_until"];
    const auto made = value.IsScalar() ? parse_clock(value.Scalar()) : std::nullopt;
    if (!made) return wrong(value, "wait_until must be a time of day, such as 10:00, 10:00 on weekdays or 9:30 on mon, wed");
    step.what = *made;
    return {};
  }

  Result<void> wait_for(const Node& node, Fields& fields, Step& step) {
    model::WaitForStep made;
    const Node events = node["wait_for"];
    if (events.IsScalar()) {
      made.events.push_back(events.Scalar());
    } else {
      for (const Node& event : fields.list("wait_for")) made.events.push_back(event.Scalar());
    }
    fields.other("within");
    fields.other("otherwise");
    WB_ASSIGN(made.at_most, duration(node, "within"));
    made.otherwise = static_cast<StepIndex>(journey_.steps.size() + 1);
    leads(node, "otherwise", [](Step& s, StepIndex to) { std::get<model::WaitForStep>(s.what).otherwise = to; });
    step.what = std::move(made);
    return {};
  }

  Result<void> branch(const Node& node, Fields&, Step& step) {
    model::BranchStep made;
    const Node cases = node["branch"];
    if (!cases.IsSequence() || cases.size() == 0) return wrong(cases, "branch is a list of cases: - {when: a condition, go: a step}");
    for (const auto& one : cases) {
      std::string when, go;
      Fields fields{one, where_};
      fields.text("when", when);
      fields.text("go", go);
      WB_TRY(fields.finish());
      if (when.empty() || go.empty()) return wrong(one, "a case needs when (a condition) and go (a step)");
      WB_ASSIGN(base::Condition read, condition(one["when"]));
      const std::size_t index = made.cases.size();
      leads(one, "go", [index](Step& s, StepIndex to) { std::get<model::BranchStep>(s.what).cases[index].to = to; });
      made.cases.push_back({std::move(when), std::move(read), kEnd});
    }
    step.what = std::move(made);
    return {};
  }

  Result<void> split(const Node& node, Fields&, Step& step) {
    model::SplitStep made;
    const Node arms = node["split"];
    if (!arms.IsSequence() || arms.size() < 2) return wrong(arms, "split is a list of arms: - {arm: a, share: 50 %, go: a step}");
    for (const auto& one : arms) {
      std::string name, part, go;
      Fields fields{one, where_};
      fields.text("arm", name);
      fields.text("share", part);
      fields.text("go", go);
      WB_TRY(fields.finish());
      const auto read = parse_share(part);
      if (name.empty() || go.empty() || !read) return wrong(one, "an arm needs arm (its name), share (such as 50 %) and go (a step)");
      const std::size_t index = made.arms.size();
      leads(one, "go", [index](Step& s, StepIndex to) { std::get<model::SplitStep>(s.what).arms[index].to = to; });
      made.arms.push_back({std::move(name), *read, kEnd});
    }
    step.what = std::move(made);
    return {};
  }

  Result<void> offer(const Node& node, Fields& fields, Step& step) {
    model::OfferStep made;
    fields.text("offer", made.offer);
    fields.other("if_none");
    if (!is_name(made.offer, "-_")) return wrong(node["offer"], "offer is the id of an offer, or plan for what the plan chose");
    made.if_none = static_cast<StepIndex>(journey_.steps.size() + 1);
    leads(node, "if_none", [](Step& s, StepIndex to) { std::get<model::OfferStep>(s.what).if_none = to; });
    step.what = std::move(made);
    return {};
  }

  Result<void> task(const Node& node, Fields& fields, Step& step) {
    model::TaskStep made;
    fields.text("task", made.queue);
    for (const char* key : {"title", "script", "deadline"}) fields.other(key);
    if (!is_name(made.queue, "-_")) return wrong(node["task"], "task names the queue of the people who do it, such as care");
    WB_TRY(texts(node, "title", made.title));
    WB_TRY(texts(node, "script", made.script));
    if (node["deadline"]) {
      WB_ASSIGN(made.deadline, duration(node, "deadline"));
    }
    step.what = std::move(made);
    return {};
  }

  Result<void> webhook(const Node& node, Fields& fields, Step& step) {
    model::WebhookStep made;
    fields.text("webhook", made.url);
    if (!made.url.starts_with("https://") && !made.url.starts_with("http://")) return wrong(node["webhook"], "webhook must be an address that begins with https://");
    step.what = std::move(made);
    return {};
  }

  Result<void> tag(const Node& node, Fields&, Step& step) {
    const Node value = node["tag"];
    Fields fields{value, where_};
    model::TagStep made;
    for (const Node& name : fields.list("add")) made.add.push_back(name.Scalar());
    for (const Node& name : fields.list("remove")) made.remove.push_back(name.Scalar());
    WB_TRY(fields.finish());
    if (made.add.empty() && made.remove.empty()) return wrong(value, "tag is {add: [a, b]}, {remove: [c]} or both");
    step.what = std::move(made);
    return {};
  }

  Result<void> exit(const Node& node, Fields& fields, Step& step) {
    model::ExitStep made;
    fields.text("exit", made.reason);
    if (!is_name(made.reason, "-_")) return wrong(node["exit"], "exit is the reason, in lower-case letters, digits, - and _");
    step.what = std::move(made);
    return {};
  }

  const Node root_;
  std::string where_;
  Journey journey_;
  std::vector<Target> targets_;
};

}  // namespace

Result<Journey> read_journey(std::string_view yaml, std::string_view where) {
  if (yaml.size() > kLargest) return fail(Code::invalid_input, "{} is larger than {} KB; that is no journey", where, kLargest / 1024);
  WB_ASSIGN(const Node root, parse_yaml(yaml, where));
  WB_ASSIGN(Journey journey, (Reader{root, where}.whole()));
  for (Step& step : journey.steps) {  // "the following step" after the last one is the end
    const auto past = [&](StepIndex& to) {
      if (to >= journey.steps.size()) to = kEnd;
    };
    past(step.next);
    if (auto* wait = std::get_if<model::WaitForStep>(&step.what)) past(wait->otherwise);
    if (auto* offer = std::get_if<model::OfferStep>(&step.what)) past(offer->if_none);
  }
  return journey;
}

Result<Journey> load_journey(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return fail(Code::not_found, "the journey {} cannot be read; is its name right?", file.string());
  std::string text(kLargest + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return read_journey(text, file.filename().string());
}

std::vector<std::string> shipped_journeys() {
  constexpr std::string_view kFolder = "templates/journeys/";
  std::vector<std::string> names;
  for (const gen::File& file : gen::files()) {
    if (!file.path.starts_with(kFolder) || !file.path.ends_with(".yaml")) continue;
    names.emplace_back(file.path.substr(kFolder.size(), file.path.size() - kFolder.size() - 5));
  }
  return names;
}

Result<std::string_view> shipped_journey(std::string_view name) {
  const std::string_view text = gen::file_text(fmt::format("templates/journeys/{}.yaml", name));
  if (text.empty()) return fail(Code::not_found, "no journey '{}' comes with winback; there are {}", name, fmt::join(shipped_journeys(), ", "));
  return text;
}

}  // namespace app
