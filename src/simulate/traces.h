#pragma once

#include <string>
#include <vector>

#include "simulate/baskets.h"

namespace simulate {

/// When a customer refused letters, and took that back. kNever = did not.
struct Consent {
  double opted_out = kNever;
  double opted_in = kNever;
  bool allows(double t) const { return t < opted_out || t >= opted_in; }
};

/// One customer with everything that happened to them.
struct Story {
  Person person;
  Contact contact;
  Consent consent;
  Life life;
  std::vector<Order> orders;
};

/// The days newsletters went out to somebody who joined on `joined`.
std::vector<double> letter_days(const World& world, double joined);

/// The first newsletter answered with an opt-out, if any, and the later opt-in.
Consent draw_consent(const World& world, const Person& person, const Contact& contact, std::uint64_t seed);

/// Rows of messages.csv: newsletters and campaigns, the held-out of campaigns among them; and of truth/campaigns.csv.
void write_messages(const World& world, const Calendar& calendar, const Story& story, std::uint64_t seed,
                    std::string& out, std::string& truth);
inline constexpr std::string_view kCampaignsHeading =
    "message_id,customer_id,campaign,offer,arm,propensity,chance_without,chance_with,brought_order,lost_order\n";
inline constexpr std::string_view kMessagesHeading =
    "message_id,customer_id,sent_at,channel,campaign,purpose,offer,arm,propensity,status,opened_at,clicked_at,opted_"
    "out_at\n";

/// Rows of events.csv and feedback.csv, and of truth/feedback_topics.csv. No event lies after the world's end.
struct TraceFiles {
  std::string& events;
  std::string& feedback;
  std::string& topics;
};
void write_traces(const World& world, const Catalogue& catalogue, const Calendar& calendar, const Story& story,
                  std::uint64_t seed, TraceFiles files);
inline constexpr std::string_view kEventsHeading =
    "customer_id,occurred_at,type,event_id,sku,channel,reason,order_id\n";
/// Its heading in this world: other trades have columns of their own.
std::string_view events_heading(const World& world);
inline constexpr std::string_view kFeedbackHeading =
    "feedback_id,customer_id,received_at,kind,score,language,order_id,sku,text\n";
inline constexpr std::string_view kTopicsHeading = "feedback_id,topic\n";

}  // namespace simulate
