#include "tests/support/providers/meta.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"

namespace tests {
namespace {

using nlohmann::json;

std::string error(int status, int code) { return json_answer(status, json{{"error", {{"message", "refused"}, {"type", "OAuthException"}, {"code", code}, {"fbtrace_id", "x"}}}}.dump()); }

bool is_hash(const std::string& text) { return text.empty() || (text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos); }

}  // namespace

FakeMeta::FakeMeta() : peer_([this](const HttpRequest& request) { return answer(request); }) {}

std::set<std::string> FakeMeta::members() const {
  const std::lock_guard lock{mutex_};
  return members_;
}

std::string FakeMeta::answer(const HttpRequest& request) {
  const bool add = request.line == "POST /v21.0/238001/users HTTP/1.1", take_out = request.line == "DELETE /v21.0/238001/users HTTP/1.1";
  if (!add && !take_out) return error(400, 100);
  const std::string fault = ledger.next_fault();
  if (fault.starts_with("code ")) return error(400, std::stoi(fault.substr(5)));
  const json body = json::parse(request.body, nullptr, false);
  if (!body.is_object() || body.value("access_token", "") != "EAAB") return error(400, 190);
  if (body.value("appsecret_proof", "") != base::to_hex(base::hmac_sha256("app-s3cret", "EAAB"))) return error(400, 100);
  const json& payload = body["payload"];
  if (payload["schema"] != json{"EMAIL", "PHONE", "EXTERN_ID"} || payload["data"].size() > 10'000) return error(400, 100);
  int invalid = 0;
  const std::lock_guard lock{mutex_};
  for (const json& row : payload["data"]) {
    std::string keys;
    bool right = row.size() == 3;
    for (const json& key : row) {
      right = right && is_hash(key.get<std::string>());
      keys += (keys.empty() ? "" : ",") + key.get<std::string>();
    }
    if (!right) ++invalid;
    else if (add) members_.insert(row[0].get<std::string>() + "," + row[1].get<std::string>() + "," + row[2].get<std::string>());
    else members_.erase(row[0].get<std::string>() + "," + row[1].get<std::string>() + "," + row[2].get<std::string>());
  }
  if (fault == "drop") return "drop";
  return json_answer(200, json{{"audience_id", "238001"}, {"session_id", "1"}, {"num_received", payload["data"].size()}, {"num_invalid_entries", invalid}, {"invalid_entry_samples", json::object()}}.dump());
}

}  // namespace tests
