#include <nlohmann/json.hpp>

#include "app/act_settings.h"
#include "app/manners_yaml.h"
#include "app/presets.h"
#include "app/settings_change.h"
#include "console/mount.h"
#include "console/snapshot.h"

namespace console {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

/// "smtp://user:secret@host:587" without what is secret.
std::string host_of(std::string url) {
  const std::size_t at = url.rfind('@'), scheme = url.find("://");
  if (at != std::string::npos) url = (scheme == std::string::npos ? "" : url.substr(0, scheme + 3)) + url.substr(at + 1);
  return url;
}

Result<Reply> told(const Ask& ask) {
  WB_ASSIGN(const app::Settings settings, settings_now(ask.at));
  const auto file = ask.at.data / "winback.yaml";
  WB_ASSIGN(const app::ActSettings act, app::load_act_settings(file));
  WB_ASSIGN(const model::Manners manners, app::load_manners(settings, file));
  WB_ASSIGN(const model::Business business, app::load_business(settings.business, file));
  const bool ready = act.letter_provider() != nullptr || (!act.mail.smtp.empty() && !act.mail.from.empty());
  ordered_json to_do = ordered_json::array();
  const auto need = [&](bool missing, Word word) {
    if (missing) to_do.push_back(say(ask.language, word));
  };
  need(act.shop.name[0].empty(), Word::todo_shop_name);
  need(act.shop.address.empty(), Word::todo_shop_address);
  need(act.shop.url.empty(), Word::todo_shop_url);
  need(!act.public_url.starts_with("https://"), Word::todo_public_url);
  need(!ready, Word::todo_mail);
  const ordered_json json{{"business", settings.business},
                          {"businesses", app::business_names()},
                          {"zone", settings.zone},
                          {"currency", settings.currency},
                          {"margin", settings.margin.value_or(business.margin)},
                          {"margin_assumed", !settings.margin.has_value()},
                          {"language", settings.language ? text::name_of(*settings.language) : ""},
                          {"shop", {{"name", act.shop.name[0]}, {"address", act.shop.address}, {"url", act.shop.url}, {"email", act.shop.email}, {"phone", act.shop.phone}}},
                          {"public_url", act.public_url},
                          {"mail", {{"from", act.mail.from}, {"smtp", host_of(act.mail.smtp)}, {"ready", ready}}},
                          {"approval_above", act.approval_above ? ordered_json(*act.approval_above) : ordered_json(nullptr)},
                          {"jurisdiction", manners.name},
                          {"to_do", std::move(to_do)}};
  return Reply{json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"};
}

Result<Reply> change(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  if (!body.is_object()) return fail(Code::invalid_input, "the body must be one JSON object, such as {{\"margin\": 0.4}}");
  std::vector<std::pair<std::string, std::string>> changes;
  std::string names;
  const auto add = [&](const std::string& key, const nlohmann::json& value) -> Result<void> {
    if (!value.is_null() && !value.is_string() && !value.is_number()) return fail(Code::invalid_input, "{} must be a text or a number", key);
    changes.emplace_back(key, value.is_null() ? "" : value.is_string() ? value.get<std::string>() : fmt::format("{}", value.get<double>()));
    names += (names.empty() ? "" : ", ") + key;
    return {};
  };
  for (const auto& [key, value] : body.items()) {
    if (key == "shop" && value.is_object()) {
      for (const auto& [field, text] : value.items()) {
        if (field != "name" && field != "address" && field != "url" && field != "email" && field != "phone") return fail(Code::invalid_input, "shop has no '{}'", field);
        WB_TRY(add("shop." + field, text));
      }
    } else if (key == "business" || key == "zone" || key == "margin" || key == "language" || key == "public_url" || key == "approval_above") {
      WB_TRY(add(key, value));
    } else {
      return fail(Code::invalid_input, "'{}' cannot be changed here; winback.yaml holds everything", key);
    }
  }
  if (body.contains("business") && body["business"].is_string()) WB_TRY(app::load_business(body["business"].get<std::string>(), ask.at.data / "winback.yaml"));
  WB_TRY(ask.at.audit(ask.caller, "change_settings", names, ""));
  WB_TRY(app::change_settings(ask.at.data / "winback.yaml", changes));
  return told(ask);
}

}  // namespace

void mount_settings(Routes& routes) {
  routes.get("/api/settings", told);
  routes.patch("/api/settings", change);
}

}  // namespace console
