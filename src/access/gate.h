#pragma once

#include <functional>
#include <string_view>

#include "access/caller.h"
#include "http/router.h"

namespace entry {

/// Answers a request of somebody who may ask it.
using Guarded = std::function<http::Response(const http::Request& request, const Caller& caller)>;

/// Stands before every guarded route. The verdict on each (which roles, which scope of a key) is api/openapi.yaml's
/// `x-access`; nothing here decides it. Thread-safe; outlives the router.
class Gate {
 public:
  virtual ~Gate() = default;

  /// Adds a route whose verdict in api/openapi.yaml names roles or a scope. A route without such a verdict aborts: it is
  /// a mistake of ours. Before the handler runs: the session or key is known and may do this, requests are not too many,
  /// and what changes anything came from our own page (CSRF).
  virtual void guard(http::Router& router, std::string_view method, std::string_view pattern, Guarded handler) = 0;
};

}  // namespace entry
