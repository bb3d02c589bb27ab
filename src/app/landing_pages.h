#pragma once

#include <functional>
#include <string>

#include "app/act_settings.h"
#include "app/desk.h"
#include "app/doorway.h"
#include "http/router.h"

namespace app {

/// The pages a letter's offer or request leads to. GET asks and changes nothing but what is known of visits; what the page is for
/// happens on POST, once. Thread-safe.
///   GET, POST /m/:token   an offer that is opened by a button; event `revealed`
///   GET, POST /t/:token   asks for a trial; event `trial_requested`, and a task
///   GET, POST /r/:token   "go on writing to me": consent with the text agreed to; never against a complaint of theirs
///   GET, POST /a/:token   "find my account"; event `restore_requested`, and a task
///   GET /l/:token         into the app, else to its store or the web; where it leads is kept for the app's first start
///   GET /.well-known/apple-app-site-association, /.well-known/assetlinks.json
class LandingPages {
 public:
  struct Config {
    DeepLinks deep_links;
    std::string shop_url;
    text::Language task_language = text::Language::en;  ///< the shop's
    /// An offer's name in the three languages.
    std::function<model::Texts(std::string_view offer, std::string_view campaign)> offer_name;
  };

  /// The doorway outlives this object.
  LandingPages(Doorway& door, Config config);

  /// Adds the routes. This object outlives the router.
  void mount(http::Router& router);

  /// Where the app goes for this letter's customer.
  base::Result<std::string> target(const model::Message& message);

 private:
  http::Response reveal(const http::Request& request, const model::Message& message);
  http::Response ask(const http::Request& request, const model::Message& message, bool trial);
  http::Response resubscribe(const http::Request& request, const model::Message& message);
  http::Response app_link(const http::Request& request, const model::Message& message);
  http::Response apple(const http::Request& request);
  http::Response android(const http::Request& request);
  std::string here(const http::Request& request) const;
  base::Result<bool> may_ask_again(const model::Message& message);

  Doorway& door_;
  const Config config_;
};

}  // namespace app
