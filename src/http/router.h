#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace http {

/// Methods and patterns to handlers: "/p/:token/erase" captures one segment as "token". HEAD is answered by GET's handler,
/// which sees the method; an unknown path is 404, a known one with another method 405 with Allow.
class Router {
 public:
  /// A pattern added twice with the same method, or one that does not begin with "/", aborts: it is a mistake of ours.
  void add(std::string_view method, std::string_view pattern, Handler handler);

  /// What is said about paths nobody knows; a plain sentence unless set.
  void otherwise(Handler handler) { otherwise_ = std::move(handler); }

  Response handle(Request request) const;

  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;
    Handler handler;
  };
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  Handler otherwise_;
};

}  // namespace http
