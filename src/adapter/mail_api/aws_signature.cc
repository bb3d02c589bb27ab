#include "adapter/mail_api/aws_signature.h"

#include <algorithm>

#include "base/hash.h"
#include "base/percent.h"

namespace adapter::mail_api {
namespace {

std::string_view bytes_of(const base::Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

/// Without blanks at the ends, and with one for several.
std::string trimmed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c != ' ') out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

std::string amz_date(base::Instant at) {
  std::string text = base::to_string(at);  // 2015-08-30T12:36:00Z
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string aws_authorization(const AwsKey& key, std::string_view method, std::string_view path, port::HttpClient::Fields query, port::HttpClient::Fields headers,
                              std::string_view body, base::Instant at) {
  for (auto& [name, value] : query) {
    name = base::percent_encode(name);
    value = base::percent_encode(value);
  }
  std::ranges::sort(query);
  std::string parameters;
  for (const auto& [name, value] : query) parameters += fmt::format("{}{}={}", parameters.empty() ? "" : "&", name, value);

  for (auto& [name, value] : headers) std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::ranges::stable_sort(headers, {}, &port::HttpClient::Fields::value_type::first);
  std::string lines, names;
  for (const auto& [name, value] : headers) {
    lines += fmt::format("{}:{}\n", name, trimmed(value));
    names += fmt::format("{}{}", names.empty() ? "" : ";", name);
  }
  const std::string request = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", method, path, parameters, lines, names, base::to_hex(base::sha256(body)));
  const std::string time = amz_date(at);
  const std::string day = time.substr(0, 8);
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, key.region, key.service);
  const std::string text = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, base::to_hex(base::sha256(request)));

  base::Digest signing = base::hmac_sha256("AWS4" + key.secret, day);
  for (const std::string_view part : {std::string_view{key.region}, std::string_view{key.service}, std::string_view{"aws4_request"}}) signing = base::hmac_sha256(bytes_of(signing), part);
  return fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", key.id, scope, names, base::to_hex(base::hmac_sha256(bytes_of(signing), text)));
}

}  // namespace adapter::mail_api
