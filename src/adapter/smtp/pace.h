#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace adapter::smtp {

/// What one recipient domain takes from us.
struct DomainLimit {
  double rate = 10;             ///< letters a second; 0: no limit
  double burst = 20;            ///< letters at once after a rest, at least 1
  std::size_t connections = 4;  ///< letters under way at the same time, at least 1
};

/// Token buckets and back-off by recipient domain, on a steady clock the caller reads. Used by one thread at a time.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `exceptions` by domain in lower case.
  Pace(DomainLimit usual, std::map<std::string, DomainLimit> exceptions, std::chrono::milliseconds first_back_off);

  /// When a letter to the domain may begin; nothing while its connections are all in use.
  std::optional<Time> when(const std::string& domain, Time now);

  /// A letter begins, after `when` said it may.
  void begin(const std::string& domain, Time now);
  void end(const std::string& domain);

  /// The domain asked us to slow down: nothing begins for a while, twice as long each time in a row, up to 32 times the
  /// first. Returns how long.
  std::chrono::milliseconds back_off(const std::string& domain, Time now);

  /// It took a letter: the next back-off is a short one again.
  void taken(const std::string& domain);

 private:
  struct Bucket {
    double tokens = 0;
    Time filled;
    Time held_until;
    std::size_t under_way = 0;
    std::chrono::milliseconds next_back_off{};
  };
  const DomainLimit& limit_of(const std::string& domain) const;
  Bucket& bucket(const std::string& domain, Time now);
  void forget_resting(Time now);

  DomainLimit usual_;
  std::map<std::string, DomainLimit> exceptions_;
  std::chrono::milliseconds first_back_off_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace adapter::smtp
