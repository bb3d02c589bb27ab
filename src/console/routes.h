#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "access/gate.h"
#include "base/error.h"
#include "console/workspace.h"
#include "http/router.h"
#include "text/language.h"

namespace console {

/// One question to the console, from somebody who may ask it.
struct Ask {
  const http::Request& request;
  const entry::Caller& caller;
  Workspace& at;
  text::Language language = text::Language::en;  ///< of `lang`

  std::string part(std::string_view name) const { return std::string{request.part(name)}; }
  std::string field(std::string_view name) const { return std::string{request.field(name).value_or("")}; }
  bool wants_csv() const { return field("format") == "csv"; }

  /// `limit` of the query, 50 when it is left out; an error unless it is 1 … 500.
  base::Result<std::size_t> limit() const;

  /// A field of the query that must be one of these words; the first when it is left out.
  base::Result<std::string> choice(std::string_view name, std::initializer_list<std::string_view> words) const;
};

/// The answer: JSON unless it says otherwise.
struct Reply {
  std::string body;
  int status = 200;
  std::string type = "application/json; charset=utf-8";
  std::string file_name;  ///< not empty: to be kept as a file of this name
  std::string policy;     ///< Content-Security-Policy of a page shown in a frame
};

/// `body` as the reply with 202: work has begun.
Reply begun(std::string body);

/// A table to be kept as a file.
Reply csv_file(std::string csv, std::string_view name);

/// The routes of the console, behind the gate. Failures become answers as docs/api.md tells them.
class Routes {
 public:
  using Handler = std::function<base::Result<Reply>(const Ask& ask)>;

  /// All outlive this object and the router.
  Routes(entry::Gate& gate, http::Router& router, Workspace& at) : gate_(gate), router_(router), at_(at) {}

  void get(std::string_view pattern, Handler handler) { add("GET", pattern, std::move(handler)); }
  void post(std::string_view pattern, Handler handler) { add("POST", pattern, std::move(handler)); }
  void put(std::string_view pattern, Handler handler) { add("PUT", pattern, std::move(handler)); }
  void patch(std::string_view pattern, Handler handler) { add("PATCH", pattern, std::move(handler)); }
  void remove(std::string_view pattern, Handler handler) { add("DELETE", pattern, std::move(handler)); }

  Workspace& workspace() { return at_; }

 private:
  void add(std::string_view method, std::string_view pattern, Handler handler);

  entry::Gate& gate_;
  http::Router& router_;
  Workspace& at_;
};

/// "{"done": true}".
Reply done();

}  // namespace console
