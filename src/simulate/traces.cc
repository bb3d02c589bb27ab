#include "simulate/traces.h"

#include <cmath>

#include "simulate/csv.h"
#include "simulate/doings.h"
#include "simulate/texts.h"

namespace simulate {
namespace {

constexpr std::uint32_t kNoSku = UINT32_MAX;

struct Event {
  double at = 0;
  std::string_view type;
  std::uint32_t sku = kNoSku;
  std::string_view channel = {};
  std::string_view reason = {};
  std::size_t order = 0;  ///< from 1; 0 = none
  Doing doing = {};       ///< other trades than a shop: the columns it adds
};

struct Feedback {
  double at = 0;
  Occasion occasion = Occasion::survey;
  Reason topic = Reason::none;
  int score = -1;
  std::size_t order = 0;
};

/// Gathers what one customer left behind, then writes it in the order of time.
class Gathering {
 public:
  Gathering(const World& world, const Catalogue& catalogue, const Story& story, std::uint64_t seed)
      : world_(world), catalogue_(catalogue), story_(story), rng_(rng_of(seed, story.person.number, Stream::traces)) {}

  void gather() {
    if (story_.person.has_app) add({story_.person.joined + 0.01 + 20 * rng_.uniform(), "app_installed", kNoSku, "app"});
    if (world_.trade == Trade::shop) {
      around_orders();
      browsing();
    } else {
      for (const Doing& doing : doings_of(world_, story_, rng_)) add({doing.at, doing.type, kNoSku, {}, {}, 0, doing});
    }
    leaving();
    if (story_.consent.opted_out < kNever) add({story_.consent.opted_out, "opt_out", kNoSku, "email"});
    if (story_.consent.opted_in < kNever) add({story_.consent.opted_in, "opt_in", kNoSku, "email"});
    std::stable_sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
    std::stable_sort(feedback_.begin(), feedback_.end(),
                     [](const Feedback& a, const Feedback& b) { return a.at < b.at; });
  }

  void write(const Calendar& calendar, TraceFiles files) {
    const std::uint64_t number = story_.person.number + 1;
    Csv csv{files.events};
    std::size_t count = 0;
    for (const Event& event : events_) {
      csv.id('C', number);
      calendar.stamp(csv.raw(), event.at);
      csv.text(event.type).id('E', number);
      tail(files.events, ++count);
      csv.text(event.sku == kNoSku ? std::string_view{} : catalogue_.products()[event.sku].sku)
          .text(event.channel)
          .text(event.reason);
      order_id(csv, files.events, event.order);
      if (world_.trade != Trade::shop) write_columns(csv, event.doing);
      csv.end();
    }
    Csv texts{files.feedback}, topics{files.topics};
    count = 0;
    for (const Feedback& item : feedback_) {
      texts.id('F', number);
      tail(files.feedback, ++count);
      texts.id('C', number);
      calendar.stamp(texts.raw(), item.at);
      texts.text(name_of(item.occasion));
      if (item.score >= 0) {
        texts.whole(item.score);
      } else {
        texts.none();
      }
      const Tongue tongue = story_.person.language;
      texts.text(tongue == Tongue::en ? "en" : tongue == Tongue::zh_cn ? "zh-CN" : "zh-TW");
      order_id(texts, files.feedback, item.order);
      const Product& product = product_of(item);
      texts.text(item.order > 0 ? std::string_view{product.sku} : std::string_view{});
      const Category& category = world_.catalogue.categories[product.category];
      const Subject subject{product.name, tongue == Tongue::en      ? category.name
                                          : tongue == Tongue::zh_cn ? category.name_zh_cn
                                                                    : category.name_zh_tw};
      texts.text(words_about(tongue, item.topic, item.occasion, subject, rng_)).end();
      topics.id('F', number);
      tail(files.topics, count);
      topics.text(item.topic == Reason::none ? "content" : name_of(item.topic)).end();
    }
  }

 private:
  void add(Event event) {
    if (event.at < world_.days) events_.push_back(event);
  }
  void say(Feedback item) {
    // What is written is about products, and only a shop has them.
    if (item.at < world_.days && world_.trade == Trade::shop) feedback_.push_back(item);
  }
  static void tail(std::string& out, std::size_t count) {
    char buffer[16];
    out += '-';
    out.append(buffer, static_cast<std::size_t>(std::to_chars(buffer, buffer + sizeof buffer, count).ptr - buffer));
  }
  void order_id(Csv& csv, std::string& out, std::size_t order) const {
    if (order == 0) {
      csv.none();
      return;
    }
    csv.id('W', story_.person.number + 1);
    tail(out, order);
  }
  const Product& product_of(const Feedback& item) const {
    const std::size_t order = item.order > 0 ? item.order : story_.orders.size();
    // A complaint about a product is about the worst in the basket.
    const Product* chosen = nullptr;
    for (const Line& line : story_.orders[order - 1].lines) {
      const Product& product = catalogue_.products()[line.product];
      if (chosen == nullptr || (item.topic == Reason::product && product.rating < chosen->rating)) chosen = &product;
    }
    return *chosen;
  }

  std::string_view place() { return story_.person.has_app && rng_.chance(0.6) ? "app" : "web"; }

  void around_orders() {
    for (std::size_t o = 0; o < story_.orders.size(); ++o) {
      const Order& order = story_.orders[o];
      const double at = order.purchase->at;
      if (order.channel != "store" && rng_.chance(world_.traces.before_order)) {
        const double before = std::max(at - 0.002 - 2 * rng_.uniform() * rng_.uniform(), 0.0);
        add({before, "visit", kNoSku, order.channel});
        add({(before + at) / 2, "cart_added", order.lines.front().product, order.channel, {}, 0});
      }
      if (order.purchase->cancelled) continue;
      double opened = kNever, closed = 0;
      for (const Line& line : order.lines) {
        if (line.returned == kNever) continue;
        opened = std::min(opened, line.returned - 4);
        closed = std::max(closed, line.returned);
      }
      if (opened < kNever) {
        add({opened, "return_opened", order.lines.front().product, place(), {}, o + 1});
        add({closed, "return_closed", order.lines.front().product, "web", {}, o + 1});
      }
      if (rng_.chance(world_.feedback.tickets)) {
        const double asked = at + 1 + 10 * rng_.uniform();
        const Reason topic = static_cast<Reason>(1 + rng_.below(3));  // product, service or delivery
        add({asked, "ticket_opened", order.lines.front().product, place(), {}, o + 1});
        const double answered = asked + 0.2 + rng_.exponential(0.5);
        if (!rng_.chance(world_.feedback.left_open))
          add({answered, "ticket_closed", order.lines.front().product, "web", {}, o + 1});
        say({asked, Occasion::ticket, topic, -1, o + 1});
      }
      const bool leaves_now = leaves_after(at);
      if (rng_.chance(world_.feedback.nps)) {
        const bool content = leaves_now ? rng_.chance(0.15) : rng_.chance(0.8);
        const int score = content ? 7 + static_cast<int>(rng_.below(4)) : static_cast<int>(rng_.below(7));
        say({at + 5 + 5 * rng_.uniform(), Occasion::nps, content ? Reason::none : grievance(at), score, o + 1});
      }
      if (rng_.chance(world_.feedback.reviews)) {
        const bool content = leaves_now ? rng_.chance(0.3) : rng_.chance(0.85);
        const int stars = content ? 4 + static_cast<int>(rng_.below(2)) : 1 + static_cast<int>(rng_.below(3));
        say({at + 6 + 15 * rng_.uniform(), Occasion::review, content ? Reason::none : Reason::product, stars, o + 1});
      }
    }
  }

  const Absence* absence_from(double at) const {
    for (const Absence& absence : story_.life.absences) {
      if (absence.from == at) return &absence;
    }
    return nullptr;
  }
  bool leaves_after(double at) const { return absence_from(at) != nullptr; }
  /// What the unhappy speak of: why they leave, or one of the usual troubles.
  Reason grievance(double at) {
    const Absence* const absence = absence_from(at);
    return absence != nullptr ? absence->reason : static_cast<Reason>(1 + rng_.below(4));
  }

  /// Visits at a rate that follows staying, fading before people leave, and thin afterwards.
  void browsing() {
    const double rate = world_.traces.visits_per_year / 365;
    double from = story_.person.joined;
    const auto spell = [&](double begin, double end, double factor) {
      if (end <= begin) return;
      const std::uint64_t visits = rng_.poisson(rate * factor * (end - begin));
      for (std::uint64_t i = 0; i < visits; ++i) {
        const double at = begin + (end - begin) * rng_.uniform();
        const std::string_view where = place();
        add({at, where == "app" ? "app_opened" : "visit", kNoSku, where});
      }
      const std::uint64_t carts = rng_.poisson(world_.traces.abandoned_per_year / 365 * factor * (end - begin));
      for (std::uint64_t i = 0; i < carts; ++i) {
        const double at = begin + (end - begin) * rng_.uniform();
        const std::uint32_t sku = catalogue_.draw(
            rng_.chance(world_.basket.favourite) ? story_.person.favourite : catalogue_.draw_category(rng_), rng_);
        add({at, "cart_added", sku, place()});
      }
    };
    const double days = world_.days;
    for (const Absence& absence : story_.life.absences) {
      const double fading = std::max(from, absence.from - 30);
      spell(from, fading, 1);
      spell(fading, absence.from, 0.5);
      spell(absence.from, std::min(absence.until, days), world_.traces.after_leaving);
      from = std::min(absence.until, days);
    }
    if (!story_.life.end.away) spell(from, days, 1);
  }

  void leaving() {
    for (const Absence& absence : story_.life.absences) {
      const ReasonLaw& law = world_.leaving.reasons[static_cast<std::size_t>(absence.reason)];
      const bool natural = absence.reason == Reason::need_ended;
      const double later = absence.from + 2 + 25 * rng_.uniform();
      if (natural && rng_.chance(world_.feedback.announces_end)) {
        if (later < absence.until) add({later, rng_.chance(0.5) ? "need_ended" : "account_closed", kNoSku, place()});
      }
      const bool tells = rng_.chance(law.tells);
      const double asked = absence.from + 7 + 40 * rng_.uniform();
      if (tells && asked < absence.until) {
        add({asked, "left_reason", kNoSku, "survey", name_of(absence.reason)});
        say({asked, Occasion::survey, absence.reason, -1, 0});
      }
      if (story_.person.has_app && rng_.chance(world_.traces.uninstalls)) {
        const double gone = absence.from + 3 + rng_.exponential(1.0 / 40);
        if (gone < absence.until) add({gone, "app_uninstalled", kNoSku, "app"});
      }
    }
  }

  const World& world_;
  const Catalogue& catalogue_;
  const Story& story_;
  base::Rng rng_;
  std::vector<Event> events_;
  std::vector<Feedback> feedback_;
};

}  // namespace

std::string_view events_heading(const World& world) {
  return world.trade == Trade::shop ? kEventsHeading : "customer_id,occurred_at,type,event_id,sku,channel,reason,order_id,amount,hours,unit,plan\n";
}

void write_traces(const World& world, const Catalogue& catalogue, const Calendar& calendar, const Story& story,
                  std::uint64_t seed, TraceFiles files) {
  Gathering gathering{world, catalogue, story, seed};
  gathering.gather();
  gathering.write(calendar, files);
}

}  // namespace simulate
