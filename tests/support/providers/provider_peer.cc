#include "tests/support/providers/provider_peer.h"

namespace tests {

ProviderPeer::ProviderPeer(Judge judge, std::string busy)
    : peer_([this, judge = std::move(judge), busy = std::move(busy)](const HttpRequest& request) -> std::string {
        const std::lock_guard lock{mutex_};
        const Verdict verdict = judge(request, ledger_);
        if (!verdict.taken) return verdict.answer;
        switch (fault_.load()) {
          case Fault::throttled: return busy;
          case Fault::drop: return "drop";
          case Fault::garbage: return json(400, "<html>\xff");
          default: break;
        }
        ledger_.push_back(*verdict.taken);
        if (fault_ == Fault::accept_then_drop) return "drop";
        if (fault_ == Fault::accept_then_500) return json(500, "{}");
        return verdict.answer;
      }) {}

std::vector<ProviderPeer::Message> ProviderPeer::ledger() const {
  const std::lock_guard lock{mutex_};
  return ledger_;
}

std::string ProviderPeer::json(int status, const std::string& body, const std::string& more_headers) {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more_headers +
         "\r\n" + body;
}

std::string ProviderPeer::target(const HttpRequest& request) {
  const std::size_t begin = request.line.find(' ') + 1;
  return request.line.substr(begin, request.line.rfind(' ') - begin);
}

}  // namespace tests
