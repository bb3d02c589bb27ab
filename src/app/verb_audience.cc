#include <cstdio>

#include <nlohmann/json.hpp>

#include "adapter/audience/open_file.h"
#include "adapter/audience/open_meta.h"
#include "app/act_settings.h"
#include "app/audience_sync.h"
#include "app/customer_facts.h"
#include "app/machine_clock.h"
#include "app/manners_yaml.h"
#include "app/segments.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "decide/ledger.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;

namespace {

/// The provider of the audience of that name under `channels: ad_audience:`; nothing where there is none.
const ChannelSetting* setting_of(const std::vector<ChannelSetting>& settings, const std::string& name) {
  const auto found = std::ranges::find_if(settings, [&](const ChannelSetting& one) { return one.channel == kAudienceChannel && one["name"] == name; });
  return found == settings.end() ? nullptr : &*found;
}

Result<std::unique_ptr<port::Audience>> open_provider(const ChannelSetting& setting, port::HttpClient& web) {
  adapter::audience::MetaConfig config{.audience_id = setting["audience_id"], .token = setting["token"], .app_secret = setting["app_secret"]};
  if (!setting["version"].empty()) config.version = setting["version"];
  if (!setting["server"].empty()) config.server = setting["server"];
  auto opened = adapter::audience::open_meta(config, web);
  if (!opened) return fail(opened.error().code, "{}: {}", setting.where, opened.error().message);
  return opened;
}

/// Everyone whose behaviour without us is measured.
Result<std::unordered_set<std::string>> held_out(port::ActStore& store, Context& context) {
  std::unordered_set<std::string> ids;
  WB_ASSIGN(const auto campaigns, store.campaigns().list());
  for (const model::Campaign& campaign : campaigns) {
    WB_TRY(store.counts().each_assigned(campaign.id, [&](const port::ActCounts::Assigned& one) -> Result<void> {
      if (one.control) ids.insert(one.customer_id);
      return {};
    }));
  }
  WB_ASSIGN(const auto plans, store.plans().list());
  if (plans.empty()) return ids;
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(decide::load_decisions(plans.front().id, *warehouse, [&](base::Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", base::ColumnKind::text));
    WB_ASSIGN(const auto* verdict, block.need("verdict", base::ColumnKind::text));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      if (verdict->text()[i] == "hold_out") ids.emplace(id->text()[i]);
    }
    return {};
  }));
  return ids;
}

Result<std::unordered_set<std::string>> in_segment(const std::string& text, Context& context) {
  WB_ASSIGN(const std::string written, segment_condition(context.data(), text));
  WB_ASSIGN(const base::Condition condition, parse_customer_condition(written));
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_ASSIGN(const Products products, Products::load(*warehouse));
  std::unordered_set<std::string> ids;
  WB_TRY(each_customer({}, products, *warehouse, [&](CustomerFacts&& facts) -> Result<void> {
    if (condition.holds([&](std::string_view name) { return facts.fact(name); })) ids.insert(facts.customer_id);
    return {};
  }));
  return ids;
}

Word word_of(std::string_view reason) {
  if (reason == "no_consent") return Word::audience_no_consent;
  if (reason == "held_out") return Word::audience_held_out;
  if (reason == "minor") return Word::audience_minor;
  if (reason == "do_not_disturb") return Word::audience_do_not_disturb;
  if (reason == "not_personalised") return Word::audience_not_personalised;
  if (reason == "suppressed") return Word::audience_suppressed;
  return Word::audience_no_key;
}

void print(const AudienceOptions& options, const AudienceChoice& choice, const AudienceSync& sync, std::string_view provider, const Context& context) {
  if (context.json()) {
    const nlohmann::ordered_json json = {{"audience", options.name}, {"provider", provider}, {"dry_run", options.dry_run}, {"members", choice.members.size()}, {"added", sync.added},
                                         {"removed", sync.removed},  {"kept", sync.kept},    {"invalid", sync.invalid},   {"left_out", choice.left_out}};
    std::fputs((json.dump(2) + "\n").c_str(), stdout);
    return;
  }
  const text::Language l = context.language();
  const auto count = [&](std::uint64_t n) { return text::whole(l, static_cast<double>(n)); };
  std::string out = say(l, options.dry_run ? Word::audience_would : Word::audience_done, fmt::arg("name", options.name), fmt::arg("added", count(sync.added)),
                        fmt::arg("removed", count(sync.removed)), fmt::arg("members", count(choice.members.size()))) + "\n";
  if (sync.invalid > 0) out += say(l, Word::audience_invalid, fmt::arg("count", count(sync.invalid))) + "\n";
  for (const auto& [reason, n] : choice.left_out) out += say(l, Word::audience_left_out, fmt::arg("count", count(n)), fmt::arg("why", say(l, word_of(reason)))) + "\n";
  std::fputs(out.c_str(), stdout);
}

}  // namespace

Result<void> run_audience_sync(const CommonOptions& common, const AudienceOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const ActSettings act, load_act_settings(context->settings_file()));
  WB_ASSIGN(const model::Manners manners, load_manners(context->settings(), context->settings_file()));
  WB_ASSIGN(const base::Zone zone, base::Zone::open(context->settings().zone));
  WB_ASSIGN(const auto web, open_outside(act));
  std::unique_ptr<port::Audience> provider;
  const ChannelSetting* setting = setting_of(act.channels, options.name);
  if (!options.file.empty()) {
    provider = adapter::audience::open_file(options.file);
  } else if (setting != nullptr) {
    WB_ASSIGN(provider, open_provider(*setting, *web));
  } else {
    return fail(Code::not_found,
                "there is no audience '{}'; winback.yaml names it under channels as `ad_audience: {{provider: meta, name: {}, audience_id: …, token: …}}`, or write it to a file with --file",
                options.name, options.name);
  }
  AudienceRules rules{.name = options.name, .manners = &manners, .shop_zone = &zone};
  WB_ASSIGN(rules.held_out, held_out(*store, *context));
  if (!options.segment.empty()) {
    WB_ASSIGN(auto ids, in_segment(options.segment, *context));
    rules.segment = [ids = std::move(ids)](const std::string& customer) { return ids.contains(customer); };
  }
  const base::Instant now = machine_clock().now();
  WB_ASSIGN(const AudienceChoice choice, choose_audience(rules, *store, now));
  // The file is there also where nothing changes.
  if (!options.file.empty() && !options.dry_run) WB_TRY(provider->add({}));
  // What a file holds says nothing of the provider's own list, so its members are kept apart.
  const std::string kept_as = options.file.empty() ? options.name : "file:" + options.name;
  WB_ASSIGN(const AudienceSync sync, sync_audience(kept_as, choice, *provider, *store, now, options.dry_run));
  print(options, choice, sync, provider->name(), *context);
  return {};
}

}  // namespace app
