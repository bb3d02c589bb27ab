#include "adapter/smtp/open_smtp.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include "adapter/smtp/line.h"
#include "base/email.h"

namespace adapter::smtp {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using Clock = std::chrono::steady_clock;

/// Which delivery begins next, for the lines that work on one call of `send`.
class Schedule {
 public:
  Schedule(std::span<const Delivery> deliveries, std::vector<Outcome>& outcomes, Pace& pace, std::size_t lines,
           std::chrono::milliseconds longest_wait)
      : deliveries_(deliveries),
        outcomes_(outcomes),
        pace_(pace),
        lines_(lines),
        last_begin_(Clock::now() + longest_wait) {
    domains_.reserve(deliveries.size());
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      const auto address = base::parse_email(deliveries[i].address);
      domains_.push_back(address ? address->domain : std::string{});
      waiting_.push_back(i);
    }
  }

  /// Waits for the next delivery that may begin; nothing when none is left.
  std::optional<std::size_t> next() {
    std::unique_lock lock{mutex_};
    for (;;) {
      const auto now = Clock::now();
      auto wake = last_begin_;
      for (auto it = waiting_.begin(); it != waiting_.end();) {
        const std::size_t index = *it;
        if (domains_[index].empty()) {  // an address nobody will be asked about
          waiting_.erase(it);
          return index;
        }
        const auto when = pace_.when(domains_[index], now);
        if (when && *when <= now && now <= last_begin_) {
          waiting_.erase(it);
          pace_.begin(domains_[index], now);
          return index;
        }
        if (now > last_begin_ || (when && *when > last_begin_)) {
          give_back(index, when ? std::chrono::ceil<std::chrono::seconds>(*when - now) : std::chrono::seconds{1});
          it = waiting_.erase(it);
          continue;
        }
        if (when) wake = std::min(wake, *when);
        ++it;
      }
      if (waiting_.empty()) return std::nullopt;
      changed_.wait_until(lock, wake + std::chrono::milliseconds{1});
    }
  }

  /// The delivery has ended. False: the line is not wanted any more.
  bool done(std::size_t index, Transaction ended) {
    const std::lock_guard lock{mutex_};
    const std::string& domain = domains_[index];
    Outcome& outcome = ended.outcome;
    if (!domain.empty()) pace_.end(domain);
    if (outcome.kind == OutcomeKind::accepted) pace_.taken(domain);
    const int code = ended.reply.code;
    if (outcome.throttled && ended.stage != Stage::connect &&
        (code == 421 || code == 454 || enhanced_status(ended.reply.text).starts_with("4.7."))) {
      const auto wait = pace_.back_off(domain, Clock::now());
      outcome.retry_after = std::chrono::ceil<std::chrono::seconds>(wait);
    }
    const bool server_failed = ended.stage == Stage::connect && outcome.kind == OutcomeKind::retryable;
    if (server_failed && --lines_ == 0) {
      // Nobody is left to try: what waits has certainly not been sent, for the same reason.
      for (const std::size_t waiting : waiting_) outcomes_[waiting] = outcome;
      waiting_.clear();
    }
    failed_ = failed_ || server_failed;
    outcomes_[index] = std::move(outcome);
    changed_.notify_all();
    return !server_failed;
  }

  void one_line_less() {
    const std::lock_guard lock{mutex_};
    --lines_;
  }

  /// After the call: how many lines the server bore.
  std::size_t lines_left() const { return lines_; }
  bool failed() const { return failed_; }

 private:
  void give_back(std::size_t index, std::chrono::seconds wait) {
    Outcome& outcome = outcomes_[index];
    outcome.kind = OutcomeKind::retryable;
    outcome.throttled = true;
    outcome.retry_after = std::max(wait, std::chrono::seconds{1});
    outcome.detail = "not sent yet: the pace of its domain is reached";
  }

  std::span<const Delivery> deliveries_;
  std::vector<Outcome>& outcomes_;
  Pace& pace_;
  std::size_t lines_;
  Clock::time_point last_begin_;
  std::vector<std::string> domains_;
  std::mutex mutex_;  // guards what follows, outcomes_, pace_ and lines_
  std::condition_variable changed_;
  std::deque<std::size_t> waiting_;
  bool failed_ = false;
};

class SmtpChannel final : public port::Channel {
 public:
  SmtpChannel(SmtpConfig config, std::vector<DkimSigner> signers)
      : config_(std::move(config)),
        signers_(std::move(signers)),
        pace_(config_.usual_domain, config_.domains, config_.first_back_off),
        allowed_(config_.connections) {}

  std::string_view name() const override { return "email"; }

  std::vector<Outcome> send(std::span<const Delivery> deliveries) override {
    std::vector<Outcome> outcomes(deliveries.size());
    if (deliveries.empty()) return outcomes;
    const std::size_t count = std::min({allowed_, config_.connections, deliveries.size()});
    while (lines_.size() < count) lines_.push_back(std::make_unique<Line>(config_, facts_));
    Schedule schedule{deliveries, outcomes, pace_, count, config_.longest_wait};
    const auto work = [&](Line& line) {
      while (const auto index = schedule.next()) {
        if (!schedule.done(*index, attempt(line, deliveries[*index]))) return;
      }
    };
    {
      std::vector<std::jthread> others;
      for (std::size_t i = 1; i < count; ++i) {
        try {
          others.emplace_back([&, i] { work(*lines_[i]); });
        } catch (const std::system_error&) {  // the machine gives no more threads: fewer lines do the same work
          schedule.one_line_less();
        }
      }
      work(*lines_[0]);
    }
    // A server that refused some of our connections gets fewer next time, and one more after each good call.
    allowed_ = schedule.failed() ? std::max<std::size_t>(1, schedule.lines_left())
                                 : std::min(config_.connections, allowed_ + 1);
    return outcomes;
  }

 private:
  Transaction attempt(Line& line, const Delivery& delivery) {
    auto letter = compose(delivery, config_.sender);
    if (letter) {
      std::string signatures;
      for (const DkimSigner& signer : signers_) {
        auto signature = signer.sign(letter->bytes, delivery.at);
        if (!signature) {
          letter = std::unexpected(signature.error());
          break;
        }
        signatures += *signature;
      }
      if (letter) letter->bytes.insert(0, signatures);
    }
    if (letter) return line.send(*letter);
    Transaction ended;
    ended.stage = Stage::mail;
    ended.outcome.kind = OutcomeKind::rejected;
    ended.outcome.detail = letter.error().message;
    ended.outcome.address_dead = !base::parse_email(delivery.address);
    return ended;
  }

  const SmtpConfig config_;
  const std::vector<DkimSigner> signers_;  // signing changes nothing in them: OpenSSL keys are shared for reading
  ServerFacts facts_;
  Pace pace_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::size_t allowed_;
};

bool is_here(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

Result<void> check(SmtpConfig& config) {
  WB_TRY(check_sender(config.sender));
  if (config.host.empty() || config.host.find_first_of("/?#@ \t\r\n") != std::string::npos)
    return fail(Code::invalid_input, "the mail server '{}' is no host name; write it like smtp.shop.example",
                config.host);
  if (config.security == Security::none && !config.user.empty() && !is_here(config.host))
    return fail(Code::invalid_input,
                "the password for {} would cross the network unencrypted; set security to starttls", config.host);
  if (config.helo_name.empty()) {
    WB_ASSIGN(const auto from, base::parse_email(config.sender.address));
    config.helo_name = from.domain;
  }
  const auto helo = base::parse_domain(config.helo_name);
  if (!helo)
    return fail(Code::invalid_input, "the HELO name '{}' is no domain name: {}", config.helo_name,
                helo.error().message);
  config.helo_name = *helo;
  std::map<std::string, DomainLimit> domains;
  for (const auto& [name, limit] : config.domains) {
    const auto domain = base::parse_domain(name);
    if (!domain) return fail(Code::invalid_input, "the limit for '{}': {}", name, domain.error().message);
    domains[*domain] = limit;
  }
  config.domains = std::move(domains);
  config.connections = std::clamp<std::size_t>(config.connections, 1, 64);
  return {};
}

}  // namespace

Result<std::unique_ptr<port::Channel>> open_smtp(const SmtpConfig& config) {
  SmtpConfig own = config;
  WB_TRY(check(own));
  std::vector<DkimSigner> signers;
  for (const DkimKey& key : own.dkim) {
    WB_ASSIGN(DkimSigner signer, DkimSigner::open(key));
    signers.push_back(std::move(signer));
  }
  return std::make_unique<SmtpChannel>(std::move(own), std::move(signers));
}

}  // namespace adapter::smtp
