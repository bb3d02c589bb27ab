#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "collect/import.h"

namespace console {

/// What a file would become, without keeping anything of it.
struct ImportPreview {
  collect::ImportSummary summary;
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> sample;  ///< its first rows, as text
  std::vector<std::vector<std::string>> rejects;  ///< line, column, value, reason
  std::string problem;  ///< why it cannot be read as it is; empty when it can
};

/// Reads the file's first rows (about 2 MB of it) as `collect::import_file` would. `scratch` is a folder for what is cut
/// off and for rejects; nothing stays there.
base::Result<ImportPreview> preview_import(const collect::ImportRequest& request, const std::string& scratch, port::Parquet* parquet);

/// The roles a file of that kind may have; needed ones first.
struct RoleInfo {
  std::string role;
  bool needed = false;
};
std::vector<RoleInfo> roles_of(model::ImportKind kind);

}  // namespace console
