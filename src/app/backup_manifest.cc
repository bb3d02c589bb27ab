#include "app/backup_manifest.h"

#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/hash.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr const char* kName = "manifest.json";

/// Relative, and stays inside: a backup may come from anywhere.
bool is_inside(const std::string& path) {
  const fs::path named{path};
  if (path.empty() || named.is_absolute()) return false;
  for (const fs::path& part : named) {
    if (part == ".." || part == ".") return false;
  }
  return true;
}

}  // namespace

std::uint64_t BackupManifest::rows() const {
  std::uint64_t sum = 0;
  for (const Table& table : tables) sum += table.rows;
  return sum;
}

std::uint64_t BackupManifest::bytes() const {
  std::uint64_t sum = 0;
  for (const File& file : files) sum += file.bytes;
  return sum;
}

std::size_t BackupManifest::tables_with_rows() const {
  std::size_t count = 0;
  for (const Table& table : tables) count += table.file.empty() ? 0 : 1;
  return count;
}

Result<BackupManifest::File> measure_file(const fs::path& folder, const std::string& path) {
  std::ifstream in{folder / path, std::ios::binary};
  if (!in) return fail(Code::not_found, "{} cannot be read", (folder / path).string());
  BackupManifest::File file{.path = path, .bytes = 0, .sha256 = {}};
  base::Sha256 sum;
  std::string piece(1 << 20, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    sum.add(std::string_view{piece}.substr(0, static_cast<std::size_t>(in.gcount())));
    file.bytes += static_cast<std::uint64_t>(in.gcount());
  }
  if (in.bad()) return fail(Code::unavailable, "{} cannot be read to its end", (folder / path).string());
  file.sha256 = base::to_hex(sum.finish());
  return file;
}

Result<void> make_durable(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool durable = file >= 0 && fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!durable) return fail(Code::exhausted, "{} cannot be brought to the disk; is there room?", path.string());
  return {};
}

Result<void> write_manifest(const fs::path& folder, const BackupManifest& manifest) {
  ordered_json json{{"format", BackupManifest::kFormat}, {"program", manifest.program}, {"workspace", manifest.workspace}, {"began_at", manifest.began_at}};
  json["files"] = ordered_json::array();
  for (const auto& file : manifest.files) json["files"].push_back({{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  json["tables"] = ordered_json::array();
  for (const auto& table : manifest.tables) {
    json["tables"].push_back({{"name", table.name}, {"rows", table.rows}, {"file", table.file}, {"definition", table.definition}});
  }
  {
    std::ofstream out{folder / kName, std::ios::binary};
    out << json.dump(1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
    if (!out.flush()) return fail(Code::exhausted, "{} cannot be written; is there room on the disk?", (folder / kName).string());
  }
  WB_TRY(make_durable(folder / kName));
  return make_durable(folder);
}

Result<BackupManifest> read_checked_manifest(const fs::path& folder) {
  std::ifstream in{folder / kName, std::ios::binary};
  if (!in) {
    return fail(Code::not_found, "{} is no whole backup: it has no {}, which is written last; make a new one with `winback backup`", folder.string(), kName);
  }
  std::ostringstream text;
  text << in.rdbuf();
  const ordered_json json = ordered_json::parse(text.str(), nullptr, false);
  const auto broken = [&](std::string_view what) {
    return fail(Code::corrupt, "{} is damaged ({}); use another backup", (folder / kName).string(), what);
  };
  if (!json.is_object()) return broken("no JSON");
  if (json.value("format", 0) > BackupManifest::kFormat) return fail(Code::unsupported, "{} was made by a newer winback; use that program", folder.string());
  BackupManifest manifest;
  try {
    manifest.program = json.at("program").get<std::string>();
    manifest.workspace = json.at("workspace").get<std::string>();
    manifest.began_at = json.at("began_at").get<std::string>();
    for (const auto& one : json.at("files")) {
      manifest.files.push_back({one.at("path").get<std::string>(), one.at("bytes").get<std::uint64_t>(), one.at("sha256").get<std::string>()});
    }
    for (const auto& one : json.at("tables")) {
      manifest.tables.push_back({one.at("name").get<std::string>(), one.at("definition").get<std::string>(), one.at("file").get<std::string>(),
                                 one.at("rows").get<std::uint64_t>()});
    }
  } catch (const nlohmann::json::exception&) {
    return broken("a field is missing");
  }
  for (const auto& file : manifest.files) {
    if (!is_inside(file.path)) return broken("a path leads out of it");
    WB_ASSIGN(const auto found, measure_file(folder, file.path));
    if (found.bytes != file.bytes || found.sha256 != file.sha256) {
      return fail(Code::corrupt, "{} is not what was written into this backup (its checksum differs); use another backup", (folder / file.path).string());
    }
  }
  for (const auto& table : manifest.tables) {
    if (!table.file.empty() && !is_inside(table.file)) return broken("a path leads out of it");
  }
  return manifest;
}

}  // namespace app
