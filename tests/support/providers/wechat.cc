#include "tests/support/providers/wechat.h"

#include <nlohmann/json.hpp>

#include "base/aes.h"
#include "base/base64.h"
#include "base/hash.h"

namespace tests {
namespace {

using nlohmann::json;

std::string code(int errcode, const std::string& words = "ok") { return json_answer(200, json{{"errcode", errcode}, {"errmsg", words}}.dump()); }

std::string sorted_sha1(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  std::string all;
  for (const std::string& part : parts) all += part;
  return base::to_hex(base::sha1(all));
}

}  // namespace

FakeWechat::FakeWechat() : peer_([this](const HttpRequest& request) { return answer(request); }) {}

void FakeWechat::grant(const std::string& openid, const std::string& template_id, int n) {
  const std::lock_guard lock{mutex_};
  grants_[{openid, template_id}] += n;
}
void FakeWechat::wrote(const std::string& openid) {
  const std::lock_guard lock{mutex_};
  wrote_[openid] = true;
}
void FakeWechat::end_token() {
  const std::lock_guard lock{mutex_};
  token_ = 0;
}
int FakeWechat::tokens_given() const {
  const std::lock_guard lock{mutex_};
  return given_;
}

std::string FakeWechat::answer(const HttpRequest& request) {
  const std::size_t from = request.line.find(' ') + 1;
  const std::string target = request.line.substr(from, request.line.rfind(' ') - from);
  const std::string path = target.substr(0, target.find('?'));
  if (path == "/cgi-bin/stable_token") {
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object() || body.value("grant_type", "") != "client_credential") return code(40002, "invalid grant_type");
    if (body.value("appid", "") != "wx1") return code(40013, "invalid appid");
    if (body.value("secret", "") != "s3cret") return code(40125, "invalid appsecret");
    const std::lock_guard lock{mutex_};
    if (token_ == 0) token_ = ++given_;
    return json_answer(200, json{{"access_token", "at-" + std::to_string(token_)}, {"expires_in", 7200}}.dump());
  }
  {
    const std::lock_guard lock{mutex_};
    if (token_ == 0 || !target.ends_with("access_token=at-" + std::to_string(token_))) return code(40001, "invalid credential, access_token is invalid or not latest");
  }
  if (path == "/cgi-bin/template/get_all_private_template") return json_answer(200, R"({"template_list":[{"template_id":"T1","title":"t"}]})");
  if (path == "/wxaapi/newtmpl/gettemplate") return json_answer(200, R"({"errcode":0,"errmsg":"ok","data":[{"priTmplId":"S1","title":"t"}]})");
  return send(path, request);
}

std::string FakeWechat::send(const std::string& path, const HttpRequest& request) {
  const std::string fault = ledger.next_fault();
  if (fault == "429") return json_answer(429, "", "Retry-After: 9\r\n");
  if (fault == "503") return json_answer(503, "");
  if (fault.starts_with("errcode ")) return code(std::stoi(fault.substr(8)), "fault");
  const json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) return code(47001, "data format error");
  const std::string openid = body.value("touser", ""), id = body.value("template_id", "");
  if (openid.starts_with("dead")) return code(40003, "invalid openid");
  const std::string key = body.value("client_msg_id", "");
  if (path == "/cgi-bin/message/template/send") {
    if (openid.starts_with("stranger")) return code(43004, "require subscribe");
    if (id != "T1") return code(40037, "invalid template_id");
    for (const Ledger::Entry& entry : ledger.all()) {
      if (!key.empty() && entry.key == key) return json_answer(200, json{{"errcode", 0}, {"errmsg", "ok"}, {"msgid", std::stoll(entry.id)}}.dump());
    }
  } else if (path == "/cgi-bin/message/subscribe/send" || path == "/cgi-bin/message/subscribe/bizsend") {
    if (id != "S1") return code(40037, "invalid template_id");
    if (body["data"].empty()) return code(47003, "argument invalid! data.thing1.value is empty");
    const std::lock_guard lock{mutex_};
    if (grants_[{openid, id}] <= 0) return code(43101, "user refuse to accept the msg");
    --grants_[{openid, id}];
  } else if (path == "/cgi-bin/message/custom/send") {
    const std::lock_guard lock{mutex_};
    if (!wrote_[openid]) return code(45015, "response out of time limit or subscription is canceled");
  } else {
    return code(40066, "invalid url");
  }
  const std::string msgid = std::to_string(200'228'332 + ledger.all().size());
  ledger.take({.to = openid, .key = key, .id = msgid, .body = request.body});
  if (fault == "drop") return "drop";
  if (fault == "500 taken") return json_answer(500, "");
  return json_answer(200, json{{"errcode", 0}, {"errmsg", "ok"}, {"msgid", std::stoll(msgid)}}.dump());
}

port::Callback::Request FakeWechat::call(const std::string& xml, const std::string& token, base::Instant at, const std::string& aes_key, const std::string& app_id) {
  const std::string timestamp = std::to_string(base::millis(at) / 1000), nonce = "1320562132";
  std::string url = "https://shop.example/callbacks/official_account?signature=" + sorted_sha1({token, timestamp, nonce}) + "&timestamp=" + timestamp + "&nonce=" + nonce;
  std::string body = xml;
  if (!aes_key.empty()) {
    std::string plain = "0123456789abcdef";
    for (int shift = 24; shift >= 0; shift -= 8) plain += static_cast<char>(xml.size() >> shift & 0xFF);
    plain += xml + app_id;
    const std::size_t padding = 32 - plain.size() % 32;
    plain.append(padding, static_cast<char>(padding));
    const std::string encrypted = base::to_base64(*base::encrypt_aes256_cbc(aes_key, aes_key.substr(0, 16), plain));
    body = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>";
    url += "&encrypt_type=aes&msg_signature=" + sorted_sha1({token, timestamp, nonce, encrypted});
  }
  return {.method = "POST", .url = url, .headers = {{"content-type", "text/xml"}}, .body = body};
}

}  // namespace tests
