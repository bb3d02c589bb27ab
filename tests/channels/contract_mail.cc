#include "adapter/mail_api/resend.h"
#include "adapter/mail_api/sendgrid.h"
#include "adapter/mail_api/ses.h"
#include "tests/channels/contract.h"
#include "tests/support/providers/resend.h"
#include "tests/support/providers/sendgrid.h"
#include "tests/support/providers/ses.h"

namespace channels {
namespace {

const adapter::mail_api::MailSender kSender{.address = "news@shop.example", .name = "小猫书店 & more", .reply_to = "help@shop.example"};

std::unique_ptr<Place> letters(std::unique_ptr<tests::ProviderPeer> peer) {
  auto place = std::make_unique<Place>();
  place->peer = std::move(peer);
  place->channel = "email";
  place->good = {"canary.zhang@mail.example", "second@bücher.example"};
  place->dead = "somebody@invalid.example";
  place->refused = "somebody@barred.example";
  return place;
}

std::unique_ptr<Place> ses() {
  auto place = letters(tests::ses_peer());
  place->open = [url = place->peer->url()](bool right, port::HttpClient& web) {
    return adapter::mail_api::open_ses(
        {.key_id = tests::kSesKeyId, .key_secret = right ? tests::kSesSecret : "wrong-secret-0000", .region = tests::kSesRegion, .sender = kSender, .endpoint = url}, web);
  };
  place->secret = {tests::kSesSecret, tests::kSesKeyId, "wrong-secret-0000"};
  return place;
}

std::unique_ptr<Place> sendgrid() {
  auto place = letters(tests::sendgrid_peer());
  place->open = [url = place->peer->url()](bool right, port::HttpClient& web) {
    return adapter::mail_api::open_sendgrid({.key = right ? tests::kSendgridKey : "SG.wrong-0000", .sender = kSender, .endpoint = url}, web);
  };
  place->secret = {tests::kSendgridKey, "SG.wrong-0000"};
  return place;
}

std::unique_ptr<Place> resend() {
  auto place = letters(tests::resend_peer());
  place->open = [url = place->peer->url()](bool right, port::HttpClient& web) {
    return adapter::mail_api::open_resend({.key = right ? tests::kResendKey : "re_wrong-0000", .sender = kSender, .endpoint = url}, web);
  };
  place->secret = {tests::kResendKey, "re_wrong-0000"};
  place->key_is_send_key = true;
  return place;
}

const bool added = add_row({"ses", ses}) && add_row({"sendgrid", sendgrid}) && add_row({"resend", resend});

}  // namespace
}  // namespace channels
