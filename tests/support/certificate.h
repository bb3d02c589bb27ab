#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace tests {

/// Writes a self-signed certificate for 127.0.0.1 and its key as PEM; `name` is its common name.
void write_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key, const std::string& name);

/// What a request over TLS to 127.0.0.1 brought.
struct TlsAnswer {
  int status = 0;        ///< 0: none came
  std::string text;      ///< head and body
  std::string version;   ///< TLSv1.3
  std::string cipher;
  std::string common_name;  ///< of the certificate served
};

/// One GET on a connection of its own, at most with the version named ("1.0" to "1.3").
TlsAnswer tls_get(std::uint16_t port, const std::string& path, const std::string& at_most = "1.3");

}  // namespace tests
