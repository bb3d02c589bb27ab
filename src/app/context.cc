#include "app/context.h"

#include <cstdlib>

#include "adapter/clickhouse/open_clickhouse.h"
#include "adapter/sqlite/open_sqlite.h"
#include "app/backup.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;

namespace {

Result<text::Language> choose_language(const CommonOptions& options, const Settings& settings) {
  if (!options.language.empty()) return text::parse_language(options.language);
  if (settings.language) return *settings.language;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == 0) continue;
    return text::parse_language(value).value_or(text::Language::en);
  }
  return text::Language::en;
}

adapter::clickhouse::Config warehouse_config(const Settings& settings, const fs::path& data) {
  adapter::clickhouse::Config config;
  config.url = settings.warehouse_url;
  config.user = settings.warehouse_user;
  config.password = settings.warehouse_password;
  config.data_dir = data;
  config.memory_bytes = settings.memory_bytes;
  return config;
}

}  // namespace

Result<std::unique_ptr<Context>> Context::open(const CommonOptions& options, bool create) {
  auto context = std::make_unique<Context>();
  context->data_ = fs::absolute(options.data).lexically_normal();
  context->json_ = options.json;
  std::error_code problem;
  if (!fs::exists(context->data_, problem)) {
    if (!create) {
      return fail(Code::not_found, "there is no data folder {}; bring orders in first with `winback import orders FILE`", options.data);
    }
    fs::create_directories(context->data_, problem);
    if (problem) return fail(Code::exhausted, "the data folder {} cannot be made: {}", options.data, problem.message());
    fs::permissions(context->data_, fs::perms::owner_all, problem);
  }
  if (fs::exists(context->data_ / kRestoring, problem)) {
    return fail(Code::conflict, "a restore into {} did not finish; delete the folder and restore again", options.data);
  }
  WB_ASSIGN(context->settings_, load_settings(context->settings_file()));
  WB_ASSIGN(context->language_, choose_language(options, context->settings_));
  return context;
}

Result<port::Warehouse*> Context::warehouse() {
  if (warehouse_ == nullptr) {
    WB_ASSIGN(warehouse_, adapter::clickhouse::open_clickhouse(warehouse_config(settings_, data_)));
  }
  return warehouse_.get();
}

Result<port::Parquet*> Context::parquet() {
  if (parquet_ == nullptr) {
    WB_ASSIGN(parquet_, adapter::clickhouse::open_parquet(warehouse_config(settings_, data_)));
  }
  return parquet_.get();
}

Result<port::ActStore*> Context::store() {
  if (store_ == nullptr) {
    WB_ASSIGN(store_, another_store());
  }
  return store_.get();
}

Result<std::unique_ptr<port::ActStore>> Context::another_store() const {
  return adapter::sqlite::open_sqlite(data_ / "store.sqlite");
}

Result<std::string> Context::currency(const std::string& given) {
  if (!settings_.currency.empty()) {
    if (!given.empty() && given != settings_.currency) {
      return fail(Code::conflict,
                  "this workspace counts in {}, not {}; give the currency of the file with a currency column and rates, or use "
                  "another --data folder", settings_.currency, given);
    }
    return settings_.currency;
  }
  if (given.empty()) return std::string{};
  WB_TRY(remember_currency(settings_file(), given));
  settings_.currency = given;
  return given;
}

}  // namespace app
