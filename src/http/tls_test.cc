#include <gtest/gtest.h>

#include "http/server.h"
#include "tests/support/certificate.h"
#include "tests/support/http_call.h"
#include "tests/support/places.h"

namespace http {
namespace {

class TlsTest : public testing::Test {
 protected:
  TlsTest() { tests::write_certificate(files_.certificate, files_.key, "first"); }
  base::Result<std::unique_ptr<Server>> open() {
    return Server::open("127.0.0.1:0", [](const Request& r) { return text(200, r.path + "\n"); }, {.request_time = std::chrono::seconds{2}}, files_);
  }

  tests::TemporaryFolder folder_;
  Tls files_{(folder_.path() / "certificate.pem").string(), (folder_.path() / "key.pem").string()};
};

TEST_F(TlsTest, ServesOverTls12And13WithForwardSecrecyAlone) {
  const auto server = open();
  ASSERT_TRUE(server) << server.error().message;
  const auto newest = tests::tls_get((*server)->port(), "/a");
  EXPECT_EQ(newest.status, 200);
  EXPECT_EQ(newest.version, "TLSv1.3");
  EXPECT_TRUE(newest.text.ends_with("/a\n"));
  const auto older = tests::tls_get((*server)->port(), "/b", "1.2");
  EXPECT_EQ(older.status, 200);
  EXPECT_EQ(older.version, "TLSv1.2");
  EXPECT_TRUE(older.cipher.starts_with("ECDHE-")) << older.cipher;
  for (const char* old : {"1.0", "1.1"}) {
    const auto refused = tests::tls_get((*server)->port(), "/c", old);
    EXPECT_EQ(refused.status, 0) << old;
    EXPECT_EQ(refused.version, "") << old;
  }
}

TEST_F(TlsTest, WhoSpeaksWithoutTlsGetsNoAnswer) {
  const auto server = open();
  ASSERT_TRUE(server);
  EXPECT_EQ(tests::http_call((*server)->port(), "GET", "/").status, 0) << "no fall-back, no redirect";
  EXPECT_EQ(tests::tls_get((*server)->port(), "/").status, 200) << "and the next one is served";
}

TEST_F(TlsTest, ACertificateIsRenewedWhileItServes) {
  const auto server = open();
  ASSERT_TRUE(server);
  EXPECT_EQ(tests::tls_get((*server)->port(), "/").common_name, "first");
  tests::write_certificate(files_.certificate, files_.key, "second");
  EXPECT_EQ(tests::tls_get((*server)->port(), "/").common_name, "first") << "not before it is asked to";
  ASSERT_TRUE((*server)->renew_certificate());
  EXPECT_EQ(tests::tls_get((*server)->port(), "/").common_name, "second");
  std::filesystem::remove(files_.key);
  EXPECT_FALSE((*server)->renew_certificate());
  EXPECT_EQ(tests::tls_get((*server)->port(), "/").common_name, "second") << "what cannot be read changes nothing";
}

TEST_F(TlsTest, FilesThatCannotBeUsedAreNamed) {
  const Tls good = files_;
  files_.certificate = (folder_.path() / "none.pem").string();
  const auto none = open();
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("none.pem"), std::string::npos) << none.error().message;
  files_ = good;
  tests::write_certificate(folder_.path() / "other.pem", files_.key, "other");
  const auto mixed = open();
  ASSERT_FALSE(mixed);
  EXPECT_NE(mixed.error().message.find("key.pem"), std::string::npos) << mixed.error().message;
}

TEST_F(TlsTest, OpenConnectionsEndWithTheServer) {
  auto server = open();
  ASSERT_TRUE(server);
  EXPECT_EQ(tests::tls_get((*server)->port(), "/").status, 200);
  const auto began = std::chrono::steady_clock::now();
  (*server)->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{4});
}

}  // namespace
}  // namespace http
