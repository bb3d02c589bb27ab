#include <cstdio>

#include <nlohmann/json.hpp>

#include "app/desk.h"
#include "app/rehearsal.h"
#include "app/verbs.h"

namespace app {

using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

/// More paths than these are counted together.
constexpr std::size_t kShownPaths = 12;

std::string path_text(const Path& path, text::Language l) {
  std::string text;
  if (path.control) text.append(say(l, Word::path_held_out)).append(l == text::Language::en ? " " : "");
  for (const std::string& step : path.steps) text += step + " → ";
  return text.append(path.ending.empty() ? say(l, Word::path_on_the_way) : std::string_view{path.ending});
}

}  // namespace

std::string describe(const Rehearsal& r, const std::string& journey, std::int32_t days, const base::Zone& zone, text::Language l) {
  const auto n = [l](std::uint64_t count) { return text::whole(l, static_cast<double>(count)); };
  std::string out = say(l, Word::rehearsal_headline, fmt::arg("days", days), fmt::arg("seconds", text::decimal(r.seconds, 1)),
                        fmt::arg("customers", n(r.customers)), fmt::arg("journey", journey), fmt::arg("letters", n(r.letters)), fmt::arg("ghosts", n(r.ghosts))) + "\n";
  const auto p = [l](double share) { return text::percent(l, share); };
  out += say(l, Word::rehearsal_assumed, fmt::arg("open", p(r.answers.open)), fmt::arg("click", p(r.answers.click)),
             fmt::arg("order", p(r.answers.order)), fmt::arg("opt_out", p(r.answers.opt_out))) + "\n";
  if (r.invented) out += std::string{say(l, Word::rehearsal_invented)} + "\n";
  const auto letter_language = static_cast<act::letter::Language>(l);
  for (std::size_t i = 0; i < std::min(kShownPaths, r.paths.size()); ++i) {
    const Path& path = r.paths[i];
    out += "\n" + say(l, Word::rehearsal_path, fmt::arg("number", i + 1), fmt::arg("customers", n(path.customers)), fmt::arg("path", path_text(path, l))) + "\n";
    for (const Moment& moment : path.story)
      out += fmt::format("  {}  {} {}\n", moment_text(letter_language, moment.at, zone), path.example, moment.what);
  }
  return out;
}

std::string to_json(const Rehearsal& r) {
  ordered_json paths = ordered_json::array();
  for (const Path& path : r.paths) {
    ordered_json story = ordered_json::array();
    for (const Moment& moment : path.story) story.push_back({{"at", base::to_string(moment.at)}, {"what", moment.what}});
    paths.push_back({{"letters", path.steps}, {"ending", path.ending}, {"held_out", path.control}, {"customers", path.customers},
                     {"example", path.example}, {"story", story}});
  }
  const ordered_json json = {{"from", base::to_string(r.from)}, {"seconds", r.seconds}, {"customers", r.customers}, {"letters", r.letters},
                             {"held_back", r.ghosts}, {"invented_entries", r.invented}, {"paths", paths}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

Result<void> run_campaign_simulate(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const CampaignFile file, read_campaign_file(options.journey));
  WB_ASSIGN(const Rehearsal rehearsal, rehearse(file, {.plan = options.plan, .days = options.days, .customers = options.customers, .seed = options.seed}, *context));
  WB_ASSIGN(const base::Zone zone, base::Zone::open(context->settings().zone));
  const std::string text = context->json() ? to_json(rehearsal) + "\n" : describe(rehearsal, file.journey.id, options.days, zone, context->language());
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
