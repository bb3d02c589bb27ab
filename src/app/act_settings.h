#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/channels.h"
#include "base/error.h"
#include "model/journey.h"

namespace app {

/// What letters say of the shop.
struct ShopIdentity {
  model::Texts name;
  std::string address;  ///< postal: the law asks for it in every marketing letter
  std::string url;
  std::string email;
  std::string phone;
};

struct Representative {
  std::string name, title, phone;
};

/// How e-mail leaves.
struct MailSettings {
  std::string from;            ///< address
  std::string from_name;       ///< empty: the shop's
  std::string reply_to;
  std::string smtp;            ///< smtp://host:port or smtps://…; empty: no e-mail
  std::string user, password;
  std::string ca_file;         ///< PEM of the authorities to trust; empty: the system's
  bool insecure = false;       ///< a test peer without TLS
  std::string bounce_domain;   ///< empty: the domain of `from`
  std::string bounces;         ///< a Maildir that reports come to; read each minute while the program serves
  std::string dkim_domain, dkim_selector, dkim_key;  ///< file with the private key
  std::uint64_t per_hour = 0;
  std::vector<std::uint64_t> warm_up;  ///< letters a day, from the first day on
};

/// How the outbox is worked off. The defaults suit every shop; see docs/operate.md before changing them.
struct SendingSettings {
  std::size_t window = 64;                           ///< messages in flight: so many may be in doubt after a crash
  std::optional<std::chrono::seconds> lease;         ///< none: half an hour for e-mail, a quarter for other channels
  std::chrono::seconds first_retry{std::chrono::minutes{1}};
};

/// How seldom customers are asked to answer a survey, over all surveys and channels.
struct SurveySettings {
  std::chrono::seconds rest{std::chrono::days{90}};  ///< after an invitation
  double share = 0.5;                                ///< of those who could be asked
  std::string usual = "why-left";                    ///< where a letter names none
};

/// The shop's app, for links that lead into it.
struct DeepLinks {
  std::string target;          ///< "shop://offer/{code}": where the app goes; {code} and {campaign} are filled in
  std::string ios_app_id;      ///< "TEAMID.com.shop.app"
  std::string ios_store;       ///< https://apps.apple.com/…
  std::string android_package;
  std::vector<std::string> android_sha256;  ///< fingerprints of the signing certificates
  std::string web;             ///< the same place without the app; empty = the shop
  bool any() const { return !target.empty(); }
};

/// What acting needs of DATA/winback.yaml: shop, representative, mail, sending, public_url, seeds, approval_above,
/// listen, behind_proxy, survey, deep_links, channels, webhook_secret, webhook_hosts, webhook_http, event_origins.
struct ActSettings {
  ShopIdentity shop;
  Representative representative;
  MailSettings mail;
  SendingSettings sending;
  std::string public_url;            ///< https://news.shop.example: where tracked links and the preference page are
  std::vector<std::string> event_origins;  ///< pages that may send events from a browser: https://shop.example
  std::string listen = "127.0.0.1:8080";
  bool behind_proxy = false;         ///< the last address of X-Forwarded-For is the client's
  std::vector<std::string> seeds;    ///< addresses that get a copy of every letter at launch
  std::optional<double> approval_above;  ///< money; a plan that may cost more needs a second person
  std::string webhook_secret;        ///< whsec_…
  std::vector<std::string> webhook_hosts;  ///< names and addresses webhooks may reach although they are private
  bool webhook_http = false;         ///< webhooks may go without TLS
  SurveySettings survey;
  DeepLinks deep_links;
  std::vector<ChannelSetting> channels;  ///< providers of every channel but SMTP and webhooks

  /// Whether letters can leave: by an SMTP server or by a provider's API, never both.
  bool sends_letters() const { return !mail.smtp.empty() || letter_provider() != nullptr; }
  /// The provider of `channels: email:`, or null.
  const ChannelSetting* letter_provider() const;
};

/// Reads those keys; the others belong to app::load_settings. Errors name file and line.
base::Result<ActSettings> load_act_settings(const std::filesystem::path& settings_file);

/// The keys load_act_settings reads, so that the other reader lets them be.
bool is_act_key(std::string_view key);

}  // namespace app
