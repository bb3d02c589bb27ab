#include <cstdio>

#include <nlohmann/json.hpp>

#include "app/backup.h"
#include "app/machine_clock.h"
#include "app/verbs.h"

namespace app {

using base::Result;
using text::say;
using text::Word;

namespace {

void print(const std::string& text) { std::fputs((text + "\n").c_str(), stdout); }

nlohmann::ordered_json facts_of(const BackupManifest& manifest) {
  return {{"workspace", manifest.workspace}, {"began_at", manifest.began_at}, {"rows", manifest.rows()}, {"tables", manifest.tables_with_rows()},
          {"files", manifest.files.size()},  {"bytes", manifest.bytes()}};
}

}  // namespace

Result<void> run_backup(const CommonOptions& common, const std::string& target) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const BackupManifest manifest, back_up(*context, target, machine_clock().now()));
  if (common.json) {
    auto json = facts_of(manifest);
    json["path"] = target;
    print(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return {};
  }
  const text::Language l = context->language();
  print(say(l, Word::backup_done, fmt::arg("path", target), fmt::arg("rows", text::whole(l, static_cast<double>(manifest.rows()))),
            fmt::arg("tables", manifest.tables_with_rows()), fmt::arg("files", manifest.files.size()),
            fmt::arg("size", text::decimal(static_cast<double>(manifest.bytes()) / 1e6, 1))));
  return {};
}

Result<void> run_restore(const CommonOptions& common, const RestoreOptions& options) {
  WB_ASSIGN(const Restored restored, restore(common, options.backup, options.moved));
  if (common.json) {
    auto json = facts_of(restored.manifest);
    json["data"] = common.data;
    json["paused_campaigns"] = restored.paused;
    print(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return {};
  }
  WB_ASSIGN(const auto context, Context::open(common, false));
  const text::Language l = context->language();
  print(say(l, Word::restore_done, fmt::arg("data", common.data), fmt::arg("taken", restored.manifest.began_at),
            fmt::arg("rows", text::whole(l, static_cast<double>(restored.manifest.rows()))), fmt::arg("tables", restored.manifest.tables_with_rows()),
            fmt::arg("files", restored.manifest.files.size())));
  if (restored.paused > 0) print(say(l, Word::restore_paused, fmt::arg("count", restored.paused)));
  if (options.moved) print(std::string{say(l, Word::restore_goes_on)});
  return {};
}

}  // namespace app
