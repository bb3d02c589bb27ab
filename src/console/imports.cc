#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "app/engine.h"
#include "app/feedback_loader.h"
#include "app/import_request.h"
#include "app/outputs.h"
#include "app/record_intake.h"
#include "app/replies_yaml.h"
#include "app/ticket_intake.h"
#include "base/hash.h"
#include "collect/import.h"
#include "console/jobs.h"
#include "console/mount.h"
#include "console/preview.h"
#include "console/snapshot.h"

namespace console {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr std::uint64_t kMostBytes = 20ULL << 30;
constexpr std::uint64_t kPartBytes = 1 << 20;
constexpr auto kUploadLife = std::chrono::hours{24};

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

/// A file on its way in: DATA/uploads/ID/ holds `upload.json` and the bytes under the name's ending. Nothing outside that
/// folder is ever touched, whatever the name says.
struct Upload {
  std::string id, name;
  std::uint64_t bytes = 0;
  fs::path folder, file;

  std::uint64_t received() const {
    std::error_code problem;
    const auto size = fs::file_size(file, problem);
    return problem ? 0 : size;
  }
  std::string json() const { return dump({{"upload", id}, {"name", name}, {"bytes", bytes}, {"received", received()}}); }
};

std::string ending_of(const std::string& name) {
  for (const std::string_view ending : {".csv.gz", ".tsv.gz", ".jsonl.gz", ".json.gz", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".txt", ".gz"}) {
    if (name.ends_with(ending)) return std::string{ending};
  }
  return ".csv";
}

Result<Upload> upload_named(const Ask& ask) {
  Upload upload;
  upload.id = ask.part("id");
  if (upload.id.size() != 32 || upload.id.find_first_not_of("0123456789abcdef") != std::string::npos) return fail(Code::not_found, "there is no such upload");
  upload.folder = ask.at.data / "uploads" / upload.id;
  std::ifstream in{upload.folder / "upload.json"};
  std::ostringstream text;
  text << in.rdbuf();
  const auto json = nlohmann::json::parse(text.str(), nullptr, false);
  if (!json.is_object()) return fail(Code::not_found, "there is no such upload; it may have been left for a day");
  upload.name = json.value("name", "");
  upload.bytes = json.value("bytes", std::uint64_t{0});
  upload.file = upload.folder / ("file" + ending_of(upload.name));
  return upload;
}

/// What was left half done for a day goes.
void sweep(const fs::path& uploads) {
  std::error_code problem;
  for (fs::directory_iterator at{uploads, problem}, end; !problem && at != end; at.increment(problem)) {
    std::error_code ignored;
    const auto written = fs::last_write_time(at->path(), ignored);
    if (!ignored && fs::file_time_type::clock::now() - written > kUploadLife) fs::remove_all(at->path(), ignored);
  }
}

Result<Reply> open_upload(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  if (!body.is_object() || !body.contains("name") || !body["name"].is_string() || !body.contains("bytes") || !body["bytes"].is_number_unsigned()) {
    return fail(Code::invalid_input, "name and bytes are needed: the file's name and its length");
  }
  Upload upload;
  upload.name = fs::path{body["name"].get<std::string>()}.filename().string();
  upload.bytes = body["bytes"].get<std::uint64_t>();
  const bool odd = upload.name == "." || upload.name == ".." || std::ranges::any_of(upload.name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (odd) return fail(Code::invalid_input, "name must be the name of a file");
  if (upload.name.empty() || upload.name.size() > 200) return fail(Code::invalid_input, "name must be 1 to 200 bytes");
  if (upload.bytes == 0) return fail(Code::invalid_input, "{} is empty", upload.name);
  if (upload.bytes > kMostBytes) return fail(Code::invalid_input, "{} is larger than 20 GB; bring it in with `winback import`", upload.name);
  sweep(ask.at.data / "uploads");
  std::error_code problem;
  const auto space = fs::space(ask.at.data, problem);
  if (!problem && space.available < 2 * upload.bytes) return fail(Code::invalid_input, "there is no room on the server's disk for a file of {} bytes", upload.bytes);
  upload.id = base::to_hex(ask.at.store.sign("upload", fmt::format("{} {} {}", base::millis(ask.at.clock.now()), ask.caller.user_id, upload.name))).substr(0, 32);
  upload.folder = ask.at.data / "uploads" / upload.id;
  upload.file = upload.folder / ("file" + ending_of(upload.name));
  fs::create_directories(upload.folder, problem);
  WB_TRY(app::write_whole(upload.folder / "upload.json", dump({{"name", upload.name}, {"bytes", upload.bytes}})));
  return Reply{upload.json()};
}

Result<Reply> take_part(const Ask& ask) {
  WB_ASSIGN(const Upload upload, upload_named(ask));
  const std::string text = ask.part("offset");
  std::uint64_t offset = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (wrong != std::errc{} || end != text.data() + text.size()) return fail(Code::invalid_input, "the offset must be a number");
  const std::string& bytes = ask.request.body;
  if (bytes.empty() || bytes.size() > kPartBytes) return fail(Code::invalid_input, "a part has 1 to {} bytes", kPartBytes);
  const std::uint64_t received = upload.received();
  if (offset > received) return fail(Code::conflict, "bytes {} to {} are missing before this part", received, offset);
  if (offset + bytes.size() > upload.bytes) return fail(Code::invalid_input, "this part goes beyond the {} bytes that were announced", upload.bytes);
  if (offset + bytes.size() > received) {  // a part that is there already changes nothing
    std::fstream out{upload.file, std::ios::binary | std::ios::in | std::ios::out};
    if (!out) out.open(upload.file, std::ios::binary | std::ios::out);
    out.seekp(static_cast<std::streamoff>(offset));
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) return fail(Code::exhausted, "the part cannot be written; is there room on the disk?");
  }
  return Reply{upload.json()};
}

/// What the body says of reading the file.
Result<app::ImportOptions> options_of(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  if (!body.is_object()) return fail(Code::invalid_input, "the body must be one JSON object, such as {{\"kind\": \"orders\"}}");
  app::ImportOptions options;
  for (const auto& [name, target] : {std::pair<const char*, std::string*>{"kind", &options.kind}, {"currency", &options.currency}, {"zone", &options.zone}, {"date_format", &options.date_format}}) {
    if (!body.contains(name) || body[name].is_null()) continue;
    if (!body[name].is_string()) return fail(Code::invalid_input, "{} must be a text", name);
    *target = body[name].get<std::string>();
  }
  if (body.contains("map") && body["map"].is_object()) {
    for (const auto& [role, heading] : body["map"].items()) {
      if (heading.is_string() && !heading.get<std::string>().empty()) options.map.push_back(role + "=" + heading.get<std::string>());
    }
  }
  options.strict = body.value("strict", false);
  if (options.kind == "codes" || options.kind.empty()) return fail(Code::invalid_input, "kind must be orders, customers, products, events, feedback, tickets, calls, spend, consents or redemptions");
  WB_TRY(app::parse_import_kind(options.kind));
  return options;
}

Result<collect::ImportRequest> request_of(app::Context& context, const app::ImportOptions& options, const Upload& upload, const fs::path& data) {
  std::string currency = context.settings().currency;
  if (currency.empty()) currency = options.currency;
  WB_ASSIGN(collect::ImportRequest request, app::import_request(context, options, currency));
  request.path = upload.file.string();
  request.rejects_path = (data / "rejects" / (upload.id + ".csv")).string();
  return request;
}

Result<Reply> preview(const Ask& ask) {
  WB_ASSIGN(const Upload upload, upload_named(ask));
  if (upload.received() != upload.bytes) return fail(Code::conflict, "{} of {} bytes are here; send the rest first", upload.received(), upload.bytes);
  WB_ASSIGN(const app::ImportOptions options, options_of(ask));
  WB_ASSIGN(const auto context, app::Context::open(ask.at.common, false));
  WB_ASSIGN(const collect::ImportRequest request, request_of(*context, options, upload, ask.at.data));
  port::Parquet* parquet = nullptr;
  if (upload.file.extension() == ".parquet") {
    WB_ASSIGN(parquet, context->parquet());
  }
  WB_ASSIGN(const ImportPreview seen, preview_import(request, upload.folder.string(), parquet));
  ordered_json columns = ordered_json::array(), rejects = ordered_json::array(), roles = ordered_json::array();
  for (const auto& column : seen.summary.columns) columns.push_back({{"heading", column.heading}, {"role", column.role}, {"found_by", collect::name_of(column.certainty)}, {"format", column.format}});
  for (const auto& one : seen.rejects) {
    if (one.size() >= 4) rejects.push_back({{"line", std::atoll(one[0].c_str())}, {"column", one[1]}, {"value", one[2]}, {"reason", one[3]}});
  }
  for (const RoleInfo& role : roles_of(request.kind)) roles.push_back({{"role", role.role}, {"needed", role.needed}});
  return Reply{dump({{"kind", options.kind}, {"format", seen.summary.format}, {"charset", seen.summary.charset}, {"columns", std::move(columns)}, {"roles", std::move(roles)}, {"headings", seen.headings},
                     {"sample", seen.sample}, {"rejects", std::move(rejects)}, {"rows_read", seen.summary.rows_read}, {"rows_kept", seen.summary.rows_kept}, {"rows_rejected", seen.summary.rows_rejected}, {"problem", seen.problem}})};
}

/// The work of an import's job: the same as `winback import`.
Result<std::string> bring_in(const app::CommonOptions& common, const app::ImportOptions& options, const Upload& upload, const fs::path& data, const port::Clock& clock, const Tell& tell) {
  WB_ASSIGN(const auto context, app::Context::open(common, true));
  WB_ASSIGN(const auto kind, app::parse_import_kind(options.kind));
  if (context->settings().currency.empty() && kind == model::ImportKind::orders && !options.currency.empty()) WB_TRY(context->currency(options.currency));
  WB_ASSIGN(collect::ImportRequest request, request_of(*context, options, upload, data));
  std::error_code problem;
  fs::create_directories(data / "rejects", problem);
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(port::ActStore* const store, context->store());
  port::Parquet* parquet = nullptr;
  if (upload.file.extension() == ".parquet") {
    WB_ASSIGN(parquet, context->parquet());
  }
  // The ledger shall name the file as its owner does.
  const fs::path named = upload.folder / upload.name;
  if (named != upload.file) fs::rename(upload.file, named, problem);
  request.path = problem ? upload.file.string() : named.string();
  const auto progress = [&](const collect::ImportProgress& p) {
    tell(p.bytes_total > 0 ? static_cast<double>(p.bytes_done) / static_cast<double>(p.bytes_total) : -1, fmt::format("{}", p.rows));
  };
  Result<collect::ImportSummary> summary = fail(Code::internal, "nothing was read");
  const bool of_tickets = kind == model::ImportKind::tickets || kind == model::ImportKind::calls;
  if (kind == model::ImportKind::consents || kind == model::ImportKind::redemptions || of_tickets) {
    WB_ASSIGN(app::DeskConfig config, app::load_desk(*context));
    app::Desk desk{*store, std::move(config)};
    act::deliver::Conductor conductor{*store, desk};
    app::ConsentIntake consents{*store, conductor, clock.now()};
    app::RedemptionIntake redemptions{*store, conductor, clock.now()};
    WB_ASSIGN(const act::respond::ReplyRules replies, app::load_replies(context->data()));
    app::TicketIntake tickets{.tools = {*store, conductor, replies, context->language()}, .calls = kind == model::ImportKind::calls, .now = clock.now()};
    summary = collect::import_records(request, store->imports(), store->contacts(), parquet, [&](std::uint32_t id, base::Block&& block, collect::Rejects& rejects) {
      if (of_tickets) return tickets.take(block, rejects);
      return kind == model::ImportKind::consents ? consents.take(id, block, rejects) : redemptions.take(block, rejects);
    }, progress);
    if (of_tickets && summary) {
      WB_ASSIGN(const base::Zone zone, base::Zone::open(context->settings().zone));
      WB_TRY(app::load_feedback(*store, *warehouse, zone));
    }
  } else {
    summary = collect::import_file(request, *warehouse, store->imports(), store->contacts(), parquet, progress);
  }
  if (!summary) return std::unexpected(summary.error());
  if (!summary->currency.empty() && context->settings().currency.empty()) WB_TRY(context->currency(summary->currency));
  if (summary->rows_rejected > 0 && !summary->already_imported) {
    fs::rename(request.rejects_path, data / "rejects" / fmt::format("{}.csv", summary->import_id), problem);
  }
  fs::remove_all(upload.folder, problem);
  return collect::to_json(*summary);
}

Result<Reply> import(const Ask& ask) {
  WB_ASSIGN(const Upload upload, upload_named(ask));
  if (upload.received() != upload.bytes) return fail(Code::conflict, "{} of {} bytes are here; send the rest first", upload.received(), upload.bytes);
  WB_ASSIGN(const app::ImportOptions options, options_of(ask));
  WB_TRY(ask.at.audit(ask.caller, "import", upload.name, options.kind));
  const app::CommonOptions common = ask.at.common;
  const fs::path data = ask.at.data;
  const port::Clock& clock = ask.at.clock;
  WB_ASSIGN(const auto job, ask.at.jobs.begin("import", ask.caller.name, [=, &clock](const Tell& tell) { return bring_in(common, options, upload, data, clock, tell); }));
  return begun(to_json(job));
}

fs::path rejects_of(const Workspace& at, std::string_view id) { return at.data / "rejects" / (std::string{id} + ".csv"); }

Result<Reply> list_imports(const Ask& ask) {
  WB_ASSIGN(const auto imports, ask.at.store.imports().list());
  ordered_json list = ordered_json::array();
  for (const model::Import& one : imports) {
    std::error_code problem;
    list.push_back({{"id", one.id}, {"kind", collect::name_of(one.kind)}, {"file", one.file_name}, {"source", one.source}, {"begun_at", base::to_string(one.started_at)},
                    {"finished_at", one.finished_at ? ordered_json(base::to_string(*one.finished_at)) : ordered_json(nullptr)}, {"undone_at", one.undone_at ? ordered_json(base::to_string(*one.undone_at)) : ordered_json(nullptr)},
                    {"rows_kept", one.rows_kept}, {"rows_rejected", one.rows_rejected}, {"has_rejects", fs::exists(rejects_of(ask.at, std::to_string(one.id)), problem)}});
  }
  return Reply{dump({{"imports", std::move(list)}})};
}

Result<std::uint32_t> import_id(const Ask& ask) {
  const std::string text = ask.part("id");
  std::uint32_t id = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (wrong != std::errc{} || end != text.data() + text.size()) return fail(Code::not_found, "there is no import '{}'", text);
  return id;
}

Result<Reply> rejects(const Ask& ask) {
  WB_ASSIGN(const std::uint32_t id, import_id(ask));
  std::ifstream in{rejects_of(ask.at, std::to_string(id)), std::ios::binary};
  if (!in) return fail(Code::not_found, "the rejects of import {} are not here; the terminal writes them where it was told to", id);
  std::ostringstream text;
  text << in.rdbuf();
  return csv_file(text.str(), fmt::format("rejects-{}.csv", id));
}

Result<Reply> undo(const Ask& ask) {
  WB_ASSIGN(const std::uint32_t id, import_id(ask));
  WB_TRY(ask.at.audit(ask.caller, "undo_import", std::to_string(id), ""));
  Workspace& at = ask.at;
  WB_ASSIGN(const auto job, at.jobs.begin("undo", ask.caller.name, [&at, id](const Tell&) -> Result<std::string> {
    WB_ASSIGN(const auto undone, collect::undo_import(id, at.clock.now(), at.warehouse, at.store.imports()));
    ordered_json again = ordered_json::array();
    for (const model::Import& one : undone.import_again) again.push_back(one.file_name);
    return ordered_json{{"import_again", std::move(again)}}.dump();
  }));
  return begun(to_json(job));
}

}  // namespace

void mount_imports(Routes& routes) {
  routes.get("/api/imports", list_imports);
  routes.get("/api/imports/:id/rejects", rejects);
  routes.post("/api/imports/:id/undo", undo);
  routes.post("/api/uploads", open_upload);
  routes.put("/api/uploads/:id/parts/:offset", take_part);
  routes.post("/api/uploads/:id/preview", preview);
  routes.post("/api/uploads/:id/import", import);
}

}  // namespace console
