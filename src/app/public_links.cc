#include "app/public_links.h"

namespace app {

using act::respond::Use;

PublicLinks::PublicLinks(std::string_view public_url, act::respond::Sign sign) : base_(public_url), sign_(std::move(sign)) {
  while (base_.ends_with('/')) base_.pop_back();
  const std::size_t host = base_.find("://");
  const std::size_t path = host == std::string::npos ? std::string::npos : base_.find('/', host + 3);
  if (path != std::string::npos) prefix_ = base_.substr(path);
}

std::string PublicLinks::at(std::string_view route, Use use, std::int64_t message, std::int64_t link) const {
  return fmt::format("{}{}{}", base_, route, act::respond::make_token(sign_, use, {message, link}));
}

std::string PublicLinks::click(std::int64_t message, std::int64_t link) const { return at("/c/", Use::click, message, link); }
std::string PublicLinks::open(std::int64_t message) const { return at("/o/", Use::open, message); }
std::string PublicLinks::unsubscribe(std::int64_t message) const { return at("/u/", Use::unsubscribe, message); }
std::string PublicLinks::preferences(std::int64_t message) const { return at("/p/", Use::preferences, message); }
std::string PublicLinks::survey(std::int64_t invitation) const { return at("/s/", Use::survey, invitation); }
std::string PublicLinks::reveal(std::int64_t message) const { return at("/m/", Use::reveal, message); }
std::string PublicLinks::trial(std::int64_t message) const { return at("/t/", Use::trial, message); }
std::string PublicLinks::resubscribe(std::int64_t message) const { return at("/r/", Use::resubscribe, message); }
std::string PublicLinks::restore(std::int64_t message) const { return at("/a/", Use::restore, message); }
std::string PublicLinks::app(std::int64_t message) const { return at("/l/", Use::app, message); }
std::string PublicLinks::reference(std::int64_t message) const {
  return act::respond::make_token(sign_, Use::verp, {message, 0});
}

}  // namespace app
