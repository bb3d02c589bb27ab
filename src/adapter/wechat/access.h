#pragma once

#include <string>

#include "adapter/wechat/open_wechat.h"
#include "model/message.h"

namespace adapter::wechat {

/// The token every call carries, from /cgi-bin/stable_token: it gives the same one to whoever asks, so that several programs
/// may ask. One thread.
class Access {
 public:
  Access(const WechatConfig& config, port::HttpClient& web, const port::Clock& clock) : config_(config), web_(web), clock_(clock) {}

  /// Makes sure that a token is there; otherwise what that means for every message, with a detail.
  model::Outcome make_ready();

  /// The provider says that the token is over.
  void expire() { token_.clear(); }

  const std::string& token() const { return token_; }

  /// Whether it was fetched for the calls now on their way: then a refusal is no matter of age.
  bool fresh() const { return fresh_; }
  void used() { fresh_ = false; }

 private:
  const WechatConfig config_;
  port::HttpClient& web_;
  const port::Clock& clock_;
  std::string token_;
  base::Instant fetched_at_{}, renew_at_{};
  bool fresh_ = false;
};

/// What an answer's errcode means for one message. `token_ended` is set when a new token would help.
model::Outcome outcome_of(const port::HttpClient::Exchange& exchange, bool fresh_token, bool& token_ended);

}  // namespace adapter::wechat
