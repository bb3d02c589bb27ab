#include "app/access_settings.h"

#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/journey_words.h"
#include "app/yaml.h"
#include "app/yaml_fields.h"

namespace app {

using base::Result;

namespace {

Result<void> read_duration(const YAML::Node& node, std::string_view where, std::string_view text, std::chrono::seconds most, std::chrono::seconds& target) {
  if (text.empty()) return {};
  const auto value = parse_duration(std::string{text});
  if (!value) return yaml_error(node, where, value.error().message);
  if (*value < std::chrono::minutes{5} || *value > most) return yaml_error(node, where, "a session lasts at least 5 minutes and at most 30 days");
  target = *value;
  return {};
}

Result<void> read_tls(const YAML::Node& node, std::string_view where, AccessSettings& settings) {
  Fields fields{node, where};
  fields.text("certificate", settings.certificate);
  fields.text("key", settings.key);
  WB_TRY(fields.finish());
  if (settings.certificate.empty() || settings.key.empty()) return yaml_error(node, where, "tls needs certificate and key, two PEM files");
  return {};
}

Result<void> read_sign_in(const YAML::Node& node, std::string_view where, AccessSettings& settings) {
  Fields fields{node, where};
  std::string idle, absolute;
  fields.text("idle", idle);
  fields.text("absolute", absolute);
  WB_TRY(fields.finish());
  WB_TRY(read_duration(node, where, idle, std::chrono::days{30}, settings.life.idle));
  return read_duration(node, where, absolute, std::chrono::days{30}, settings.life.absolute);
}

Result<void> read_url(const YAML::Node& node, std::string_view where, AccessSettings& settings) {
  std::string url = node.IsScalar() ? node.Scalar() : "";
  while (url.ends_with('/')) url.pop_back();
  if (!url.starts_with("https://") && !url.starts_with("http://")) return yaml_error(node, where, "expected an address such as https://console.shop.example");
  if (url.find('/', url.find("://") + 3) != url.npos) return yaml_error(node, where, "the console is served at the root: leave the path out");
  settings.console_url = url;
  return {};
}

Result<void> read_oidc(const YAML::Node& node, std::string_view where, const std::filesystem::path& folder, AccessSettings& settings) {
  Fields fields{node, where};
  entry::OidcConfig& oidc = settings.oidc;
  std::string secret_file;
  fields.text("name", oidc.name);
  fields.text("issuer", oidc.issuer);
  fields.text("client_id", oidc.client_id);
  fields.text("client_secret_file", secret_file);
  fields.text("groups_claim", oidc.groups_claim);
  fields.flag("http", settings.oidc_rules.allow_http);
  for (const YAML::Node& host : fields.list("private_hosts")) settings.oidc_rules.allowed_hosts.push_back(host.IsScalar() ? host.Scalar() : "");
  fields.other("roles");
  WB_TRY(fields.finish());
  if (oidc.issuer.empty() || oidc.client_id.empty() || secret_file.empty()) return yaml_error(node, where, "oidc needs issuer, client_id and client_secret_file");
  const YAML::Node roles = node["roles"];
  if (roles && !roles.IsMap()) return yaml_error(roles, where, "roles must hold lines such as `winback-admins: owner`");
  for (const auto& line : roles) {
    const auto role = model::parse_role(line.second.IsScalar() ? line.second.Scalar() : "");
    if (!role) return yaml_error(line.second, where, "a role is owner, marketer, analyst, agent or read_only");
    oidc.roles[line.first.Scalar()] = *role;
  }
  std::ifstream in{folder / secret_file};
  if (!std::getline(in, oidc.client_secret) || oidc.client_secret.empty()) return yaml_error(node, where, fmt::format("the client secret cannot be read from {}", secret_file));
  return {};
}

}  // namespace

bool is_access_key(std::string_view key) { return key == "console_url" || key == "tls" || key == "sign_in" || key == "oidc"; }

Result<AccessSettings> load_access_settings(const std::filesystem::path& settings_file) {
  AccessSettings settings;
  std::ifstream in{settings_file};
  if (!in) return settings;
  std::ostringstream text;
  text << in.rdbuf();
  const std::string where = settings_file.filename().string();
  WB_ASSIGN(const YAML::Node root, parse_yaml(text.str(), where));
  if (!root.IsMap()) return settings;
  for (const auto& entry : root) {
    const std::string name = entry.first.Scalar();
    if (name == "console_url") WB_TRY(read_url(entry.second, where, settings));
    if (name == "tls") WB_TRY(read_tls(entry.second, where, settings));
    if (name == "sign_in") WB_TRY(read_sign_in(entry.second, where, settings));
    if (name == "oidc") WB_TRY(read_oidc(entry.second, where, settings_file.parent_path(), settings));
  }
  for (std::string* file : {&settings.certificate, &settings.key}) {
    if (!file->empty()) *file = (settings_file.parent_path() / *file).string();  // an absolute path stays as it is
  }
  return settings;
}

entry::Reach reach_of(const AccessSettings& settings, std::string_view listen, bool behind_proxy) {
  const bool loopback = listen.starts_with("127.") || listen.starts_with("[::1]") || listen.starts_with("localhost:");
  const bool plain = loopback && settings.certificate.empty() && !behind_proxy && !settings.console_url.starts_with("https://");
  return {.secure = !plain, .base_url = settings.console_url};
}

}  // namespace app
