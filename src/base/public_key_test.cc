#include "base/public_key.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "tests/support/signer.h"

namespace base {
namespace {

// The example of SendGrid's own libraries: key, timestamp and body of a signed event webhook.
constexpr char kKey[] = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
constexpr char kOtherKey[] = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==";
constexpr char kText[] =
    "1600112502[{\"email\":\"hello@world.com\",\"event\":\"dropped\",\"reason\":\"Bounced Address\",\"sg_event_id\":\"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\","
    "\"sg_message_id\":\"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0\",\"smtp-id\":\"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>\","
    "\"timestamp\":1600112492}]\r\n";
constexpr char kSignature[] = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";

TEST(PublicKey, P256AsSendGridSigns) {
  const std::string signature = *from_base64(kSignature);
  EXPECT_TRUE(verify_p256(kKey, kText, signature));
  EXPECT_TRUE(verify_p256(std::string{"-----BEGIN PUBLIC KEY-----\n"} + kKey + "\r\n-----END PUBLIC KEY-----\n", kText, signature));
  EXPECT_FALSE(verify_p256(kOtherKey, kText, signature));
  EXPECT_FALSE(verify_p256(kKey, std::string{kText} + " ", signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(verify_p256(kKey, kText, changed)) << i;
  }
  EXPECT_FALSE(verify_p256(kKey, kText, ""));
}

TEST(PublicKey, WhatIsNoKey) {
  EXPECT_TRUE(check_p256(kKey));
  const tests::RsaSigner rsa;
  for (const std::string& wrong : {std::string{}, std::string{"MFkw"}, std::string{"not base64"}, rsa.certificate()}) EXPECT_FALSE(check_p256(wrong));
}

TEST(PublicKey, RsaOfACertificate) {
  const tests::RsaSigner signer;
  const tests::RsaSigner other;
  for (const bool sha256 : {false, true}) {
    const auto hash = sha256 ? SignatureHash::sha256 : SignatureHash::sha1;
    const std::string signature = signer.sign("what was said", sha256);
    EXPECT_TRUE(verify_rsa(signer.certificate(), "what was said", signature, hash));
    EXPECT_FALSE(verify_rsa(signer.certificate(), "what was sale", signature, hash));
    EXPECT_FALSE(verify_rsa(other.certificate(), "what was said", signature, hash));
    EXPECT_FALSE(verify_rsa(signer.certificate(), "what was said", signature, sha256 ? SignatureHash::sha1 : SignatureHash::sha256));
    EXPECT_FALSE(verify_rsa(signer.certificate(), "what was said", "", hash));
  }
  EXPECT_FALSE(verify_rsa("-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n", "x", "y", SignatureHash::sha256));
  EXPECT_FALSE(verify_rsa("", "x", "y", SignatureHash::sha256));
}

}  // namespace
}  // namespace base
