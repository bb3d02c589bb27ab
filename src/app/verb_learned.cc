#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "app/learned.h"
#include "app/presets.h"
#include "app/saved_plan.h"
#include "app/terminal.h"
#include "app/verbs.h"

namespace app {

using base::Result;
using text::say;
using text::Word;

namespace {

constexpr double kNinety = 1.6448536269514722;

/// How often those who return in one case in ten unaided would return with the approach.
double of_ten_percent(double log_odds) { return 1 / (1 + 9 * std::exp(-log_odds)); }

std::string json_of(const Learned& learned) {
  nlohmann::ordered_json kinds = nlohmann::ordered_json::array();
  for (const auto& lesson : learned.response.lessons()) {
    kinds.push_back({{"kind", model::name_of(lesson.kind)},
                     {"approached", lesson.approached},
                     {"not_approached", lesson.not_approached},
                     {"believed_before", {{"mean", lesson.before.mean}, {"sd", lesson.before.sd}}},
                     {"believed_now", {{"mean", lesson.after.mean}, {"sd", lesson.after.sd}}},
                     {"learned", lesson.learned},
                     {"measured", learned.response.measured(lesson.kind)}});
  }
  const nlohmann::ordered_json json = {{"customers", learned.response.rows()},
                                       {"people_differ", learned.response.heterogeneous()},
                                       {"kinds", kinds},
                                       {"from", learned.from},
                                       {"waiting", learned.waiting}};
  return json.dump(2) + "\n";
}

}  // namespace

Result<void> run_learned(const CommonOptions& common, const std::string& not_sent) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::Store* const store, context->store());
  const text::Language l = context->language();
  if (!not_sent.empty()) {
    WB_TRY(mark_not_carried_out(*store, not_sent));
    std::fputs((say(l, Word::learned_forgotten, fmt::arg("plan", not_sent)) + "\n").c_str(), stdout);
    return {};
  }
  WB_ASSIGN(const model::Assumptions assumptions, load_assumptions(context->data() / "priors.yaml"));
  WB_ASSIGN(const Learned learned, learn(*context, assumptions));
  if (context->json()) {
    std::fputs(json_of(learned).c_str(), stdout);
    return {};
  }
  std::string out;
  const auto line = [&](const std::string& text) { out += text + "\n"; };
  if (learned.response.rows() == 0) {
    line(std::string{say(l, Word::learned_nothing)});
  } else {
    line(say(l, Word::learned_headline, fmt::arg("customers", text::whole(l, static_cast<double>(learned.response.rows()))),
             fmt::arg("plans", learned.from.size())));
    TextTable table{{{std::string{say(l, Word::report_head_offer)}},
                     {std::string{say(l, Word::learned_approached)}, true},
                     {std::string{say(l, Word::learned_left_alone)}, true},
                     {std::string{say(l, Word::learned_before)}, true},
                     {std::string{say(l, Word::learned_now)}, true},
                     {"", false}}};
    const auto believed = [&](const decide::Effect& e) {
      return fmt::format("{} ({} – {})", text::percent(l, of_ten_percent(e.mean)), text::percent(l, of_ten_percent(e.mean - kNinety * e.sd)),
                         text::percent(l, of_ten_percent(e.mean + kNinety * e.sd)));
    };
    for (const auto& lesson : learned.response.lessons()) {
      table.add({std::string{text::say(l, static_cast<Word>(static_cast<std::size_t>(Word::kind_reminder) + static_cast<std::size_t>(lesson.kind)))}, text::whole(l, static_cast<double>(lesson.approached)),
                 text::whole(l, static_cast<double>(lesson.not_approached)), believed(lesson.before), believed(lesson.after),
                 std::string{say(l, learned.response.measured(lesson.kind) ? Word::learned_measured : Word::learned_mostly_assumed)}});
    }
    out += "\n" + table.str() + "\n";
    line(std::string{say(l, Word::learned_how_to_read)});
    line(std::string{say(l, learned.response.heterogeneous() ? Word::learned_people_differ : Word::learned_people_alike)});
  }
  for (const std::string& plan : learned.waiting) line(say(l, Word::learned_waiting, fmt::arg("plan", plan)));
  std::fputs(out.c_str(), stdout);
  return {};
}

}  // namespace app
