#include "http/router.h"

#include <gtest/gtest.h>

namespace http {
namespace {

Request request(std::string method, std::string path) {
  Request made;
  made.method = std::move(method);
  made.path = std::move(path);
  made.segments = split_path(made.path).value_or(std::vector<std::string>{});
  return made;
}

Router router() {
  Router made;
  made.add("GET", "/", [](const Request&) { return text(200, "home"); });
  made.add("GET", "/p/:token", [](const Request& r) { return text(200, "get " + std::string{r.part("token")}); });
  made.add("POST", "/p/:token", [](const Request& r) { return text(200, "post " + std::string{r.part("token")}); });
  made.add("POST", "/p/:token/erase", [](const Request&) { return text(200, "erase"); });
  return made;
}

TEST(Router, FindsByMethodAndPattern) {
  const Router r = router();
  EXPECT_EQ(r.handle(request("GET", "/")).body, "home");
  EXPECT_EQ(r.handle(request("GET", "/p/abc")).body, "get abc");
  EXPECT_EQ(r.handle(request("POST", "/p/abc")).body, "post abc");
  EXPECT_EQ(r.handle(request("HEAD", "/p/abc")).body, "get abc");
  EXPECT_EQ(r.handle(request("GET", "/p/a%2Fb")).body, "get a/b");
  EXPECT_EQ(r.handle(request("POST", "/p/abc/erase")).body, "erase");
}

TEST(Router, SaysWhatItDoesNotKnow) {
  const Router r = router();
  for (const char* path : {"/x", "/p", "/p/", "/p/abc/", "/p/abc/erase/x", "//p/abc", "/P/abc"}) {
    EXPECT_EQ(r.handle(request("GET", path)).status, 404) << path;
  }
  const Response wrong = r.handle(request("DELETE", "/p/abc"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(find(wrong.headers, "Allow"), "GET, HEAD, POST");
  EXPECT_EQ(r.handle(request("GET", "/p/abc/erase")).status, 405);
}

TEST(Message, DecodesPathsAndForms) {
  EXPECT_EQ(split_path("/a/b%2Fc/"), (std::vector<std::string>{"a", "b/c", ""}));
  for (const char* bad : {"", "a", "/%", "/%0", "/%zz", "/a%00b", "/a%0d%0ab"}) EXPECT_FALSE(split_path(bad)) << bad;
  EXPECT_FALSE(split_path(std::string(100, '/')));
  const Pairs form = parse_form("a=1&b=x+y%20z&&c&d=%E6%96%B0&a=2&e=%zz");
  EXPECT_EQ(form.size(), 6U);
  EXPECT_EQ(find(form, "a"), "1");
  EXPECT_EQ(find(form, "b"), "x y z");
  EXPECT_EQ(find(form, "c"), "");
  EXPECT_EQ(find(form, "d"), "新");
  EXPECT_EQ(find(form, "e"), "%zz");
  EXPECT_FALSE(find(form, "f"));
}

TEST(Message, RedirectsOnlyToCleanAddresses) {
  EXPECT_EQ(redirect("https://shop.example/a?b=c").status, 302);
  for (const char* bad : {"", "https://x\r\nSet-Cookie: a=b", "https://x y", "https://x\n", "\thttps://x"}) {
    EXPECT_EQ(redirect(bad).status, 500) << bad;
  }
}

}  // namespace
}  // namespace http
