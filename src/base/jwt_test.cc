#include "base/jwt.h"

#include <gtest/gtest.h>

#include "base/aes.h"

namespace base {
namespace {

// RFC 7515, appendix A.2: the key (as PKCS #8), header, claims and the signature they give.
constexpr char kRsa[] = R"(
-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXO
jS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913EeZ8dCn5VrD7io8ImtxL
aYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNn
juygxmj3AbONv/s4yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5
ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkf
toaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHg
VFbK5emhAgMBAAECggEAEq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyW
PEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/G
O+pWJ1O0BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzj
kn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjudU2QvXt4ehNYTCBr6
XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB
4cS98l2SR/RQyGWSeWjnczT0QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0K
pLttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr
0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDnEd3BbVWG8qf6deqE
lMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2MvRTLLHzwZkUXV866cff7tx6
kqa0finGG0KgeqlaZPxgCZnFp7AeAcCMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAP
rq3rbAOal78eUH5OcED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNw
kgMTP1FZ1wKBgAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7/Ls5bkUp
5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75gJLVds2
9+DAncu3KXU4f2Fa+7bLNrur53k8KwPOq2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/
evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2LF2mjMJDpTg7FmuyPcVw6EcG
yoAe9fa65iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZj
OYiIDktVWZzmevJuv6WywUqd57LE3Zar3dLSIkx1AoGAIYd7DHOhrWvxkwPQsRM2
tOgrjbcrfvtQJipd+DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd/QJQ3
ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp/gh6A56
03k2+ZQwVK0JKSHuLFkuQ3U=
-----END PRIVATE KEY-----
)";
constexpr char kClaims[] = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
constexpr char kRsaToken[] =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQ"
    "jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqt"
    "FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

// Appendix A.3.
constexpr char kEc[] = R"(
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
-----END PRIVATE KEY-----
)";
constexpr char kEcToken[] =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST(Jwt, Rfc7515ExampleA2ByteForByte) {
  const auto key = JwtKey::open(kRsa, JwtAlgorithm::rs256);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(*key->sign(R"({"alg":"RS256"})", kClaims), kRsaToken);
  EXPECT_TRUE(verify_jwt(kRsaToken, key->public_pem(), JwtAlgorithm::rs256));
}

TEST(Jwt, Rfc7515ExampleA3AndOurOwnSignaturesVerify) {
  const auto key = JwtKey::open(kEc, JwtAlgorithm::es256);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_TRUE(verify_jwt(kEcToken, key->public_pem(), JwtAlgorithm::es256));
  for (int i = 0; i < 200; ++i) {  // so that r and s begin with a zero octet once
    const std::string token = *key->sign(R"({"alg":"ES256"})", fmt::format("{{\"i\":{}}}", i));
    EXPECT_EQ(from_base64url(token.substr(token.rfind('.') + 1))->size(), 64U);
    EXPECT_TRUE(verify_jwt(token, key->public_pem(), JwtAlgorithm::es256));
  }
}

TEST(Jwt, ChangedTokensDoNotVerify) {
  const auto key = *JwtKey::open(kEc, JwtAlgorithm::es256);
  const std::string token = *key.sign(R"({"alg":"ES256"})", "{}");
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify_jwt(changed, key.public_pem(), JwtAlgorithm::es256)) << i;
  }
  EXPECT_FALSE(verify_jwt(token, key.public_pem(), JwtAlgorithm::rs256));
  for (const char* text : {"", ".", "..", "a.b", "a.b.c.d", "a.b.!"}) EXPECT_FALSE(verify_jwt(text, key.public_pem(), JwtAlgorithm::es256));
  EXPECT_FALSE(verify_jwt(token, "no key", JwtAlgorithm::es256));
}

TEST(Jwt, KeysThatCannotServeAreRefused) {
  EXPECT_FALSE(JwtKey::open("", JwtAlgorithm::rs256));
  EXPECT_FALSE(JwtKey::open("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", JwtAlgorithm::es256));
  EXPECT_FALSE(JwtKey::open(kRsa, JwtAlgorithm::es256));
  EXPECT_FALSE(JwtKey::open(kEc, JwtAlgorithm::rs256));
}

TEST(Jwt, Base64Url) {
  for (const std::string_view bytes : {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"}) EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
  EXPECT_EQ(to_base64url("\xff\xfe\xfd"), "__79");
  for (const char* text : {"Zg==", "Zh", "a", "+/+/", "Z g", "Zg\n"}) EXPECT_FALSE(from_base64url(text)) << text;
}

// NIST SP 800-38A, F.2.5 and F.2.6: the first two blocks of CBC-AES256.
TEST(Aes, NistExample) {
  const auto hex = [](std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) bytes += static_cast<char>(std::stoi(std::string{text.substr(i, 2)}, nullptr, 16));
    return bytes;
  };
  const std::string key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
  const std::string initial = hex("000102030405060708090a0b0c0d0e0f");
  const std::string plain = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
  const std::string cipher = hex("f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d");
  EXPECT_EQ(encrypt_aes256_cbc(key, initial, plain), cipher);
  EXPECT_EQ(decrypt_aes256_cbc(key, initial, cipher), plain);
  EXPECT_FALSE(encrypt_aes256_cbc(key, initial, "short"));
  EXPECT_FALSE(decrypt_aes256_cbc("short", initial, cipher));
  EXPECT_FALSE(decrypt_aes256_cbc(key, "short", cipher));
}

}  // namespace
}  // namespace base
