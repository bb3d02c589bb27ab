#include "app/callbacks.h"

#include "base/log.h"

namespace app {

using base::Instant;
using base::Result;
using http::Request;
using http::Response;

namespace {

constexpr std::size_t kMostBytes = 1024 * 1024;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// The address the provider called, as it knows it.
std::string url_of(const Request& request, std::string_view public_url) {
  while (public_url.ends_with('/')) public_url.remove_suffix(1);
  std::string url = fmt::format("{}{}", public_url, request.path);
  char mark = '?';
  for (const auto& [name, value] : request.query) {
    url += fmt::format("{}{}={}", mark, escaped(name), escaped(value));
    mark = '&';
  }
  return url;
}

Response later() {
  Response response = http::text(503, "this cannot be taken now; send it again\n");
  response.headers.emplace_back("Retry-After", "60");
  return response;
}

}  // namespace

Callbacks::Callbacks(port::ActStore& store, const port::Clock& clock, PublicActions actions, act::respond::Sign sign,
                     std::vector<std::unique_ptr<port::Callback>> callbacks, port::HttpClient& web, Config config)
    : store_(store),
      clock_(clock),
      actions_(std::move(actions)),
      sign_(std::move(sign)),
      callbacks_(std::move(callbacks)),
      web_(web),
      config_(std::move(config)) {}

void Callbacks::mount(http::Router& router) {
  for (const char* method : {"GET", "POST"}) router.add(method, "/callbacks/:provider", [this](const Request& request) { return take(request); });
}

void Callbacks::count(std::string_view provider, std::string_view outcome, std::uint64_t by) {
  const std::lock_guard lock{mutex_};
  counts_[{std::string{provider}, std::string{outcome}}] += by;
}

void Callbacks::write(std::string& to) const {
  to += "# HELP winback_callbacks_total What providers told, by provider and outcome.\n# TYPE winback_callbacks_total counter\n";
  const std::lock_guard lock{mutex_};
  // Providers and outcomes are names of ours: nothing in them needs escaping.
  for (const auto& [key, count] : counts_) to += fmt::format("winback_callbacks_total{{provider=\"{}\",outcome=\"{}\"}} {}\n", key.first, key.second, count);
}

Response Callbacks::take(const Request& request) {
  const Instant now = clock_.now();
  if (!by_sender_.allow(request.remote_ip, now)) return http::text(429, "too many calls\n");
  port::Callback::Request call{request.method, url_of(request, config_.public_url), request.headers, request.body};
  std::string_view provider;
  port::Callback* reader = nullptr;
  Result<model::Told> told = base::fail(base::Code::not_found, "no such provider");
  for (const auto& one : callbacks_) {
    if (one->provider() != request.part("provider")) continue;
    provider = one->provider();
    if (request.body.size() > kMostBytes) {
      count(provider, "too_large");
      return http::text(413, "too large\n");
    }
    told = one->read(call, now);
    reader = one.get();
    if (told || told.error().code != base::Code::invalid_input) break;
  }
  if (reader == nullptr) return http::text(by_stranger_.allow(request.remote_ip, now) ? 404 : 429, "nobody is called here\n");
  if (!told && told.error().code == base::Code::invalid_input) {
    // Not a word about why: whoever tries signatures learns nothing.
    count(provider, "refused");
    return http::text(by_stranger_.allow(request.remote_ip, now) ? 401 : 429, "refused\n");
  }
  if (!told) {
    count(provider, "failed");
    base::log(base::Level::error, "callback_failed", told.error().message, {{"provider", provider}});
    return later();
  }
  std::map<std::string_view, std::uint64_t> fates;
  const Result<void> done = actions_.conduct([&](act::deliver::Conductor& conductor) -> Result<void> {
    fates.clear();
    const ReplyTools tools{store_, conductor, config_.rules, config_.language};
    for (const model::Notice& notice : told->notices) {
      WB_ASSIGN(const NoticeFate fate, take_notice(notice, provider, reader->channel(), tools, sign_, now));
      ++fates[name_of(fate)];
    }
    return {};
  });
  if (!done) {
    count(provider, "failed");
    base::log(base::Level::error, "callback_failed", done.error().message, {{"provider", provider}});
    return later();
  }
  for (const auto& [fate, times] : fates) count(provider, fate, times);
  if (!told->confirm_url.empty()) {
    const auto confirmed = web_.get(told->confirm_url);
    const bool good = confirmed && confirmed->status / 100 == 2;
    count(provider, good ? "confirmed" : "not_confirmed");
    if (!good) base::log(base::Level::warning, "callback_not_confirmed", confirmed ? "the provider's confirmation address did not answer with 2xx" : confirmed.error().message, {{"provider", provider}});
  }
  return {told->status, {{"Content-Type", told->content_type}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}, told->reply};
}

}  // namespace app
