#include "app/act_settings.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/journey_words.h"
#include "app/yaml.h"
#include "base/email.h"

namespace app {

using base::Result;

namespace {

constexpr std::array<std::string_view, 16> kKeys = {"survey", "deep_links", "sending", "channels", "shop",   "representative", "mail",           "public_url",
                                                   "listen", "seeds",          "approval_above", "webhook_secret",
                                                   "webhook_hosts", "webhook_http", "behind_proxy", "event_origins"};

using Setter = std::function<Result<void>(const YAML::Node&)>;

/// Reads a map by named setters; any other key is an error that names those there are.
Result<void> read_map(const YAML::Node& node, std::string_view where, std::string_view what,
                      const std::map<std::string, Setter>& setters) {
  if (!node.IsMap()) return yaml_error(node, where, fmt::format("{} must hold lines such as `name: …`", what));
  for (const auto& entry : node) {
    const auto known = setters.find(entry.first.Scalar());
    if (known == setters.end()) {
      std::string names;
      for (const auto& [name, setter] : setters) names += (names.empty() ? "" : ", ") + name;
      return yaml_error(entry.first, where, fmt::format("'{}' is nothing {} has; known are {}", entry.first.Scalar(), what, names));
    }
    WB_TRY(known->second(entry.second));
  }
  return {};
}

Setter text_into(std::string& target, std::string_view where) {
  return [&target, where](const YAML::Node& node) -> Result<void> {
    if (!node.IsScalar()) return yaml_error(node, where, "expected one value");
    target = node.Scalar();
    return {};
  };
}

Setter flag_into(bool& target, std::string_view where) {
  return [&target, where](const YAML::Node& node) -> Result<void> {
    if (!node.IsScalar() || (node.Scalar() != "true" && node.Scalar() != "false"))
      return yaml_error(node, where, "expected true or false");
    target = node.Scalar() == "true";
    return {};
  };
}

Setter address_into(std::string& target, std::string_view where) {
  return [&target, where](const YAML::Node& node) -> Result<void> {
    const auto address = base::parse_email(node.IsScalar() ? node.Scalar() : "");
    if (!address) return yaml_error(node, where, address.error().message);
    target = node.Scalar();
    return {};
  };
}

Setter counts_into(std::vector<std::uint64_t>& target, std::string_view where) {
  return [&target, where](const YAML::Node& node) -> Result<void> {
    if (!node.IsSequence()) return yaml_error(node, where, "expected letters a day, such as [50, 100, 500, 2000]");
    for (const auto& one : node) {
      const auto value = one.as<std::int64_t>(-1);
      if (value < 1) return yaml_error(one, where, "expected whole numbers above 0");
      target.push_back(static_cast<std::uint64_t>(value));
    }
    return {};
  };
}

/// One text for every language, or one for each.
Setter texts_into(model::Texts& target, std::string_view where) {
  return [&target, where](const YAML::Node& node) -> Result<void> {
    if (node.IsScalar()) {
      target.fill(node.Scalar());
      return {};
    }
    return read_map(node, where, "this text",
                    {{"en", text_into(target[0], where)}, {"zh-CN", text_into(target[1], where)}, {"zh-TW", text_into(target[2], where)}});
  };
}

Setter url_into(std::string& target, std::string_view where) {
  return [&target, where](const YAML::Node& node) -> Result<void> {
    const std::string text = node.IsScalar() ? node.Scalar() : "";
    if (!text.starts_with("https://") && !text.starts_with("http://"))
      return yaml_error(node, where, "expected an address such as https://www.shop.example");
    target = text;
    while (target.ends_with('/')) target.pop_back();
    return {};
  };
}

Result<void> read_mail(const YAML::Node& node, std::string_view where, MailSettings& mail) {
  return read_map(node, where, "mail",
                  {{"from", address_into(mail.from, where)},
                   {"from_name", text_into(mail.from_name, where)},
                   {"reply_to", address_into(mail.reply_to, where)},
                   {"smtp", text_into(mail.smtp, where)},
                   {"user", text_into(mail.user, where)},
                   {"password", text_into(mail.password, where)},
                   {"ca_file", text_into(mail.ca_file, where)},
                   {"insecure", flag_into(mail.insecure, where)},
                   {"bounce_domain", text_into(mail.bounce_domain, where)},
                   {"bounces", text_into(mail.bounces, where)},
                   {"dkim_domain", text_into(mail.dkim_domain, where)},
                   {"dkim_selector", text_into(mail.dkim_selector, where)},
                   {"dkim_key", text_into(mail.dkim_key, where)},
                   {"per_hour",
                    [&mail, where](const YAML::Node& n) -> Result<void> {
                      const auto value = n.as<std::int64_t>(-1);
                      if (value < 1) return yaml_error(n, where, "per_hour must be a whole number above 0");
                      mail.per_hour = static_cast<std::uint64_t>(value);
                      return {};
                    }},
                   {"warm_up", counts_into(mail.warm_up, where)}});
}

Setter duration_into(std::chrono::seconds& target, std::string_view where) {
  return [&target, where](const YAML::Node& node) -> Result<void> {
    const auto value = parse_duration(node.IsScalar() ? node.Scalar() : "");
    if (!value) return yaml_error(node, where, value.error().message);
    if (*value < std::chrono::seconds{1}) return yaml_error(node, where, "at least 1 second is needed here");
    target = *value;
    return {};
  };
}

Result<void> read_sending(const YAML::Node& node, std::string_view where, SendingSettings& sending) {
  std::chrono::seconds lease{0};
  WB_TRY(read_map(node, where, "sending",
                  {{"window",
                    [&sending, where](const YAML::Node& n) -> Result<void> {
                      const auto value = n.as<std::int64_t>(-1);
                      if (value < 1 || value > 4096) return yaml_error(n, where, "window must be a whole number from 1 to 4096");
                      sending.window = static_cast<std::size_t>(value);
                      return {};
                    }},
                   {"lease", duration_into(lease, where)},
                   {"first_retry", duration_into(sending.first_retry, where)}}));
  if (lease.count() > 0) sending.lease = lease;
  return {};
}

Result<void> read_survey_settings(const YAML::Node& node, std::string_view where, SurveySettings& survey) {
  return read_map(node, where, "survey",
                  {{"rest", duration_into(survey.rest, where)},
                   {"usual", text_into(survey.usual, where)},
                   {"share", [&survey, where](const YAML::Node& n) -> Result<void> {
                      const auto share = parse_share(n.IsScalar() ? n.Scalar() : "");
                      if (!share || *share < 0 || *share > 1) return yaml_error(n, where, "share must be such as 50 %");
                      survey.share = *share;
                      return {};
                    }}});
}

/// "AB:CD:…" of 32 bytes, as `keytool` prints it.
bool is_fingerprint(std::string_view text) {
  if (text.size() != 95) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool colon = i % 3 == 2;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'F');
    if (colon ? text[i] != ':' : !hex) return false;
  }
  return true;
}

Result<void> read_deep_links(const YAML::Node& node, std::string_view where, DeepLinks& links) {
  const auto ios = [&](const YAML::Node& n) {
    return read_map(n, where, "ios", {{"app_id", text_into(links.ios_app_id, where)}, {"store", url_into(links.ios_store, where)}});
  };
  const auto android = [&](const YAML::Node& n) {
    return read_map(n, where, "android", {{"package", text_into(links.android_package, where)},
                                          {"sha256", [&links, where](const YAML::Node& list) -> Result<void> {
                                             const auto add = [&](const YAML::Node& one) -> Result<void> {
                                               if (!one.IsScalar() || !is_fingerprint(one.Scalar())) return yaml_error(one, where, "sha256 must be a fingerprint such as AB:CD:… of 32 pairs");
                                               links.android_sha256.push_back(one.Scalar());
                                               return {};
                                             };
                                             if (!list.IsSequence()) return add(list);
                                             for (const auto& one : list) WB_TRY(add(one));
                                             return {};
                                           }}});
  };
  WB_TRY(read_map(node, where, "deep_links", {{"target", text_into(links.target, where)}, {"ios", ios}, {"android", android}, {"web", url_into(links.web, where)}}));
  const std::size_t colon = links.target.find("://");
  const bool good = colon != std::string::npos && colon > 0 && links.target.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+.-") == colon;
  if (!good) return yaml_error(node, where, "deep_links needs a target such as shop://offer/{code}");
  return {};
}

Result<void> read_provider(const YAML::Node& node, std::string_view where, const std::string& channel, std::vector<ChannelSetting>& into) {
  if (!node.IsMap()) return yaml_error(node, where, fmt::format("{} must name its provider, such as {{provider: twilio, …}}", channel));
  ChannelSetting setting{.channel = channel, .where = fmt::format("{}, line {}", where, node.Mark().line + 1)};
  for (const auto& entry : node) {
    std::string text;
    if (entry.second.IsSequence()) {
      for (const auto& one : entry.second) text += (text.empty() ? "" : " ") + one.Scalar();
    } else if (entry.second.IsScalar()) {
      text = entry.second.Scalar();
    } else {
      return yaml_error(entry.second, where, fmt::format("{} must be one value or a list of values", entry.first.Scalar()));
    }
    if (entry.first.Scalar() == "provider") setting.provider = text;
    else setting.values[entry.first.Scalar()] = text;
  }
  WB_TRY(check_setting(setting));
  into.push_back(std::move(setting));
  return {};
}

/// Each channel has one provider or a list of them.
Result<void> read_channels(const YAML::Node& node, std::string_view where, std::vector<ChannelSetting>& into) {
  if (!node.IsMap()) return yaml_error(node, where, "channels must hold lines such as `sms: {provider: twilio, …}`");
  for (const auto& entry : node) {
    if (!entry.second.IsSequence()) {
      WB_TRY(read_provider(entry.second, where, entry.first.Scalar(), into));
      continue;
    }
    for (const auto& one : entry.second) WB_TRY(read_provider(one, where, entry.first.Scalar(), into));
  }
  return {};
}

}  // namespace

bool is_act_key(std::string_view key) { return std::ranges::find(kKeys, key) != kKeys.end(); }

Result<ActSettings> load_act_settings(const std::filesystem::path& settings_file) {
  ActSettings settings;
  std::ifstream in{settings_file};
  if (!in) return settings;
  std::ostringstream text;
  text << in.rdbuf();
  const std::string where = settings_file.filename().string();
  WB_ASSIGN(const YAML::Node root, parse_yaml(text.str(), where));
  if (!root.IsMap()) return settings;
  for (const auto& entry : root) {
    const std::string key = entry.first.Scalar();
    const YAML::Node& value = entry.second;
    if (key == "shop") {
      ShopIdentity& shop = settings.shop;
      WB_TRY(read_map(value, where, "shop",
                      {{"name", texts_into(shop.name, where)},
                       {"address", text_into(shop.address, where)},
                       {"url", url_into(shop.url, where)},
                       {"email", address_into(shop.email, where)},
                       {"phone", text_into(shop.phone, where)}}));
    } else if (key == "representative") {
      Representative& person = settings.representative;
      WB_TRY(read_map(value, where, "representative",
                      {{"name", text_into(person.name, where)},
                       {"title", text_into(person.title, where)},
                       {"phone", text_into(person.phone, where)}}));
    } else if (key == "mail") {
      WB_TRY(read_mail(value, where, settings.mail));
    } else if (key == "sending") {
      WB_TRY(read_sending(value, where, settings.sending));
    } else if (key == "channels") {
      WB_TRY(read_channels(value, where, settings.channels));
    } else if (key == "survey") {
      WB_TRY(read_survey_settings(value, where, settings.survey));
    } else if (key == "deep_links") {
      WB_TRY(read_deep_links(value, where, settings.deep_links));
    } else if (key == "public_url") {
      WB_TRY(url_into(settings.public_url, where)(value));
    } else if (key == "listen") {
      WB_TRY(text_into(settings.listen, where)(value));
    } else if (key == "webhook_secret") {
      WB_TRY(text_into(settings.webhook_secret, where)(value));
    } else if (key == "behind_proxy") {
      WB_TRY(flag_into(settings.behind_proxy, where)(value));
    } else if (key == "webhook_http") {
      WB_TRY(flag_into(settings.webhook_http, where)(value));
    } else if (key == "webhook_hosts") {
      if (!value.IsSequence()) return yaml_error(value, where, "webhook_hosts must be a list of names and addresses");
      for (const auto& one : value) WB_TRY(text_into(settings.webhook_hosts.emplace_back(), where)(one));
    } else if (key == "event_origins") {
      if (!value.IsSequence()) return yaml_error(value, where, "event_origins must be a list such as [\"https://shop.example\"]");
      for (const auto& one : value) WB_TRY(url_into(settings.event_origins.emplace_back(), where)(one));
    } else if (key == "seeds") {
      if (!value.IsSequence()) return yaml_error(value, where, "seeds must be a list of addresses");
      for (const auto& one : value) WB_TRY(address_into(settings.seeds.emplace_back(), where)(one));
    } else if (key == "approval_above") {
      const double amount = value.as<double>(-1);
      if (!(amount >= 0)) return yaml_error(value, where, "approval_above must be an amount of money, such as 2000");
      settings.approval_above = amount;
    }
  }
  if (const ChannelSetting* provider = settings.letter_provider(); provider != nullptr && !settings.mail.smtp.empty()) {
    return base::fail(base::Code::invalid_input, "{}: letters go by {} or by the server of mail.smtp, not by both; take one of them away", provider->where, provider->provider);
  }
  return settings;
}

const ChannelSetting* ActSettings::letter_provider() const {
  const auto found = std::ranges::find(channels, "email", &ChannelSetting::channel);
  return found == channels.end() ? nullptr : &*found;
}

}  // namespace app
