#include "base/webhook_signature.h"

#include <openssl/crypto.h>

#include <charconv>

#include "base/base64.h"
#include "base/hash.h"

namespace base {
namespace {

constexpr std::size_t kLeastKey = 16;
constexpr std::int64_t kTolerance = 300;

}  // namespace

Result<WebhookSecret> WebhookSecret::open(std::string_view text) {
  constexpr std::string_view kPrefix = "whsec_";
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  auto key = from_base64(text);
  if (!key || key->size() < kLeastKey)
    return fail(Code::invalid_input, "the webhook secret must be whsec_ and base64 of at least {} bytes", kLeastKey);
  WebhookSecret secret;
  secret.key_.assign(key->begin(), key->end());
  return secret;
}

std::string WebhookSecret::sign(std::string_view id, std::string_view timestamp, std::string_view body) const {
  std::string text;
  text.reserve(id.size() + timestamp.size() + body.size() + 2);
  text += id;
  text += '.';
  text += timestamp;
  text += '.';
  text += body;
  const Digest digest = hmac_sha256({key_.data(), key_.size()}, text);
  return "v1," + to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<void> WebhookSecret::verify(std::string_view id, std::string_view timestamp, std::string_view signatures,
                                   std::string_view body, Instant now) const {
  if (id.empty()) return fail(Code::invalid_input, "webhook-id is missing");
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (timestamp.empty() || problem != std::errc{} || end != timestamp.data() + timestamp.size())
    return fail(Code::invalid_input, "webhook-timestamp is missing or no number of seconds");
  const std::int64_t now_seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (seconds < now_seconds - kTolerance || seconds > now_seconds + kTolerance)
    return fail(Code::invalid_input, "webhook-timestamp is more than {} seconds from now", kTolerance);
  const std::string wanted = sign(id, timestamp, body);
  bool good = false;
  while (!signatures.empty()) {
    const std::size_t blank = signatures.find(' ');
    const std::string_view one = signatures.substr(0, blank);
    signatures = blank == std::string_view::npos ? std::string_view{} : signatures.substr(blank + 1);
    if (one.size() == wanted.size() && CRYPTO_memcmp(one.data(), wanted.data(), wanted.size()) == 0) good = true;
  }
  if (!good) return fail(Code::invalid_input, "webhook-signature is missing or wrong");
  return {};
}

}  // namespace base
