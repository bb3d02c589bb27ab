#pragma once

#include <array>
#include <string_view>

namespace act::deliver::point {

// Every place where the process may die and something could be lost or done twice. "not committed": inside the
// transaction; its twin without it: right after the commit, before anything else is done.
inline constexpr std::string_view kEnrolledNotCommitted = "enrolled, not committed";
inline constexpr std::string_view kEnrolled = "enrolled";
inline constexpr std::string_view kAdvancedNotCommitted = "advanced, not committed";
inline constexpr std::string_view kAdvanced = "advanced";
inline constexpr std::string_view kResponseNotedNotCommitted = "response noted, not committed";
inline constexpr std::string_view kResponseNoted = "response noted";
inline constexpr std::string_view kRoundNotCommitted = "round, not committed";
inline constexpr std::string_view kClaimed = "claimed";
inline constexpr std::string_view kRendered = "rendered";
inline constexpr std::string_view kAttemptingNotCommitted = "attempting, not committed";
inline constexpr std::string_view kAttemptingCommitted = "attempting committed";
inline constexpr std::string_view kTransmitted = "transmitted";
inline constexpr std::string_view kSettledNotCommitted = "settled, not committed";
inline constexpr std::string_view kSettled = "settled";
inline constexpr std::string_view kLeasesExpiredNotCommitted = "leases expired, not committed";
inline constexpr std::string_view kReplayed = "replayed";
inline constexpr std::string_view kResolved = "resolved";

/// Those the running program passes. `kClaimed` and `kSettled` are not among them: a round claims and settles in the one
/// commit it has, and only the parts of a round, taken one by one, pass there.
inline constexpr std::array kOfTheProgram = {
    kEnrolledNotCommitted,   kEnrolled,           kAdvancedNotCommitted,      kAdvanced,
    kResponseNotedNotCommitted, kResponseNoted,   kRoundNotCommitted,         kRendered,
    kAttemptingNotCommitted, kAttemptingCommitted, kTransmitted,              kSettledNotCommitted,
    kLeasesExpiredNotCommitted, kReplayed,        kResolved};

}  // namespace act::deliver::point
