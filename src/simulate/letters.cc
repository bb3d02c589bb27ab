// Newsletters and campaigns as a mail system would record them.
#include <cmath>

#include "simulate/csv.h"
#include "simulate/traces.h"

namespace simulate {

std::vector<double> letter_days(const World& world, double joined) {
  std::vector<double> out;
  const double every = world.messages.newsletter_days;
  if (every <= 0) return out;
  for (double day = std::floor(joined / every + 1) * every; day + 1 < world.days; day += every)
    out.push_back(std::floor(day) + 0.15);
  return out;
}

Consent draw_consent(const World& world, const Person& person, const Contact& contact, std::uint64_t seed) {
  Consent consent;
  if (contact.email.empty() || contact.bounces) return consent;
  base::Rng rng = rng_of(seed, person.number, Stream::letters);
  for (const double day : letter_days(world, person.joined)) {
    if (!rng.chance(person.opt_out)) continue;
    consent.opted_out = day + 0.1;
    if (rng.chance(world.messages.opt_in_again)) consent.opted_in = day + 30 + 150 * rng.uniform();
    break;
  }
  return consent;
}

namespace {

class Letters {
 public:
  Letters(const Calendar& calendar, const Story& story, base::Rng rng, std::string& out)
      : calendar_(calendar), story_(story), rng_(rng), csv_(out) {}

  struct Letter {
    double sent = 0;
    std::string_view campaign = {}, purpose = {}, offer = {}, arm = {};
    double propensity = 1;
    bool ghost = false;     ///< held out: recorded, not sent
    bool answered = false;  ///< it brought an order, so it was read
    double opted_out = kNever;
  };

  void write(const Letter& letter) {
    const Contact& contact = story_.contact;
    const bool refused = letter.opted_out < kNever;
    const double open_luck = rng_.uniform(), click_luck = rng_.uniform(), delay = rng_.exponential(4);
    const bool bounced = !letter.ghost && contact.bounces;
    const bool read = !letter.ghost && !bounced && (letter.answered || refused || open_luck < contact.opens);
    const bool clicked = read && (letter.answered || refused || click_luck < contact.clicks);
    csv_.id('M', story_.person.number + 1, fmt::format("-{}", ++count_)).id('C', story_.person.number + 1);
    calendar_.stamp(csv_.raw(), letter.sent);
    csv_.text("email").text(letter.campaign).text(letter.purpose).text(letter.offer).text(letter.arm);
    csv_.money(std::llround(letter.propensity * 100));
    csv_.text(letter.ghost ? "held_out" : bounced ? "bounced" : "delivered");
    // A mail program that opens everything does so at once; people take their time.
    const double opened = contact.machine_opens ? letter.sent + 0.0004 : letter.sent + 0.002 + 0.6 * delay;
    const double after = letter.sent + 0.003 + 0.6 * delay;
    moment(!letter.ghost && !bounced && (contact.machine_opens || read), opened);
    moment(clicked, after);
    moment(refused, letter.opted_out);
    csv_.end();
  }

  std::size_t count() const { return count_; }  ///< written so far

 private:
  void moment(bool there, double t) {
    if (there) {
      calendar_.stamp(csv_.raw(), t);
    } else {
      csv_.none();
    }
  }
  const Calendar& calendar_;
  const Story& story_;
  base::Rng rng_;
  Csv csv_;
  std::size_t count_ = 0;
};

}  // namespace

void write_messages(const World& world, const Calendar& calendar, const Story& story, std::uint64_t seed,
                    std::string& out, std::string& truth) {
  if (story.contact.email.empty()) return;
  Letters letters{calendar, story, rng_of(seed, story.person.number, Stream::words), out};
  Csv truths{truth};
  auto touch = story.life.touches.begin();
  const auto campaigns_until = [&](double t) {
    for (; touch != story.life.touches.end() && touch->at < t; ++touch) {
      const Campaign& campaign = world.messages.campaigns[touch->campaign];
      const double propensity = touch->treated ? campaign.treated : 1 - campaign.treated;
      const std::string_view arm = touch->treated ? "treated" : "held_out";
      letters.write({.sent = touch->at,
                     .campaign = campaign.name,
                     .purpose = "win-back",
                     .offer = model::name_of(campaign.offer),
                     .arm = arm,
                     .propensity = propensity,
                     .ghost = !touch->treated,
                     .answered = touch->brought,
                     .opted_out = touch->opted_out ? touch->at + 0.1 : kNever});
      truths.id('M', story.person.number + 1, fmt::format("-{}", letters.count())).id('C', story.person.number + 1);
      truths.text(campaign.name).text(model::name_of(campaign.offer)).text(arm).text(fmt::format("{:.2f}", propensity));
      truths.text(fmt::format("{:.6f}", touch->chance_without)).text(fmt::format("{:.6f}", touch->chance_with));
      truths.whole(touch->brought ? 1 : 0).whole(touch->put_off ? 1 : 0).end();
    }
  };
  for (const double day : letter_days(world, story.person.joined)) {
    campaigns_until(day);
    if (!story.consent.allows(day)) continue;
    const bool refuses = std::abs(story.consent.opted_out - day - 0.1) < 1e-9;
    letters.write(
        {.sent = day, .campaign = "newsletter", .purpose = "other", .opted_out = refuses ? day + 0.1 : kNever});
  }
  campaigns_until(kNever);
}

}  // namespace simulate
