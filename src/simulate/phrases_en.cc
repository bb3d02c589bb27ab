#include "simulate/phrases.h"

namespace simulate {
namespace {

using List = std::string_view[];

constexpr List kContent = {"The {p} is lovely.",
                           "Very happy with my {c}.",
                           "Exactly as described.",
                           "My second {p} and still pleased.",
                           "Good quality for the money.",
                           "Arrived quickly and well packed.",
                           "The {p} was a present and she loved it."};
constexpr List kContentDetail = {"I use it nearly every day.", "Better than the one I had for {n} years.",
                                 "Colour and size are right.", "It took {n} days to get here.",
                                 "Even my husband noticed.",   "I have told {n} friends."};
constexpr List kContentWish = {"I shall be back.", "Please keep it in the range.", "More {c} like this, please.",
                               "Will order again before Christmas."};

constexpr List kProduct = {"The {p} broke.",
                           "The {p} is not what the photos promise.",
                           "The quality of your {c} has gone down.",
                           "I am disappointed with the {p}.",
                           "The {p} smelled odd out of the box.",
                           "The finish of the {p} is poor."};
constexpr List kProductDetail = {"It lasted {n} weeks.",
                                 "The handle came off the second time I used it.",
                                 "After {n} washes it looks ten years old.",
                                 "There was a crack along the side.",
                                 "It is much smaller than I expected.",
                                 "The lid has never fitted.",
                                 "Two of {n} pieces were chipped."};
constexpr List kProductWish = {"I expected better at that price.", "I won't risk another one.",
                               "Please check things before they go out.", "A repair would have been enough for me.",
                               "I bought the next one in a shop where I could hold it."};

constexpr List kService = {"Nobody answers.",
                           "Your support was no help at all.",
                           "I felt like a nuisance.",
                           "I was passed from one person to the next.",
                           "The chat is a machine that understands nothing.",
                           "Getting my money back was a fight."};
constexpr List kServiceDetail = {"I wrote {n} times.",
                                 "It took {n} days to get a first reply.",
                                 "Each of them asked for the order number again.",
                                 "The reply was clearly copied and pasted.",
                                 "I was told to fill in the same form {n} times.",
                                 "On the phone I waited {n}0 minutes and gave up."};
constexpr List kServiceWish = {"An apology would have been a start.", "Let people talk to people.",
                               "That is why I have gone elsewhere.", "I do not want to go through that again.",
                               "Just answer within a day or two."};

constexpr List kDelivery = {"The parcel came late.",          "Delivery is a lottery.",
                            "My {p} arrived damaged.",        "The courier left it in the rain.",
                            "Half of the order was missing.", "Tracking said delivered, but there was nothing."};
constexpr List kDeliveryDetail = {
    "It was {n} days after the date you promised.", "The box was crushed on one side.",
    "I stayed at home for it {n} times.",           "A neighbour {n} doors down had it.",
    "It was for a birthday and came after it.",     "The second half turned up {n} weeks later."};
constexpr List kDeliveryWish = {"Offer a pick-up point.", "Please change the courier.",
                                "I would pay a little more for a date one can trust.", "I now buy where I can collect.",
                                "Tell me when it is late, then I can plan."};

constexpr List kPrice = {"It has become too expensive.",
                         "I can't justify the prices any more.",
                         "The delivery charge spoils it.",
                         "The {p} went up by {n} pounds.",
                         "The week after I bought it the {p} was on offer.",
                         "Your {c} costs more than it is worth to me."};
constexpr List kPriceDetail = {"Money is tight this year.", "The same thing is {n} pounds cheaper round the corner.",
                               "With postage I paid almost as much again.", "I only buy in the sales now.",
                               "Everything else has gone up too."};
constexpr List kPriceWish = {"A smaller size would help.", "I'd come back for a fair offer.",
                             "Reward those who have been here for years.", "Tell me when there is a sale.",
                             "Free delivery from a lower amount would do."};

constexpr List kCompetitor = {"I have found another shop.", "I get my {c} elsewhere now.",
                              "A friend showed me a place I like better.", "The supermarket has it now.",
                              "I use one of the big marketplaces these days."};
constexpr List kCompetitorDetail = {"They deliver the next day.", "They have more to choose from.",
                                    "It is {n} minutes from my door.", "I can return things there without asking.",
                                    "I have a subscription there anyway."};
constexpr List kCompetitorWish = {"Nothing against you.", "If you had next-day delivery I'd think again.",
                                  "You'd need something they do not have.",
                                  "Their app remembers what I buy; yours does not."};

constexpr List kNoOccasion = {"There was simply no occasion.", "I haven't needed any {c} lately.",
                              "I forgot about you, to be honest.", "We have everything for now.",
                              "No particular reason."};
constexpr List kNoOccasionDetail = {"I still have {n} left in the cupboard.", "Life has been busy.",
                                    "I usually buy before the holidays.", "We were travelling for {n} weeks.",
                                    "The last {p} is still fine."};
constexpr List kNoOccasionWish = {"Remind me in autumn.", "I'm sure I'll be back some time.",
                                  "A nudge now and then would not hurt.",
                                  "When something breaks I know where to look."};

constexpr List kNothingNew = {"I have seen it all.", "There is never anything new.",
                              "The range has not changed for {n} months.", "What I liked has been dropped.",
                              "The {p} is always sold out."};
constexpr List kNothingNewDetail = {"I own nearly everything I wanted from your {c}.",
                                    "The front page looks as it did a year ago.", "I looked {n} times and left again.",
                                    "Colours are the same every season."};
constexpr List kNothingNewWish = {"Show me what has come in.", "Bring back the old {p}.",
                                  "Work with a designer for once.", "Write when there is really something new."};

constexpr List kMessages = {"Too many e-mails.", "You write to me all the time.", "I am tired of your newsletters.",
                            "Every day another 'last chance'.", "My inbox is full of you."};
constexpr List kMessagesDetail = {"It was {n} in one week.", "I had just bought and you wrote as if I had left.",
                                  "None had anything to do with what I buy.", "I unsubscribed {n} times.",
                                  "They all shout."};
constexpr List kMessagesWish = {"Once a month would be fine.", "Let me choose how often.", "Stop, please.",
                                "Only write when it concerns my orders."};

constexpr List kNeedEnded = {"I don't need it any more.",
                             "I am moving abroad.",
                             "It was for my mother's flat, and that is settled now.",
                             "The children have left home.",
                             "I have given up drinking coffee.",
                             "We closed the little café I bought for."};
constexpr List kNeedEndedDetail = {"It served us for {n} good years.", "There are only two of us now.",
                                   "The kitchen is complete.", "Where we go there is no room for {c}."};
constexpr List kNeedEndedWish = {"Thank you for everything.", "Please close my account.",
                                 "I recommended you to the new owners.", "All the best to your team."};

constexpr List kSurvey = {"You asked why I stopped buying.", "Since you ask:", "Thank you for asking.", "To be frank,",
                          "My reason is simple."};
constexpr List kNps = {"About my score:", "Why this score?", "In short:", "My honest view."};
constexpr List kTicket = {"Hello,", "Hi there,", "Dear team,", "Good morning,", "I have a problem with my order."};
constexpr List kReview = {"Bought in the spring.", "Second order here.",
                          "After {n} weeks of use:", "First impression:", "I rarely write reviews."};
constexpr List kClosing = {"Kind regards", "Thanks for reading.", "That's all.", "I hope this helps.",
                           "Have a good day."};

constexpr Phrases kPhrases = {
    {TopicPhrases{kContent, kContentDetail, kContentWish}, TopicPhrases{kProduct, kProductDetail, kProductWish},
     TopicPhrases{kService, kServiceDetail, kServiceWish}, TopicPhrases{kDelivery, kDeliveryDetail, kDeliveryWish},
     TopicPhrases{kPrice, kPriceDetail, kPriceWish}, TopicPhrases{kCompetitor, kCompetitorDetail, kCompetitorWish},
     TopicPhrases{kNoOccasion, kNoOccasionDetail, kNoOccasionWish},
     TopicPhrases{kNothingNew, kNothingNewDetail, kNothingNewWish},
     TopicPhrases{kMessages, kMessagesDetail, kMessagesWish},
     TopicPhrases{kNeedEnded, kNeedEndedDetail, kNeedEndedWish}},
    {kSurvey, kNps, kTicket, kReview},
    kClosing,
    " "};

}  // namespace

const Phrases& english_phrases() { return kPhrases; }

}  // namespace simulate
