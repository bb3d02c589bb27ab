#include "app/event_routes.h"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <zlib.h>

#include "access/api_key.h"
#include "base/base64.h"
#include "base/hash.h"

namespace app {
namespace {

using base::Code;
using base::Result;
using collect::stream::Kind;
using http::Request;
using http::Response;
using nlohmann::ordered_json;

constexpr std::chrono::milliseconds kKeysKnownFor{500};  // a key that ends is refused within a second
constexpr std::size_t kMostUnpacked = collect::stream::kMostBatchBytes + 1;

Response json(int status, const ordered_json& body) {
  return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}},
          body.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"};
}

Response failed(int status, std::string_view code, std::string_view message) {
  return json(status, {{"success", false}, {"error", {{"code", code}, {"message", message}}}});
}

bool equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  return different == 0;
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

/// The key of the head: the user of Basic, or Bearer.
std::string key_of_head(const Request& request) {
  const std::string_view header = request.header("authorization");
  const std::size_t blank = header.find(' ');
  if (blank == std::string_view::npos) return {};
  const std::string scheme = lower(header.substr(0, blank));
  std::string_view rest = header.substr(blank + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (scheme == "bearer") return std::string{rest};
  if (scheme != "basic") return {};
  const auto pair = base::from_base64(rest);
  if (!pair) return {};
  return pair->substr(0, pair->find(':'));
}

/// "writeKey" of a body, without reading the rest as JSON: it is read whole only for those who may send.
std::string key_of_body(std::string_view body) {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object()) return {};
  const auto found = parsed.find("writeKey");
  return found != parsed.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Nothing when it is no gzip or unpacks to more than a batch may hold.
std::optional<std::string> unpack(std::string_view packed) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return std::nullopt;
  std::string out(std::min<std::size_t>(kMostUnpacked, packed.size() * 6 + 1024), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::size_t done = 0;
  int state = Z_OK;
  while (state == Z_OK) {
    if (done == out.size()) {
      if (out.size() == kMostUnpacked) break;
      out.resize(std::min(kMostUnpacked, out.size() * 2));
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(out.size() - done);
    state = inflate(&stream, Z_NO_FLUSH);
    done = out.size() - stream.avail_out;
    if (state == Z_BUF_ERROR && stream.avail_in > 0) state = Z_OK;
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) return std::nullopt;
  out.resize(done);
  return out;
}

}  // namespace

EventRoutes::EventRoutes(EventIntake& intake, port::ActStore& store, const port::Clock& clock, std::vector<std::string> origins)
    : intake_(intake), store_(store), clock_(clock), origins_(std::move(origins)) {}

void EventRoutes::mount(http::Router& router) {
  for (const Kind kind : {Kind::identify, Kind::track, Kind::page, Kind::screen, Kind::group, Kind::alias}) {
    router.add("POST", fmt::format("/v1/{}", collect::stream::name_of(kind)), [this, kind](const Request& request) { return take(request, kind); });
  }
  router.add("POST", "/v1/batch", [this](const Request& request) { return take(request, std::nullopt); });
}

void EventRoutes::allow_origin(const Request& request, Response& response) const {
  const std::string_view origin = request.header("origin");
  if (origin.empty() || std::ranges::find(origins_, origin) == origins_.end()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", std::string{origin});
  response.headers.emplace_back("Vary", "Origin");
}

std::optional<Response> EventRoutes::preflight(const Request& request) const {
  if (request.method != "OPTIONS" || !request.path.starts_with("/v1/")) return std::nullopt;
  Response response{.status = 204};
  allow_origin(request, response);
  if (!response.headers.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Methods", "POST");
    response.headers.emplace_back("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Encoding");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  return response;
}

Result<bool> EventRoutes::is_key(std::string_view presented) {
  const std::string digest = base::to_hex(base::sha256(presented));
  const base::Instant now = clock_.now();
  const std::lock_guard lock{mutex_};
  if (now - looked_at_ >= kKeysKnownFor || now < looked_at_) {
    WB_ASSIGN(const auto keys, store_.keys().list());
    digests_.clear();
    for (const model::ApiKey& key : keys) {
      if (!key.revoked_at && entry::opens(key, "events")) digests_.push_back(key.digest);
    }
    looked_at_ = now;
  }
  bool known = false;
  for (const std::string& one : digests_) known = equal(one, digest) || known;
  return known;
}

Result<bool> EventRoutes::knows(const Request& request) {
  std::string key = key_of_head(request);
  if (key.empty()) key = key_of_body(request.body.substr(0, std::min(request.body.size(), kMostUnpacked)));
  WB_ASSIGN(const bool known, is_key(key));
  return known;
}

Response EventRoutes::take(const Request& request, std::optional<Kind> kind) {
  Response response = answer(request, kind);
  allow_origin(request, response);
  return response;
}

Response EventRoutes::answer(const Request& request, std::optional<Kind> kind) {
  std::string key = key_of_head(request);
  std::string unpacked;
  std::string_view body = request.body;
  const bool packed = lower(request.header("content-encoding")) == "gzip";
  // Whom we do not know costs us little: nothing is unpacked for a wrong key in the head.
  if (packed) {
    if (!key.empty()) {
      const auto known = is_key(key);
      if (known && !*known) body = {};
    }
    if (!body.empty()) {
      auto text = unpack(request.body);
      if (!text) return failed(400, "invalid_input", "the body is no gzip, or unpacks to more than 500 KB");
      unpacked = std::move(*text);
      body = unpacked;
    }
  }
  if (key.empty()) key = key_of_body(body.substr(0, std::min(body.size(), kMostUnpacked)));
  const auto known = is_key(key);
  if (!known) {
    Response busy = failed(503, "unavailable", known.error().message);
    busy.headers.emplace_back("Retry-After", "1");
    return busy;
  }
  if (!*known) {
    if (by_stranger_.allow(request.remote_ip, clock_.now())) return failed(401, "unauthorized", "the write key is not known");
    Response wait = failed(429, "too_many_requests", "too many requests with keys that are not known");
    wait.headers.emplace_back("Retry-After", "10");
    return wait;
  }
  const auto taken = intake_.take(body, kind);
  if (!taken) {
    if (taken.error().code == Code::invalid_input) return failed(400, "invalid_input", taken.error().message);
    const bool full = taken.error().code == Code::exhausted;
    Response later = failed(full ? 429 : 503, full ? "too_many_requests" : "unavailable", taken.error().message);
    later.headers.emplace_back("Retry-After", "2");
    return later;
  }
  if (kind && !taken->rejected.empty()) return failed(400, "invalid_input", taken->rejected.front().reason);
  if (taken->rejected.empty()) {
    return {200, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, "{\"success\":true}\n"};
  }
  ordered_json rejected = ordered_json::array();
  for (const auto& one : taken->rejected) rejected.push_back({{"index", one.index}, {"messageId", one.message_id}, {"reason", one.reason}});
  return json(200, {{"success", true}, {"rejected", std::move(rejected)}});
}

}  // namespace app
