// send_outbox FOLDER MESSAGES [remembers]: puts so many letters of a campaign into the outbox of a new store in FOLDER and
// measures how long the product's own sender takes to bring them all to a provider that answers at once: claim, render a
// shipped letter, ask consent, caps and quiet hours, attempt, send, settle. With `remembers` the provider deduplicates by
// send_key, so the letters' bytes are kept until their fate is known. Prints JSON. bench/outbox.py measures others beside it.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "act/deliver/sender.h"
#include "act/deliver/situation.h"
#include "adapter/sqlite/open_sqlite.h"
#include "app/desk.h"
#include "app/manners_yaml.h"
#include "tests/support/fake_warehouse.h"

namespace {

using namespace std::chrono;
using base::Instant;

constexpr const char* kLetter = "five-letters/memory";
constexpr std::int64_t kAtOnce = 2000;  // rows a transaction, while the store is being filled

const Instant kNow = Instant{sys_days{2026y / 11 / 20}} + hours{11};

template <class T>
T must(base::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// A provider that takes everything at once, and counts.
class QuickChannel final : public port::Channel {
 public:
  explicit QuickChannel(bool remembers) : remembers_(remembers) {}
  std::string_view name() const override { return "email"; }
  std::vector<model::Outcome> send(std::span<const model::Delivery> deliveries) override {
    std::vector<model::Outcome> outcomes;
    for (const model::Delivery& delivery : deliveries) {
      if (delivery.unsubscribe_url.empty() || delivery.content.html.empty() || delivery.content.text.empty()) std::abort();
      bytes += delivery.content.html.size() + delivery.content.text.size();
      most = std::max(most, deliveries.size());
      outcomes.push_back({.kind = model::OutcomeKind::accepted, .provider_id = "p-" + delivery.send_key});
    }
    taken += deliveries.size();
    return outcomes;
  }
  seconds replay_window() const override { return remembers_ ? hours{24} : seconds{0}; }

  std::size_t taken = 0, bytes = 0, most = 0;

 private:
  bool remembers_;
};

/// Of all threads of this program, or of this one.
double processor_seconds(clockid_t whose) {
  timespec spent{};
  clock_gettime(whose, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

/// What the warehouse knows of the products a letter recommends.
app::Products products() {
  tests::FakeWarehouse warehouse;
  warehouse.answer("sold_products", [](const port::Statement&, const base::BlockSink& sink) {
    base::Block block;
    for (const char* text : {"sku", "product", "category"}) block.columns.emplace_back(text, base::ColumnKind::text);
    for (const char* number : {"price", "stock", "rating"}) block.columns.emplace_back(number, base::ColumnKind::f64);
    for (int i = 0; i < 40; ++i) {
      block.columns[0].text().push_back(fmt::format("S{}", i));
      block.columns[1].text().push_back(fmt::format("Harbour roast no. {}, 500 g", i));
      block.columns[2].text().push_back(i % 2 == 0 ? "coffee" : "tea");
      block.columns[3].as<double>().push_back(9.5 + i);
      block.columns[4].as<double>().push_back(20 + i);
      block.columns[5].as<double>().push_back(4.5);
    }
    return sink(std::move(block));
  });
  return must(app::Products::load(warehouse));
}

app::DeskConfig desk_config(const std::filesystem::path& folder) {
  app::DeskConfig config;
  config.settings.zone = "Europe/London";
  config.settings.currency = "EUR";
  config.settings.language = text::Language::en;
  config.act.shop = {.name = {"North & Sons Coffee"}, .address = "12 Quay Street, Galway", .url = "https://shop.example",
                     .email = "hello@shop.example", .phone = "+353 91 555 010"};
  config.act.representative = {.name = "Aoife Byrne", .title = "roaster"};
  config.act.public_url = "https://news.shop.example";
  config.manners = must(app::load_manners(config.settings, folder / "winback.yaml"));
  config.letters = must(app::load_letters(folder));
  return config;
}

/// Customers with consent, waiting for the fate of their first letter.
void fill(port::ActStore& store, std::int64_t messages) {
  constexpr std::array kZones = {"Europe/London", "Europe/Berlin", "Europe/Madrid", "Europe/Paris"};
  must(store.campaigns().save({.id = "c1", .journey = "five-letters", .topic = "win_back", .salt = 7, .launched_at = kNow}));
  for (std::int64_t from = 0; from < messages; from += kAtOnce) {
    must(store.transact([&]() -> base::Result<void> {
      for (std::int64_t i = from; i < std::min(messages, from + kAtOnce); ++i) {
        const std::string id = fmt::format("customer-{}", i * 7919 % messages);
        const model::Person person{.customer_id = id, .zone = kZones[static_cast<std::size_t>(i) % kZones.size()],
                                   .country = "Ireland", .birth_year = 1980, .last_order = kNow - days{200}};
        WB_TRY(store.people().put({&person, 1}));
        const model::ContactPoint point{.customer_id = id, .channel = "email", .address = id + "@example.com",
                                        .name = "Mary Byrne", .language = "en"};
        WB_TRY(store.contacts().put({&point, 1}));
        const model::ConsentRecord consent{.customer_id = id, .channel = "email", .topic = "*", .state = model::ConsentState::granted,
                                           .valid_from = kNow - days{400}, .recorded_at = kNow - days{400}, .source = "checkout"};
        WB_TRY(store.people().add_consents({&consent, 1}));
        model::Enrolment enrolment{.campaign_id = "c1", .customer_id = id, .entered_at = kNow, .step = "memory",
                                   .state = model::EnrolmentState::sending, .visits = {{"memory", 1}}};
        WB_TRY(store.enrolments().add(enrolment, R"({"fields":{"purchases":7,"basket":31.5,"spend":220.5,"segment":"at_risk",)"
            R"("stage":"lapsed","country":"Ireland","category":"coffee"},"city":"Galway","first_day":19500,"last_day":20200,)"
            R"("last_total":46.5,"last_items":["Harbour dark roast, 1 kg","Paper filters No. 4"],)"
            R"("favourites":["Harbour dark roast, 1 kg"],"recommend":["S2","S4","S6","S8"]})"));
        model::Message message{.enrolment_id = enrolment.id, .campaign_id = "c1", .customer_id = id, .step = "memory",
                               .channel = "email", .letter = kLetter, .topic = "win_back", .due_at = kNow,
                               .last_by = kNow + days{7}, .created_at = kNow};
        message.send_key = act::deliver::send_key(store.workspace_id(), enrolment.id, "memory", 1, "email", point.address);
        WB_TRY(store.outbox().add(message));
      }
      return {};
    }));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("send_outbox FOLDER MESSAGES [remembers]\n", stderr), 2;
  const std::filesystem::path folder = argv[1];
  const std::int64_t messages = std::atoll(argv[2]);
  const auto store = must(adapter::sqlite::open_sqlite(folder / "store.sqlite"));
  fill(*store, messages);

  app::Desk desk{*store, desk_config(folder)};
  desk.stock(products());
  QuickChannel channel{argc > 3 && std::string_view{argv[3]} == "remembers"};
  // As the program does: letters are rendered on a thread of their own, with a connection of its own.
  const auto second = must(adapter::sqlite::open_sqlite(folder / "store.sqlite"));
  app::Desk printer{*second, desk.config()};
  printer.stock(products());
  act::deliver::Sender sender{*store, channel, desk, {.window = 64}, {}, act::deliver::Printer{second.get(), &printer}};
  const double all_before = processor_seconds(CLOCK_PROCESS_CPUTIME_ID), own_before = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
  const auto start = steady_clock::now();
  for (Instant now = kNow; must(sender.round(now)) > 0;) now += milliseconds{1};
  const double taken = duration<double>(steady_clock::now() - start).count();
  const double both = processor_seconds(CLOCK_PROCESS_CPUTIME_ID) - all_before;
  const double own = processor_seconds(CLOCK_THREAD_CPUTIME_ID) - own_before;

  // A rate of letters that did not all arrive would mean nothing.
  const auto states = must(store->counts().messages("c1"));
  const bool all = states.size() == 1 && states[0].state == model::MessageState::accepted &&
                   states[0].messages == static_cast<std::uint64_t>(messages) && channel.taken == states[0].messages;
  if (!all) return std::fputs("not every letter was sent once and settled\n", stderr), 1;
  std::printf(R"({"messages": %lld, "seconds": %.4f, "per_second": %.1f, "window": %zu, "bytes": %zu, "sender_microseconds": %.1f, "printer_microseconds": %.1f})" "\n",
              static_cast<long long>(messages), taken, static_cast<double>(messages) / taken, channel.most,
              channel.bytes / static_cast<std::size_t>(messages), own / static_cast<double>(messages) * 1e6,
              (both - own) / static_cast<double>(messages) * 1e6);
}
