#include "access/oidc.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "access/answer.h"
#include "access/front_door.h"
#include "access/secret.h"
#include "base/email.h"
#include "base/hash.h"

namespace entry {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;
using http::Request;
using http::Response;
using model::User;
using nlohmann::json;

namespace {

constexpr std::size_t kMostUnderWay = 1000;
constexpr auto kLongestJourney = std::chrono::minutes{10};
constexpr auto kProviderIsFresh = std::chrono::minutes{10};

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string sha256_url(std::string_view text) {
  const base::Digest digest = base::sha256(text);
  return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string text_of(const json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

Oidc::Oidc(House& house, FrontDoor& front_door, port::HttpClient& web, OidcConfig config)
    : house_(house), front_door_(front_door), web_(web), config_(std::move(config)) {}

void Oidc::mount(http::Router& router) {
  const auto add = [&](std::string_view pattern, Response (Oidc::*handler)(const Request&)) {
    router.add("GET", pattern, [this, handler](const Request& request) {
      if (!by_address_.allow(network_of(request.remote_ip), house_.clock.now())) return too_many(60);
      return (this->*handler)(request);
    });
  };
  add("/api/oidc/start", &Oidc::start);
  add("/api/oidc/callback", &Oidc::callback);
}

Result<Oidc::Provider> Oidc::provider(bool anew) {
  const Instant now = house_.clock.now();
  {
    const std::lock_guard lock{mutex_};
    if (!anew && provider_ && now - provider_->read_at < kProviderIsFresh) return *provider_;
  }
  std::string base = config_.issuer;
  while (base.ends_with('/')) base.pop_back();
  WB_ASSIGN(const auto about, web_.get(base + "/.well-known/openid-configuration"));
  const json said = json::parse(about.body, nullptr, false);
  if (about.status != 200 || !said.is_object()) return fail(Code::unavailable, "the OpenID provider does not describe itself (HTTP {})", about.status);
  // Another issuer's description here would send our codes to somebody else (OpenID Discovery §4.3).
  if (text_of(said, "issuer") != config_.issuer) return fail(Code::corrupt, "the OpenID provider at {} says it is another one; oidc.issuer must be exactly what it calls itself", config_.issuer);
  Provider found{.authorize = text_of(said, "authorization_endpoint"), .token = text_of(said, "token_endpoint"), .jwks_uri = text_of(said, "jwks_uri"), .read_at = now};
  const auto methods = said.find("token_endpoint_auth_methods_supported");
  found.secret_in_form = methods != said.end() && methods->is_array() && std::ranges::find(*methods, json("client_secret_basic")) == methods->end();
  WB_ASSIGN(const auto keys, web_.get(found.jwks_uri));
  if (keys.status != 200) return fail(Code::unavailable, "the OpenID provider's keys cannot be read (HTTP {})", keys.status);
  found.jwks = keys.body;
  const std::lock_guard lock{mutex_};
  provider_ = found;
  return found;
}

Response Oidc::start(const Request& request) {
  const auto known = provider(false);
  if (!known) return failed(known.error());
  const std::string state = new_token(), browser = new_token();
  Journey journey{.browser = digest_of(browser), .nonce = new_token(), .verifier = new_token(), .began_at = house_.clock.now()};
  const Reach& reach = house_.sessions.reach();
  const std::string origin = link_url(reach, request.header("host"), "", "");
  journey.redirect_uri = origin.substr(0, origin.rfind('/')) + "/api/oidc/callback";
  const std::string url = fmt::format("{}{}response_type=code&client_id={}&redirect_uri={}&scope=openid%20email%20profile&state={}&nonce={}&code_challenge={}&code_challenge_method=S256",
                                      known->authorize, known->authorize.find('?') == known->authorize.npos ? "?" : "&", encoded(config_.client_id), encoded(journey.redirect_uri), state,
                                      journey.nonce, sha256_url(journey.verifier));
  {
    const std::lock_guard lock{mutex_};
    std::erase_if(under_way_, [&](const auto& one) { return house_.clock.now() - one.second.began_at >= kLongestJourney; });
    if (under_way_.size() >= kMostUnderWay) return too_many(60);
    under_way_.emplace(digest_of(state), std::move(journey));
  }
  Response response = http::redirect(url);
  set_cookie(response, "oidc", browser, reach, kLongestJourney);
  return response;
}

std::optional<Oidc::Journey> Oidc::take(std::string_view state) {
  const std::lock_guard lock{mutex_};
  const auto found = under_way_.find(digest_of(state));
  if (found == under_way_.end()) return std::nullopt;
  Journey journey = std::move(found->second);
  under_way_.erase(found);
  if (house_.clock.now() - journey.began_at >= kLongestJourney) return std::nullopt;
  return journey;
}

Result<IdClaims> Oidc::claims_of(std::string_view code, const Journey& journey) {
  WB_ASSIGN(Provider known, provider(false));
  std::vector<std::pair<std::string, std::string>> form{{"grant_type", "authorization_code"}, {"code", std::string{code}}, {"redirect_uri", journey.redirect_uri}, {"code_verifier", journey.verifier}};
  if (known.secret_in_form) {
    form.emplace_back("client_id", config_.client_id);
    form.emplace_back("client_secret", config_.client_secret);
  }
  const std::string user = known.secret_in_form ? std::string{} : encoded(config_.client_id);
  WB_ASSIGN(const auto answer, web_.post_form(known.token, form, user, encoded(config_.client_secret)));
  const json tokens = json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !tokens.is_object()) return fail(Code::invalid_input, "the OpenID provider did not take the code (HTTP {})", answer.status);
  const std::string token = text_of(tokens, "id_token");
  const IdTokenRules rules{.issuer = config_.issuer, .client_id = config_.client_id, .nonce = journey.nonce, .now = house_.clock.now(), .groups_claim = config_.groups_claim};
  auto claims = verify_id_token(token, known.jwks, rules);
  if (claims || claims.error().code != Code::not_found) return claims;
  WB_ASSIGN(known, provider(true));  // keys are renewed from time to time
  return verify_id_token(token, known.jwks, rules);
}

Result<User> Oidc::user_of(const IdClaims& claims, std::string_view address) {
  std::optional<model::Role> granted;
  for (const std::string& group : claims.groups) {
    const auto found = config_.roles.find(group);
    if (found != config_.roles.end()) granted = std::min(granted.value_or(found->second), found->second);
  }
  const auto email = base::parse_email(claims.email);
  User user;
  WB_TRY(house_.store.transact([&]() -> Result<void> {
    const auto note = [&](std::string_view what) {
      return house_.audit.record({.user_id = user.id, .name = user.name, .address = std::string{address}}, what, fmt::format("user {}", user.id), model::name_of(user.role));
    };
    WB_ASSIGN(auto known, house_.store.users().by_subject(config_.issuer, claims.subject));
    if (!known && email && claims.email_verified) {
      WB_ASSIGN(known, house_.store.users().by_email(email->normal()));
      // Only who was invited and has no other way in yet; an account in use is not taken over by an address.
      if (known && (known->state != model::UserState::invited || !known->subject.empty())) {
        return fail(Code::conflict, "this address has an account with a password; sign in with it");
      }
    }
    if (known) {
      user = *known;
      if (user.state == model::UserState::disabled) return fail(Code::not_found, "this account is disabled");
      const bool joins = user.subject.empty();
      const model::Role before = user.role;
      if (joins) {
        user.issuer = config_.issuer;
        user.subject = claims.subject;
        user.state = model::UserState::active;
        WB_TRY(house_.store.users().drop_links(user.id));
      }
      if (granted) user.role = *granted;
      if (user.role != before) WB_TRY(house_.store.sessions().end_all(user.id));
      WB_TRY(house_.store.users().save(user));
      if (joins) WB_TRY(note("joined by OpenID"));
      if (user.role != before) WB_TRY(note("role changed by OpenID"));
      return {};
    }
    if (!granted || !email || !claims.email_verified) return fail(Code::not_found, "nobody has invited this person");
    user = {.email = email->normal(), .name = claims.name.empty() ? email->normal() : claims.name.substr(0, 100), .role = *granted, .state = model::UserState::active,
            .issuer = config_.issuer, .subject = claims.subject, .created_at = house_.clock.now()};
    WB_ASSIGN(const bool added, house_.store.users().add(user));
    if (!added) return fail(Code::conflict, "this address has an account already");
    return note("joined by OpenID");
  }));
  return user;
}

Result<User> Oidc::arrive(const Request& request) {
  const auto journey = take(request.field("state").value_or(""));
  if (!journey) return fail(Code::invalid_input, "no sign-in is under way with this state");
  const std::string cookie = read_cookie(request, cookie_name("oidc", house_.sessions.reach()));
  if (cookie.empty() || !same_text(digest_of(cookie), journey->browser)) return fail(Code::invalid_input, "the sign-in was begun in another browser");
  if (const auto issuer = request.field("iss"); issuer && *issuer != config_.issuer) return fail(Code::invalid_input, "another provider answered");
  if (request.field("error")) return fail(Code::invalid_input, "the provider refused");
  const auto code = request.field("code");
  if (!code || code->empty() || code->size() > 2048) return fail(Code::invalid_input, "the provider sent no code");
  WB_ASSIGN(const IdClaims claims, claims_of(*code, *journey));
  return user_of(claims, request.remote_ip);
}

Response Oidc::callback(const Request& request) {
  const auto user = arrive(request);
  Response response;
  if (user) {
    Response in = front_door_.let_in(*user, request, "OpenID");
    if (in.status != 200) return in;
    response = http::redirect("/");
    for (auto& header : in.headers) {
      if (header.first == "Set-Cookie") response.headers.push_back(std::move(header));
    }
  } else {
    const auto noted = house_.audit.record({.address = request.remote_ip}, "sign in", "nobody", "OpenID: " + user.error().message, "refused");
    if (!noted) return failed(noted.error());
    response = http::redirect("/?problem=oidc");
  }
  set_cookie(response, "oidc", "", house_.sessions.reach(), std::chrono::seconds{0});
  return response;
}

}  // namespace entry
