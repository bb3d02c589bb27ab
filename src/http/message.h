#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// One request, read whole.
struct Request {
  std::string method;                 ///< as sent: GET, HEAD, POST, …
  std::string path;                   ///< as sent, still percent-encoded, without the query
  std::vector<std::string> segments;  ///< of the path, each decoded; "/a/b%2Fc/" = {"a", "b/c", ""}
  Pairs query;                        ///< decoded
  Pairs headers;                      ///< names in lower case
  std::string body;
  std::string remote_ip;              ///< of the client, or told by a trusted proxy
  Pairs captured;                     ///< by the route's pattern

  /// The first value of a header (lower case) or ""; of a query field; of a captured part.
  std::string_view header(std::string_view name) const;
  std::optional<std::string_view> field(std::string_view name) const;
  std::string_view part(std::string_view name) const;
};

struct Response {
  int status = 200;
  Pairs headers;
  std::string body;
};

using Handler = std::function<Response(const Request&)>;

/// application/x-www-form-urlencoded as pairs, decoded; at most 1,000.
Pairs parse_form(std::string_view text);

/// The first value of that name.
std::optional<std::string_view> find(const Pairs& pairs, std::string_view name);

/// %XX decoded; nothing when an escape is broken or a NUL, CR or LF would come out.
std::optional<std::string> decode_segment(std::string_view text);

/// The segments of a path that begins with "/"; nothing when one cannot be decoded.
std::optional<std::vector<std::string>> split_path(std::string_view path);

/// An HTML page with everything a browser needs to distrust it: a policy without any script, nosniff, no framing, no
/// referrer, no storing.
Response html(int status, std::string body);
Response text(int status, std::string body);

/// 302 to an address that holds no control characters (otherwise a 500: it was made by us).
Response redirect(std::string_view url);

}  // namespace http
