#include "simulate/calendar.h"

#include "simulate/season.h"

namespace simulate {

Calendar::Calendar(const World& world, const base::Zone& zone) {
  for (std::int32_t d = 0; d < world.days + kBeyond; ++d) {
    const base::Day day = world.start + std::chrono::days{d};
    dates_.push_back(base::to_string(day) + "T");
    // The offset at noon stands for the whole day: hours of a change to summer time are asleep.
    const std::int64_t minutes = zone.offset_millis(base::Instant{day} + std::chrono::hours{12}) / 60'000;
    const std::int64_t plain = minutes < 0 ? -minutes : minutes;
    offsets_.push_back(fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', plain / 60, plain % 60));
  }
}

void Calendar::stamp(std::string& out, double t) const {
  const auto day = std::min(static_cast<std::size_t>(std::max(t, 0.0)), dates_.size() - 1);
  const std::int32_t seconds = second_of_day(std::max(t, 0.0) - static_cast<double>(day));
  const auto two = [&](std::int32_t value) {
    out += static_cast<char>('0' + value / 10);
    out += static_cast<char>('0' + value % 10);
  };
  out += dates_[day];
  two(seconds / 3600);
  out += ':';
  two(seconds / 60 % 60);
  out += ':';
  two(seconds % 60);
  out += offsets_[day];
}

}  // namespace simulate
