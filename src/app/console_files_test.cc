#include "app/console_files.h"

#include <gtest/gtest.h>

namespace app {
namespace {

http::Request get(std::string path, http::Pairs headers = {}) {
  http::Request request;
  request.method = "GET";
  request.path = path;
  request.segments = http::split_path(path).value_or(std::vector<std::string>{});
  request.headers = std::move(headers);
  return request;
}

std::string header(const http::Response& response, std::string_view name) {
  const auto found = http::find(response.headers, name);
  return found ? std::string{*found} : "";
}

/// The first script the page names.
std::string script_of(const http::Response& page) {
  const std::size_t at = page.body.find("/assets/");
  return page.body.substr(at, page.body.find('"', at) - at);
}

TEST(ConsoleFiles, GivesThePageForEveryAddressOfTheConsole) {
  const ConsoleFiles files;
  for (const char* path : {"/", "/customers/C1", "/plans/new", "/index.html", "/assetsx"}) {
    const auto page = files.answer(get(path));
    ASSERT_TRUE(page) << path;
    EXPECT_EQ(page->status, 200);
    EXPECT_EQ(header(*page, "Cache-Control"), "no-store");
    EXPECT_NE(page->body.find("<div id=\"root\">"), std::string::npos);
  }
}

TEST(ConsoleFiles, EachPageHasANonceOfItsOwnThatItsPolicyNames) {
  const ConsoleFiles files;
  const http::Response one = files.page();
  const http::Response other = files.page();
  const auto nonce = [](const http::Response& page) {
    const std::size_t at = page.body.find("csp-nonce\" content=\"") + 20;
    return page.body.substr(at, page.body.find('"', at) - at);
  };
  EXPECT_EQ(nonce(one).size(), 24U);
  EXPECT_NE(nonce(one), nonce(other));
  EXPECT_NE(header(one, "Content-Security-Policy").find("'nonce-" + nonce(one) + "'"), std::string::npos);
  EXPECT_EQ(header(one, "Content-Security-Policy").find("unsafe"), std::string::npos);
  EXPECT_EQ(one.body.find("<script>"), std::string::npos) << "no script stands in the page itself";
}

TEST(ConsoleFiles, ServesFilesGzippedOrNotAndForEver) {
  const ConsoleFiles files;
  const std::string script = script_of(files.page());
  const auto packed = files.answer(get(script, {{"accept-encoding", "br, GZIP;q=0.8"}}));
  const auto plain = files.answer(get(script, {{"accept-encoding", "gzip;q=0, br"}}));
  ASSERT_TRUE(packed && plain);
  EXPECT_EQ(header(*packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(*plain, "Content-Encoding"), "");
  EXPECT_EQ(unpacked(packed->body), plain->body);
  EXPECT_GT(plain->body.size(), packed->body.size());
  EXPECT_EQ(header(*plain, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_NE(header(*plain, "Cache-Control").find("immutable"), std::string::npos);
  const auto again = files.answer(get(script, {{"if-none-match", header(*plain, "ETag")}}));
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body, "");
}

TEST(ConsoleFiles, LeavesProgramsAndOtherMethodsToOthers) {
  const ConsoleFiles files;
  EXPECT_FALSE(files.answer(get("/api/nothing")));
  EXPECT_FALSE(files.answer(get("/v1/nothing")));
  http::Request post = get("/customers");
  post.method = "POST";
  EXPECT_FALSE(files.answer(post));
  EXPECT_EQ(files.answer(get("/assets/old-1234.js"))->status, 404);
  EXPECT_EQ(files.answer(get("/assets/../index.html"))->status, 404);
}

TEST(ConsoleFiles, TakesWhatNoRouteDoes) {
  const ConsoleFiles files;
  http::Router router;
  router.add("GET", "/api/home", [](const http::Request&) { return http::text(200, "home\n"); });
  files.mount(router);
  EXPECT_EQ(router.handle(get("/api/home")).body, "home\n");
  EXPECT_NE(router.handle(get("/plans/new")).body.find("<div id=\"root\">"), std::string::npos);
  const http::Response unknown = router.handle(get("/api/nothing"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(header(unknown, "Content-Type"), "application/json");
  EXPECT_NE(unknown.body.find("not_found"), std::string::npos);
}

}  // namespace
}  // namespace app
