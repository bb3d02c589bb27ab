#include "app/checkup.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "app/access_settings.h"
#include "base/certificate.h"
#include "collect/import.h"
#include "decide/ledger.h"
#include "gen/sql_warehouse.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::Error;
using base::Result;
using text::say;
using text::Word;

namespace {

constexpr double kLittleDisk = 1.0, kWarnDisk = 5.0;  // GB
constexpr std::chrono::days kWarnCertificate{21};
constexpr std::string_view kSegmentMark = "WBSPOOL";
constexpr std::size_t kSegmentHead = 24;

/// The first entry that others may read or write, with what mends it. The engine's own files lie behind the folder's rights.
void check_permissions(const Context& context, text::Language l, const FindingSink& found) {
  std::vector<fs::path> entries{context.data()};
  std::error_code problem;
  for (fs::directory_iterator at{context.data(), problem}, end; !problem && at != end; at.increment(problem)) entries.push_back(at->path());
  for (const fs::path& entry : entries) {
    struct stat status {};
    if (lstat(entry.c_str(), &status) != 0 || S_ISLNK(status.st_mode) || S_ISSOCK(status.st_mode)) continue;
    if ((status.st_mode & 077) == 0) continue;
    const bool folder_open = entry == context.data();
    // Within a closed folder only the folder's own rights let anybody in; secrets are closed all the same.
    const std::string name = entry.filename().string();
    const bool secret = name.starts_with("store.sqlite") || name == "winback.yaml" || name.ends_with(".pem") || name.ends_with(".key");
    if (!folder_open && !secret) continue;
    found.bad({Code::invalid_input, fmt::format("{} can be read by others on this machine; run: chmod {} {}", entry.string(), S_ISDIR(status.st_mode) ? "700" : "600", entry.string())});
    return;
  }
  found.good(say(l, Word::doctor_permissions));
}

void check_disk(const Context& context, text::Language l, const FindingSink& found) {
  struct statvfs disk {};
  if (statvfs(context.data().c_str(), &disk) != 0) return found.bad({Code::unavailable, fmt::format("the disk of {} cannot be asked how much is free", context.data().string())});
  const double free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize) / 1e9;
  const std::string line = say(l, Word::doctor_disk, fmt::arg("free", text::decimal(free, 1)));
  if (free < kLittleDisk) return found.bad({Code::exhausted, fmt::format("only {:.2f} GB are free for {}; make room: below this, events and letters will be refused", free, context.data().string())});
  if (free < kWarnDisk) return found.note(line);
  found.good(line);
}

/// Heads of segments, without opening the log: the serving program may be writing it.
void check_spool(const Context& context, text::Language l, const FindingSink& found) {
  std::vector<fs::path> segments;
  std::uint64_t bytes = 0;
  std::error_code problem;
  for (fs::directory_iterator at{context.data() / "spool", problem}, end; !problem && at != end; at.increment(problem)) {
    if (at->path().extension() != ".seg") continue;
    segments.push_back(at->path());
    bytes += at->file_size(problem);
  }
  if (segments.empty()) return found.note(say(l, Word::doctor_no_spool));
  std::ranges::sort(segments);
  segments.pop_back();  // the last may be just beginning
  for (const fs::path& segment : segments) {
    std::ifstream in{segment, std::ios::binary};
    std::string head(kSegmentHead, '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (in.gcount() == static_cast<std::streamsize>(kSegmentHead) && head.starts_with(kSegmentMark)) continue;
    std::error_code gone;
    if (!fs::exists(segment, gone)) continue;  // worked off meanwhile
    return found.bad({Code::corrupt, fmt::format("{} is no segment of the spool; its events are passed over. Look at the disk (dmesg, SMART), then move the file away", segment.string())});
  }
  found.good(say(l, Word::doctor_spool, fmt::arg("size", text::decimal(static_cast<double>(bytes) / 1e6, 1))));
}

void check_certificate(const Context& context, const port::Clock& clock, text::Language l, const FindingSink& found) {
  const auto access = load_access_settings(context.settings_file());
  if (!access) return found.bad(access.error());
  if (access->certificate.empty()) return found.note(say(l, Word::doctor_no_certificate));
  fs::path file{access->certificate};
  if (file.is_relative()) file = context.data() / file;
  const auto end = base::certificate_end(file);
  if (!end) return found.bad(end.error());
  const std::string until = base::to_string(*end).substr(0, 10);
  if (*end < clock.now()) return found.bad({Code::invalid_input, fmt::format("the TLS certificate {} ended on {}; renew it and send the program SIGHUP", file.string(), until)});
  if (*end < clock.now() + kWarnCertificate) return found.bad({Code::invalid_input, fmt::format("the TLS certificate {} ends on {}; renew it now and send the program SIGHUP", file.string(), until)});
  found.good(say(l, Word::doctor_certificate, fmt::arg("until", until)));
}

/// A clock that stands before what was written, or in a year that cannot be.
void check_clock(port::ActStore& store, const port::Clock& clock, text::Language l, const FindingSink& found) {
  const base::Instant now = clock.now();
  if (now < base::instant_from_millis(1'735'689'600'000)) return found.bad({Code::invalid_input, fmt::format("the clock says {}, which cannot be; set it, best by NTP", base::to_string(now))});
  const auto imports = store.imports().list();
  if (!imports) return found.bad(imports.error());
  for (const model::Import& import : *imports) {
    if (import.started_at <= now + std::chrono::minutes{5}) continue;
    return found.bad({Code::invalid_input, fmt::format("the clock says {}, yet import {} began at {}; set the clock, best by NTP", base::to_string(now), import.id, base::to_string(import.started_at))});
  }
  found.good(say(l, Word::doctor_clock));
}

void check_owner(port::ActStore& store, text::Language l, const FindingSink& found) {
  const auto users = store.users().list();
  if (!users) return found.bad(users.error());
  const bool owner = std::ranges::any_of(*users, [](const model::User& user) { return user.role == model::Role::owner && user.state == model::UserState::active; });
  if (owner) found.good(say(l, Word::doctor_owner));
  else found.note(say(l, Word::doctor_no_owner));
}

}  // namespace

void check_machine(Context& context, const port::Clock& clock, const FindingSink& found) {
  const text::Language l = context.language();
  check_permissions(context, l, found);
  check_disk(context, l, found);
  check_spool(context, l, found);
  check_certificate(context, clock, l, found);
  const auto store = context.store();
  if (!store) return;  // said elsewhere
  check_owner(**store, l, found);
  check_clock(**store, clock, l, found);
}

void check_tables(Context& context, port::Warehouse& warehouse, const FindingSink& found) {
  std::uint64_t tables = 0, rows = 0;
  const auto counted = [&]() -> Result<void> {
    WB_TRY(collect::ensure_tables(warehouse));
    WB_TRY(decide::ensure_tables(warehouse));
    return warehouse.select({gen::warehouse::console_tables.name, gen::warehouse::console_tables.text}, [&](base::Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* of_table, block.need("rows", base::ColumnKind::u64));
      for (const std::uint64_t one : of_table->as<std::uint64_t>()) {
        rows += one;
        ++tables;
      }
      return {};
    });
  }();
  if (!counted) return found.bad(counted.error());
  found.good(say(context.language(), Word::doctor_tables, fmt::arg("rows", text::whole(context.language(), static_cast<double>(rows))), fmt::arg("tables", tables)));
}

}  // namespace app
