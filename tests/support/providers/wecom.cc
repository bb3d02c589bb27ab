#include "tests/support/providers/wecom.h"

#include <nlohmann/json.hpp>

namespace tests {
namespace {

using nlohmann::json;

std::string code(int errcode, const std::string& words = "ok") { return json_answer(200, json{{"errcode", errcode}, {"errmsg", words}}.dump()); }

}  // namespace

FakeWecom::FakeWecom() : peer_([this](const HttpRequest& request) { return answer(request); }) {}

void FakeWecom::end_token() {
  const std::lock_guard lock{mutex_};
  token_ = 0;
}
int FakeWecom::tokens_given() const {
  const std::lock_guard lock{mutex_};
  return given_;
}
void FakeWecom::set_status(int status) {
  const std::lock_guard lock{mutex_};
  status_ = status;
}
void FakeWecom::set_now(std::int64_t now) {
  const std::lock_guard lock{mutex_};
  now_ = now;
}

std::string FakeWecom::answer(const HttpRequest& request) {
  const std::size_t from = request.line.find(' ') + 1;
  const std::string target = request.line.substr(from, request.line.rfind(' ') - from);
  const std::string path = target.substr(0, target.find('?'));
  const std::lock_guard lock{mutex_};
  if (path == "/cgi-bin/gettoken") {
    if (target.find("corpid=ww1&") == std::string::npos) return code(40013, "invalid corpid");
    if (!target.ends_with("corpsecret=s3cret")) return code(40001, "invalid credential");
    if (token_ == 0) token_ = ++given_;
    return json_answer(200, json{{"errcode", 0}, {"errmsg", "ok"}, {"access_token", "wt-" + std::to_string(token_)}, {"expires_in", 7200}}.dump());
  }
  if (token_ == 0 || !target.ends_with("access_token=wt-" + std::to_string(token_))) return code(40014, "invalid access_token");
  const json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) return code(47001, "data format error");
  if (path == "/cgi-bin/externalcontact/get_groupmsg_list_v2") {
    json list = json::array();
    for (const Ledger::Entry& entry : ledger.all()) {
      if (made_at_[entry.id] >= body.value("start_time", 0L) && made_at_[entry.id] <= body.value("end_time", 0L))
        list.push_back({{"msgid", entry.id}, {"creator", entry.key}, {"create_time", std::to_string(made_at_[entry.id])}, {"create_type", 0}});
    }
    return json_answer(200, json{{"errcode", 0}, {"errmsg", "ok"}, {"next_cursor", ""}, {"group_msg_list", list}}.dump());
  }
  if (path == "/cgi-bin/externalcontact/get_groupmsg_send_result") {
    json list = json::array();
    for (const Ledger::Entry& entry : ledger.all()) {
      if (entry.id == body.value("msgid", "") && entry.key == body.value("userid", ""))
        list.push_back({{"external_userid", entry.to}, {"userid", entry.key}, {"status", status_}});
    }
    return json_answer(200, json{{"errcode", 0}, {"errmsg", "ok"}, {"next_cursor", ""}, {"send_list", list}}.dump());
  }
  if (path != "/cgi-bin/externalcontact/add_msg_template") return code(40066, "invalid url");
  const std::string fault = ledger.next_fault();
  if (fault == "429") return json_answer(429, "", "Retry-After: 9\r\n");
  if (fault == "503") return json_answer(503, "");
  if (fault.starts_with("errcode ")) return code(std::stoi(fault.substr(8)), "fault");
  if (body.value("chat_type", "") != "single" || !body["external_userid"].is_array() || body["external_userid"].size() != 1) return code(40058, "invalid parameter");
  if (body["text"].value("content", "").empty()) return code(41048, "nothing to send");
  const std::string customer = body["external_userid"][0], member = body.value("sender", "");
  if (customer.starts_with("dead")) return code(40096, "invalid external userid");
  const std::string msgid = "msgGCAAAXtWyujaWJHDDGi0mAC" + std::to_string(ledger.all().size());
  if (customer.starts_with("full")) return json_answer(200, json{{"errcode", 0}, {"errmsg", "ok"}, {"fail_list", {customer}}, {"msgid", msgid}}.dump());
  made_at_[msgid] = now_;
  ledger.take({.to = customer, .key = member, .id = msgid, .body = request.body});
  if (fault == "drop") return "drop";
  if (fault == "500 taken") return json_answer(500, "");
  return json_answer(200, json{{"errcode", 0}, {"errmsg", "ok"}, {"fail_list", json::array()}, {"msgid", msgid}}.dump());
}

}  // namespace tests
