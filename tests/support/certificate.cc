#include "tests/support/certificate.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace tests {

void write_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key, const std::string& name) {
  EVP_PKEY* pair = EVP_EC_gen("P-256");
  X509* made = X509_new();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made), 86400);
  X509_set_pubkey(made, pair);
  X509_NAME* subject = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made, subject);
  X509_EXTENSION* where = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(made, where, -1);
  X509_EXTENSION_free(where);
  EXPECT_GT(X509_sign(made, pair, EVP_sha256()), 0);
  if (FILE* file = std::fopen(certificate.c_str(), "w")) {
    PEM_write_X509(file, made);
    std::fclose(file);
  }
  if (FILE* file = std::fopen(key.c_str(), "w")) {
    PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }
  X509_free(made);
  EVP_PKEY_free(pair);
}

TlsAnswer tls_get(std::uint16_t port, const std::string& path, const std::string& at_most) {
  TlsAnswer answer;
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);  // so that it is the server that refuses what is old
  const int version = at_most == "1.0" ? TLS1_VERSION : at_most == "1.1" ? TLS1_1_VERSION : at_most == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, version);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{10, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  SSL* tls = SSL_new(context);
  SSL_set_fd(tls, socket);
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && SSL_connect(tls) == 1) {
    answer.version = SSL_get_version(tls);
    answer.cipher = SSL_get_cipher_name(tls);
    if (X509* served = SSL_get1_peer_certificate(tls)) {
      char name[200] = {};
      X509_NAME_get_text_by_NID(X509_get_subject_name(served), NID_commonName, name, sizeof name);
      answer.common_name = name;
      X509_free(served);
    }
    const std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    SSL_write(tls, request.data(), static_cast<int>(request.size()));
    char piece[16384];
    for (int count = 0; (count = SSL_read(tls, piece, sizeof piece)) > 0;) answer.text.append(piece, static_cast<std::size_t>(count));
  }
  SSL_free(tls);
  close(socket);
  SSL_CTX_free(context);
  if (answer.text.starts_with("HTTP/1.") && answer.text.size() > 12) answer.status = std::atoi(answer.text.c_str() + 9);
  return answer;
}

}  // namespace tests
