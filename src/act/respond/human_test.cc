#include "act/respond/human.h"

#include <gtest/gtest.h>

namespace act::respond {
namespace {

using namespace std::chrono_literals;

const Robots kRobots = {{"proofpoint", "bot", "curl/"}, {"googleimageproxy"}, {"mozilla/5.0"}};
constexpr std::string_view kPhone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

Hit click(std::string_view agent = kPhone, std::chrono::milliseconds since = 2h) {
  Hit hit;
  hit.user_agent = agent;
  hit.since_sent = since;
  hit.links = 5;
  return hit;
}
bool person(const Hit& hit) { return human_probability(hit, kRobots) >= 0.5; }

TEST(Human, APersonReadsAndClicks) {
  EXPECT_TRUE(person(click()));
  EXPECT_TRUE(person(click(kPhone, 6s)));
  Hit second = click();
  second.other_links_just_now = 1;
  EXPECT_TRUE(person(second)) << "two links in ten seconds happen";
  Hit open = click();
  open.click = false;
  EXPECT_TRUE(person(open));
}

TEST(Human, MachinesAreSeen) {
  Hit head = click();
  head.method = "HEAD";
  EXPECT_EQ(human_probability(head, kRobots), 0) << "HEAD is no click";
  EXPECT_FALSE(person(click(kPhone, 1900ms))) << "two seconds after sending";
  EXPECT_FALSE(person(click("Mozilla/5.0 (compatible; ProofPoint URL Defense)")));
  EXPECT_FALSE(person(click("Googlebot/2.1")));
  EXPECT_FALSE(person(click("")));
  Hit prefetch = click();
  prefetch.prefetch = true;
  EXPECT_FALSE(person(prefetch));
  Hit all = click();
  all.other_links_just_now = 4;
  EXPECT_FALSE(person(all)) << "every link within seconds";
  Hit early = click(kPhone, 20s);
  early.other_links_just_now = 1;
  EXPECT_FALSE(person(early)) << "two links, seconds after sending";
  Hit both = click();
  both.links = 2;
  both.other_links_just_now = 1;
  EXPECT_TRUE(person(both)) << "all of two links is nothing";
}

TEST(Human, PicturesFetchedByProxiesSayLittle) {
  Hit open = click("Mozilla/5.0");  // Apple's Mail Privacy Protection
  open.click = false;
  EXPECT_FALSE(person(open));
  EXPECT_GT(human_probability(open, kRobots), 0.1);
  open.user_agent = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
  EXPECT_FALSE(person(open));
}

}  // namespace
}  // namespace act::respond
