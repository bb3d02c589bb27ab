#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "port/http_client.h"

namespace adapter::mail_api {

/// Who calls AWS, and which of its services.
struct AwsKey {
  std::string id;      ///< "AKIA…"
  std::string secret;
  std::string region;  ///< "eu-west-1"
  std::string service; ///< "ses"
};

/// The Authorization header of a request by AWS Signature Version 4. `headers` holds every header that is signed, Host and X-Amz-Date
/// (`amz_date(at)`) among them; `path` is as sent, `query` not yet encoded.
std::string aws_authorization(const AwsKey& key, std::string_view method, std::string_view path, port::HttpClient::Fields query, port::HttpClient::Fields headers,
                              std::string_view body, base::Instant at);

/// "20150830T123600Z"
std::string amz_date(base::Instant at);

}  // namespace adapter::mail_api
