#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

#include "app/bounce_intake.h"
#include "app/engine.h"
#include "app/feedback_loader.h"
#include "app/import_request.h"
#include "app/machine_clock.h"
#include "app/presets.h"
#include "app/raw_mail.h"
#include "app/record_intake.h"
#include "app/replies_yaml.h"
#include "app/saved_plan.h"
#include "app/terminal.h"
#include "app/ticket_intake.h"
#include "collect/columns.h"
#include "gen/files.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using collect::ImportSummary;
using collect::Rejects;
using model::ImportKind;
using text::Language;
using text::say;
using text::Word;

namespace {

/// What takes records in, opened together: journeys are told in the same breath.
struct Intake {
  std::unique_ptr<Context> context;
  port::ActStore* store = nullptr;
  std::unique_ptr<Desk> desk;
  std::unique_ptr<act::deliver::Conductor> conductor;
};

Result<Intake> open_intake(const CommonOptions& common) {
  Intake intake;
  WB_ASSIGN(intake.context, Context::open(common, true));
  WB_ASSIGN(intake.store, intake.context->store());
  WB_ASSIGN(DeskConfig config, load_desk(*intake.context));
  intake.desk = std::make_unique<Desk>(*intake.store, std::move(config));
  intake.conductor = std::make_unique<act::deliver::Conductor>(*intake.store, *intake.desk);
  return intake;
}

std::string count(Language l, std::uint64_t n) { return text::whole(l, static_cast<double>(n)); }

/// "one code a line": the first line of such a file is a code, not a heading.
bool is_bare_list(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    while (line.ends_with('\r') || line.ends_with(' ')) line.pop_back();
    if (!line.empty()) break;
  }
  if (line.empty() || line.find_first_of(",;\t{\"") != std::string::npos) return false;
  const std::string heading[] = {line};
  const collect::ColumnProfile profile[1];
  return !collect::recognise_columns(ImportKind::codes, file, heading, profile, {}).has_value();
}

/// A pool for an offer nobody makes would never be used: a misspelt name is said at once.
Result<void> need_offer(const std::string& offer, port::ActStore& store) {
  WB_ASSIGN(auto offers, all_preset_offers());
  if (const auto saved = load_plan(store, ""); saved) offers.insert(offers.end(), saved->offers.begin(), saved->offers.end());
  std::string names;
  for (const model::Offer& one : offers) {
    if (one.id == offer) return {};
    if (names.find(one.id) == std::string::npos) names += (names.empty() ? "" : ", ") + one.id;
  }
  WB_ASSIGN(const auto campaigns, store.campaigns().list());
  for (const model::Campaign& campaign : campaigns) {
    WB_ASSIGN(const auto account, store.codes().account(campaign.id, offer));
    if (account) return {};
  }
  return fail(Code::not_found, "there is no offer '{}' to give these codes for; known are {}", offer, names);
}

/// What was said goes to the warehouse at once, so that an analysis after this sees it; `winback serve` does the same each minute.
Result<void> bring_feedback(Context& context, port::ActStore& store) {
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(const base::Zone zone, base::Zone::open(context.settings().zone));
  for (;;) {
    WB_ASSIGN(const std::size_t brought, load_feedback(store, *warehouse, zone));
    if (brought == 0) return {};
  }
}

}  // namespace

Result<void> run_import_records(const CommonOptions& common, const ImportOptions& options) {
  WB_ASSIGN(const ImportKind kind, parse_import_kind(options.kind));
  ImportOptions rest = options;
  std::string offer;
  if (kind == ImportKind::codes) {
    if (rest.files.size() < 2) return fail(Code::invalid_input, "say for which offer the codes are: `winback import codes OFFER FILE`");
    offer = rest.files.front();
    rest.files.erase(rest.files.begin());
  }
  for (const std::string& file : rest.files) {
    std::error_code problem;
    if (!fs::is_regular_file(file, problem)) return fail(Code::not_found, "there is no file {}", file);
  }
  WB_ASSIGN(const Intake intake, open_intake(common));
  Context& context = *intake.context;
  port::ActStore& store = *intake.store;
  const Language l = context.language();
  WB_ASSIGN(collect::ImportRequest request, import_request(context, rest, context.settings().currency));
  if (kind == ImportKind::codes) {
    WB_TRY(need_offer(offer, store));
    request.source = offer;
  }
  const bool of_tickets = kind == ImportKind::tickets || kind == ImportKind::calls;
  act::respond::ReplyRules replies;
  if (of_tickets) {
    WB_ASSIGN(replies, load_replies(context.data()));
  }
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const std::string& file : rest.files) {
    request.path = file;
    request.rejects_path = rejects_path(rest, file);
    request.table.heading.clear();
    if (kind == ImportKind::codes && is_bare_list(file)) request.table.heading = {"code"};
    ConsentIntake consents{store, *intake.conductor, request.now};
    RedemptionIntake redemptions{store, *intake.conductor, request.now};
    PoolIntake pool{store, offer};
    TicketIntake tickets{.tools = {store, *intake.conductor, replies, l}, .calls = kind == ImportKind::calls, .now = request.now};
    const auto take = [&](std::uint32_t id, base::Block&& block, Rejects& rejects) -> Result<void> {
      if (kind == ImportKind::consents) return consents.take(id, block, rejects);
      if (kind == ImportKind::redemptions) return redemptions.take(block, rejects);
      if (of_tickets) return tickets.take(block, rejects);
      return pool.take(block, rejects);
    };
    Result<ImportSummary> summary;
    {
      ProgressBar bar{fs::path{file}.filename().string()};
      summary = collect::import_records(request, store.imports(), store.contacts(), nullptr, take, [&](const collect::ImportProgress& p) {
        bar.show(p.bytes_done, p.bytes_total, p.rows);
      });
    }
    if (!summary) return std::unexpected(summary.error());
    if (common.json) {
      auto json = nlohmann::ordered_json::parse(collect::to_json(*summary));
      json["new"] = kind == ImportKind::codes ? pool.fresh : kind == ImportKind::consents ? consents.fresh : of_tickets ? tickets.fresh : summary->rows_kept;
      if (of_tickets) {
        json["open"] = tickets.open;
        json["urgent"] = tickets.urgent;
      }
      if (kind == ImportKind::consents) json["journeys_ended"] = consents.ended;
      all.push_back(std::move(json));
      continue;
    }
    std::string said;
    const auto name = fmt::arg("file", summary->file_name);
    const auto id = fmt::arg("id", summary->import_id);
    const std::string kept = count(l, summary->rows_kept), read = count(l, summary->rows_read);
    if (summary->already_imported) {
      said = say(l, Word::import_already, name, id) + "\n";
    } else if (kind == ImportKind::consents) {
      said = say(l, Word::consents_done, name, id, fmt::arg("kept", kept), fmt::arg("read", read), fmt::arg("fresh", count(l, consents.fresh)),
                 fmt::arg("ended", count(l, consents.ended))) + "\n" + describe_reading(*summary, l);
    } else if (of_tickets) {
      said = say(l, Word::tickets_done, name, id, fmt::arg("kept", kept), fmt::arg("read", read), fmt::arg("fresh", count(l, tickets.fresh)),
                 fmt::arg("open", count(l, tickets.open)), fmt::arg("urgent", count(l, tickets.urgent))) + "\n" + describe_reading(*summary, l);
    } else if (kind == ImportKind::redemptions) {
      said = say(l, Word::redemptions_done, name, id, fmt::arg("kept", kept), fmt::arg("read", read)) + "\n" + describe_reading(*summary, l);
    } else {
      said = say(l, Word::codes_done, name, id, fmt::arg("offer", offer), fmt::arg("fresh", count(l, pool.fresh)),
                 fmt::arg("known", count(l, summary->rows_kept - pool.fresh))) + "\n" + describe_reading(*summary, l);
    }
    std::fputs(said.c_str(), stdout);
  }
  if (of_tickets) WB_TRY(bring_feedback(context, store));
  if (common.json) std::fputs(((all.size() == 1 ? all[0] : all).dump(2) + "\n").c_str(), stdout);
  return {};
}

Result<void> run_import_bounces(const CommonOptions& common, const ImportOptions& options) {
  WB_ASSIGN(const Intake intake, open_intake(common));
  port::ActStore& store = *intake.store;
  const auto sign = [&store](std::string_view purpose, std::string_view bytes) { return store.sign(purpose, bytes); };
  BounceCounts counts;
  for (const std::string& path : options.files) {
    WB_TRY(each_mail(path, [&](std::string_view, std::string_view raw) {
      return store.transact([&] { return take_bounce(raw, store, sign, *intake.conductor, machine_clock().now(), counts); });
    }));
  }
  const std::pair<const char*, std::uint64_t> parts[] = {{"messages", counts.messages}, {"hard", counts.hard},           {"soft", counts.soft},
                                                         {"complained", counts.complained}, {"opted_out", counts.opted_out}, {"known", counts.known},
                                                         {"unknown", counts.unknown},   {"no_report", counts.no_report}};
  if (common.json) {
    nlohmann::ordered_json json;
    for (const auto& [name, value] : parts) json[name] = value;
    std::fputs((json.dump(2) + "\n").c_str(), stdout);
    return {};
  }
  const Language l = intake.context->language();
  const auto arg = [&](std::size_t i) { return count(l, parts[i].second); };
  std::fputs((say(l, Word::bounces_done, fmt::arg("messages", arg(0)), fmt::arg("hard", arg(1)), fmt::arg("soft", arg(2)), fmt::arg("complained", arg(3)),
                  fmt::arg("opted_out", arg(4)), fmt::arg("known", arg(5)), fmt::arg("unknown", arg(6)), fmt::arg("no_report", arg(7))) + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
