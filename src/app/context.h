#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/settings.h"
#include "base/error.h"
#include "port/parquet.h"
#include "port/act_store.h"
#include "port/warehouse.h"
#include "text/language.h"

namespace app {

/// Options every verb takes.
struct CommonOptions {
  std::string data = "./winback-data";
  std::string language;  ///< empty: settings, then LANG, then English
  bool json = false;
};

/// One workspace, opened as far as a verb needs it. Not for several threads.
class Context {
 public:
  /// Reads the settings; makes the data folder where `create` says so, else fails with `not_found` when it is missing.
  static base::Result<std::unique_ptr<Context>> open(const CommonOptions& options, bool create);

  const Settings& settings() const { return settings_; }
  std::filesystem::path settings_file() const { return data_ / "winback.yaml"; }
  const std::filesystem::path& data() const { return data_; }
  text::Language language() const { return language_; }
  bool json() const { return json_; }

  base::Result<port::Warehouse*> warehouse();  ///< opened on first use; lives as long as this
  base::Result<port::ActStore*> store();
  base::Result<std::unique_ptr<port::ActStore>> another_store() const;  ///< the same data by a connection of its own
  base::Result<port::Parquet*> parquet();

  /// The workspace's currency: given now, or from the settings; remembered in the settings when it was not there.
  base::Result<std::string> currency(const std::string& given);

 private:
  std::filesystem::path data_;
  Settings settings_;
  text::Language language_ = text::Language::en;
  bool json_ = false;
  std::unique_ptr<port::Warehouse> warehouse_;
  std::unique_ptr<port::Parquet> parquet_;
  std::unique_ptr<port::ActStore> store_;
};

}  // namespace app
