#include "base/certificate.h"

#include <cstdio>
#include <memory>

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace base {

Result<Instant> certificate_end(const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in{std::fopen(file.c_str(), "re"), std::fclose};
  if (!in) return fail(Code::not_found, "the certificate {} cannot be read; see `tls:` in winback.yaml", file.string());
  const std::unique_ptr<X509, void (*)(X509*)> certificate{PEM_read_X509(in.get(), nullptr, nullptr, nullptr), X509_free};
  std::tm end{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
    return fail(Code::invalid_input, "{} holds no certificate in PEM form; see `tls:` in winback.yaml", file.string());
  }
  return Instant{std::chrono::sys_seconds{std::chrono::seconds{timegm(&end)}}};
}

}  // namespace base
