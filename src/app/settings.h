#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "model/business.h"
#include "text/language.h"

namespace app {

/// DATA/winback.yaml: what the workspace is and how it runs. A missing file means every default.
struct Settings {
  std::string business = "shop";
  std::string zone = "UTC";          ///< of the shop: its days begin there
  std::string currency;              ///< ISO 4217; empty until the first import names it
  std::optional<double> margin;      ///< overrides the business's
  std::optional<text::Language> language;
  std::string warehouse_url;         ///< empty = the local one
  std::string warehouse_user;
  std::string warehouse_password;
  std::uint64_t memory_bytes = 0;    ///< of the local warehouse; 0 = half the machine's
};

/// Reads the file; unknown keys and wrong values fail with the line and what may stand there.
base::Result<Settings> load_settings(const std::filesystem::path& file);

/// Writes the file anew where it does not exist, with comments; keeps an existing one but for `currency`, which is
/// added when it has none.
base::Result<void> remember_currency(const std::filesystem::path& file, std::string_view currency);

}  // namespace app
